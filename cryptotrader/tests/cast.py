"""The cast and the stage of the tests: people with real wallets, and a market whose clock the test sets."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import uuid4

from django.db import transaction

from accounts.domain.ledger.transfers import AccountKind, Move, Phase, TransferKind
from accounts.models import User
from accounts.selectors.ledger.wallets import Wallet, wallets_of
from accounts.services.ledger.open_wallet import open_wallet
from accounts.services.people.register_trader import register_trader
from accounts.steps.open_operator_accounts import open_operator_accounts
from accounts.steps.post_transfers import post_transfers
from trading.domain.orders import Order
from trading.domain.prices import Source, Tick
from trading.domain.reading import Reading, Recorded
from trading.domain.terms import Direction
from trading.models import FlashTrade, Instrument
from trading.services.orders.open_trades import open_trade
from trading.services.prices.record_index_prices import record_index_prices

PASSWORD = "correct horse battery"
NOON = datetime(2026, 3, 1, 12, 0, 0, tzinfo=UTC)
SYMBOL = "BTC-USDT"


@dataclass
class Trader:
    """A person with a demo wallet of 10,000 USDT."""

    user: User
    orders: int = 0

    @property
    def wallet(self) -> Wallet:
        (wallet,) = (wallet for wallet in wallets_of(self.user.pk) if wallet.demo)
        return wallet

    @property
    def real_wallet(self) -> Wallet:
        (wallet,) = (wallet for wallet in wallets_of(self.user.pk) if not wallet.demo)
        return wallet

    def pay_in(self, amount: str, *, currency: str = "USDT") -> Wallet:
        """Adds this much to a real wallet, and opens it if needed. The currency must be enabled."""
        wallet, _is_new = open_wallet(user_id=self.user.pk, currency=currency, now=NOON)
        operator = open_operator_accounts(currency=currency, demo=False, now=NOON)
        funding, fact = operator[AccountKind.FUNDING], uuid4()
        deposit = TransferKind.DEPOSIT, Phase.SINGLE, funding, wallet.id, Decimal(amount), currency, False, fact
        with transaction.atomic():
            post_transfers([Move(*deposit)], now=NOON)
        return wallet

    def place(
        self,
        *,
        at: datetime = NOON,
        stake: str = "100",
        direction: Direction = Direction.UP,
        seconds: int = 60,
        key: str | None = None,
        symbol: str = SYMBOL,
        demo: bool = True,
    ) -> FlashTrade:
        self.orders += 1
        key = key or f"order-{self.orders}"
        order = Order(self.user.pk, key, symbol, direction, Decimal(stake), seconds, demo=demo)
        return open_trade(order, now=at).trade


@dataclass
class Stage:
    """One instrument, with prices recorded through the real service."""

    instrument: Instrument

    def price(self, at: datetime, price: str, *, venues: int = 1, source: Source = Source.SIMULATED) -> Recorded:
        """Records one second's price: `venues` venues all quote it."""
        quote = Decimal(price)
        ticks = tuple(Tick(f"venue{n}", quote, quote, None, at) for n in range(venues))
        reading = Reading(self.instrument.symbol, source, ticks, 1)
        return record_index_prices(at=at, readings=[reading], now=at)

    def prices(self, start: datetime, prices: Iterable[str]) -> None:
        """Records a price for each second from `start` on."""
        for offset, price in enumerate(prices):
            self.price(start + timedelta(seconds=offset), price)


def trader(name: str) -> Trader:
    """Creates a trader of this name."""
    user = register_trader(email=f"{name}@example.com", password=PASSWORD, locale="en", now=NOON, verified=True)
    return Trader(user)


def open_stage(symbol: str = SYMBOL) -> Stage:
    """Opens BTC-USDT by default, with a price at noon."""
    instrument = Instrument.objects.create(symbol=symbol, pip=Decimal("0.01"), durations=[15, 30, 60, 300, 3600])
    stage = Stage(instrument)
    stage.price(NOON, "60000.00")
    return stage
