"""Traders' actions in a random history: one function per kind of operation. A Refusal is a valid result."""

import random
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from accounts.domain.cashier.real_money import DepositRequest, WithdrawalRequest
from accounts.domain.errors import Refusal
from accounts.domain.limits.limit_changes import LimitChange
from accounts.domain.limits.own_limits import LimitKind
from accounts.models import Beneficiary, Deposit, LedgerAccount, Withdrawal
from accounts.selectors.ledger.wallets import Wallet, wallets_of
from accounts.services.cashier.cancel_withdrawal import cancel_withdrawal
from accounts.services.cashier.open_deposit import open_deposit
from accounts.services.cashier.request_withdrawal import request_withdrawal
from accounts.services.cashier.submit_deposit import submit_deposit
from accounts.services.ledger.reset_demo_wallet import reset_demo_wallet
from accounts.services.ledger.top_up_demo_wallet import top_up_demo_wallet
from accounts.services.limits.set_trading_limits import set_trading_limits
from accounts.services.limits.take_time_out import take_time_out
from accounts.tests.cast import standing
from cryptotrader.tests.history.world import CURRENCY, SYMBOL, World
from trading.domain.orders import Order
from trading.domain.terms import Direction
from trading.models import FlashTrade
from trading.services.orders.close_trade import close_trade
from trading.services.orders.make_quote import make_quote
from trading.services.orders.open_trades import open_trade, open_trades

NONE = "nothing to do"


def place_order(world: World, chance: random.Random) -> str:
    """Places an order, sometimes with a quote, fresh or expired, sometimes twice, sometimes one key for two orders."""
    order = _order(world, chance)
    if chance.random() < 0.3:
        quoted = make_quote(order.quote_request, now=world.now - timedelta(seconds=chance.randrange(9)))
        order = replace(order, quote=quoted.quote)
    open_trade(order, clock=standing(world.now))
    again = chance.random()
    if again < 0.1:
        return "replayed" if open_trade(order, clock=standing(world.now)).replayed else "opened twice"
    if again < 0.15:
        open_trade(replace(order, stake=order.stake + 1), clock=standing(world.now))
        return "one key, two orders"
    return "opened"


def place_orders(world: World, chance: random.Random) -> list[str]:
    """Places twenty orders of several people in one transaction, as a gateway hands them over."""
    results = open_trades([_order(world, chance) for _ in range(20)], clock=standing(world.now))
    return [result.code if isinstance(result, Refusal) else "opened" for result in results]


def _order(world: World, chance: random.Random) -> Order:
    return Order(
        user_id=chance.choice(world.traders).pk,
        idempotency_key=f"order-{next(world.numbers)}",
        instrument=SYMBOL,
        direction=chance.choice(list(Direction)),
        stake=Decimal(chance.choice(["1", "5", "25", "99.99", "500"])),
        duration_seconds=chance.choice([15, 30, 60]),
        demo=chance.random() < 0.6,
    )


def close_early(world: World, chance: random.Random) -> str:
    """Orders the sale of an open trade, sometimes twice, sometimes for more than it will bring."""
    opened = list(FlashTrade.objects.filter(state="open").order_by("-id")[:40])
    if not opened:
        return NONE
    trade = chance.choice(opened)
    min_price = chance.choice([None, None, Decimal(1), trade.stake / 2, trade.stake])
    close_trade(trade_id=trade.pk, user_id=trade.user_id, min_price=min_price, clock=standing(world.now))
    if chance.random() < 0.1:
        close_trade(trade_id=trade.pk, user_id=trade.user_id, min_price=min_price, clock=standing(world.now))
        return "asked twice"
    return "asked"


def top_up(world: World, chance: random.Random) -> str:
    wallet = _demo_wallet(world, chance)
    top_up_demo_wallet(user_id=wallet.owner_id, wallet_id=wallet.id, now=world.now)
    return "topped up"


def reset(world: World, chance: random.Random) -> str:
    """Picks the richest or the poorest demo wallet without a hold: most wallets hold something at most times."""
    order = chance.choice(["balance", "-balance"])
    free = LedgerAccount.objects.filter(kind="wallet", demo=True, held=0).exclude(balance=10000)
    wallet = free.order_by(order, "id").first()
    if wallet is None or wallet.owner_id is None:
        return NONE
    reset_demo_wallet(user_id=wallet.owner_id, wallet_id=wallet.pk, now=world.now)
    return "reset"


def ask_to_pay_in(world: World, chance: random.Random) -> str:
    key = f"deposit-{next(world.numbers)}"
    amount = Decimal(chance.choice(["20", "250.50", "999.99", "4000"]))
    wish = DepositRequest(chance.choice(world.traders).pk, key, CURRENCY, amount)
    opened = open_deposit(wish, now=world.now)
    if chance.random() < 0.1:
        open_deposit(wish, now=world.now)
    submit_deposit(deposit_id=opened.deposit.pk, user_id=wish.user_id, note="paid")
    return "asked"


def ask_to_be_paid(world: World, chance: random.Random) -> str:
    person = chance.choice(world.traders)
    beneficiary = Beneficiary.objects.get(user=person)
    amount = Decimal(chance.choice(["15", "120", "800.25", "3000"]))
    wish = WithdrawalRequest(person.pk, f"withdrawal-{next(world.numbers)}", beneficiary.pk, amount)
    request_withdrawal(wish, code=None, by_api_key=True, now=world.now)
    if chance.random() < 0.1:
        request_withdrawal(wish, code=None, by_api_key=True, now=world.now)
    return "asked"


def cancel(world: World, chance: random.Random) -> str:
    """Cancels a trader's newest withdrawal, in any state."""
    withdrawal = Withdrawal.objects.filter(user=chance.choice(world.traders)).order_by("-id").first()
    if withdrawal is None:
        return NONE
    cancel_withdrawal(withdrawal_id=withdrawal.pk, user_id=withdrawal.user_id, now=world.now)
    return "cancelled"


def set_a_limit(world: World, chance: random.Random) -> str:
    kind, days, amounts = chance.choice(
        [
            (LimitKind.STAKE, 0, ["30", "1000", None]),
            (LimitKind.LOSS, 1, ["500", "20000", None]),
            (LimitKind.TURNOVER, 7, ["5000", "90000", None]),
            (LimitKind.DEPOSIT, 30, ["3000", "50000", None]),
            (LimitKind.OPEN_TRADES, 0, ["2", "20", None]),
            (LimitKind.BALANCE, 0, ["15000", None]),
        ]
    )
    amount = chance.choice(amounts)
    demo = kind is not LimitKind.DEPOSIT and chance.random() < 0.5
    wish = LimitChange(kind, CURRENCY, demo, days, Decimal(amount) if amount else None)
    set_trading_limits(user_id=chance.choice(world.cautious).pk, changes=[wish], now=world.now)
    return "set"


def take_a_rest(world: World, chance: random.Random) -> str:
    take_time_out(user_id=chance.choice(world.cautious).pk, hours=1, clock=standing(world.now))
    return "taken"


def open_deposits(chance: random.Random) -> list[Deposit]:
    """Returns some deposits that wait for staff."""
    waiting = list(Deposit.objects.filter(state="review").order_by("id")[:20])
    chance.shuffle(waiting)
    return waiting


def _demo_wallet(world: World, chance: random.Random) -> Wallet:
    return next(wallet for wallet in wallets_of(chance.choice(world.traders).pk) if wallet.demo)
