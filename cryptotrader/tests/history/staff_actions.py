"""Staff's actions in a random history: decide on payments, ask each other, approve, freeze, void."""

import random
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

from accounts.domain.approvals.requests import Decision
from accounts.models import ApprovalRequest, LedgerAccount, User, Withdrawal
from accounts.services.approvals.decide_request import decide_request
from accounts.services.approvals.request_approval import request_approval
from accounts.services.cashier.approve_withdrawal import approve_withdrawal
from accounts.services.cashier.complete_withdrawal import complete_withdrawal
from accounts.services.cashier.credit_deposit import credit_deposit
from accounts.services.cashier.refuse_deposit import refuse_deposit
from accounts.services.cashier.refuse_withdrawal import refuse_withdrawal
from accounts.tests.cast import standing
from cryptotrader.tests.history.trader_actions import NONE, open_deposits
from cryptotrader.tests.history.world import SYMBOL, World
from trading.domain.payouts import Payouts
from trading.models import FlashTrade
from trading.services.instruments.change_payout import change_payout


def decide_on_a_deposit(world: World, chance: random.Random) -> str:
    waiting = open_deposits(chance)
    if not waiting:
        return NONE
    person = chance.choice(world.staff).pk
    if chance.random() < 0.25:
        refuse_deposit(deposit_id=waiting[0].pk, reason="no payment seen", decided_by=person, now=world.now)
        return "refused"
    reference = f"bank-{next(world.numbers)}"
    credit_deposit(deposit_id=waiting[0].pk, reference=reference, decided_by=person, now=world.now)
    return "credited"


def decide_on_a_withdrawal(world: World, chance: random.Random) -> str:
    waiting = list(Withdrawal.objects.filter(state__in=["review", "approved"]).order_by("id")[:20])
    if not waiting:
        return NONE
    withdrawal, person = chance.choice(waiting), chance.choice(world.staff).pk
    if chance.random() < 0.2:
        refuse_withdrawal(withdrawal_id=withdrawal.pk, reason="refused", decided_by=person, now=world.now)
        return "refused"
    if withdrawal.state == "approved":
        reference = f"payout-{next(world.numbers)}"
        complete_withdrawal(withdrawal_id=withdrawal.pk, reference=reference, decided_by=person, now=world.now)
        return "completed"
    approve_withdrawal(withdrawal_id=withdrawal.pk, decided_by=person, now=world.now)
    return "approved"


def change_payouts(world: World, chance: random.Random) -> str:
    """Sets other rates, with or without a skew, for trades ten seconds later."""
    rate, half = Decimal(chance.choice(["0.7", "0.85", "0.9"])), Decimal(chance.choice(["0.6", "0.8125"]))
    payouts = Payouts(0, rate, {30: half})
    if chance.random() < 0.6:
        payouts = replace(payouts, rate_skew_max=Decimal("0.05"), rate_skew_scale=Decimal(500))
    person = chance.choice(world.staff).pk
    change_payout(symbol=SYMBOL, payouts=payouts, reason="the market", made_by=person, now=world.now)
    return "changed"


def ask_colleagues(world: World, chance: random.Random) -> str:
    """Asks for an adjustment, a bonus, a void, a freeze or its end, or a large payment."""
    action = chance.choice(sorted(SUBJECTS))
    subject = SUBJECTS[action](world, chance)
    if subject is None:
        return f"{action}: {NONE}"
    request_approval(
        action=action,
        subject=subject,
        arguments=ARGUMENTS[action](world, chance) if action in ARGUMENTS else {},
        reason="it must be so",
        requested_by=chance.choice(world.staff).pk,
        now=world.now,
    )
    return f"{action}: asked"


def decide_on_a_request(world: World, chance: random.Random) -> str:
    waiting = list(ApprovalRequest.objects.filter(state="pending").order_by("requested_at")[:20])
    if not waiting:
        return NONE
    decision = Decision.APPROVE if chance.random() < 0.85 else Decision.REFUSE
    request = decide_request(
        request_id=chance.choice(waiting).pk,
        decision=decision,
        reason="seen",
        decided_by=chance.choice(world.staff).pk,
        clock=standing(world.now),
    )
    return f"{request.action}: {request.state}"


def _wallet(_world: World, chance: random.Random) -> str:
    return f"wallet:{chance.choice(list(LedgerAccount.objects.filter(kind='wallet').values_list('pk', flat=True)))}"


def _trade(_world: World, chance: random.Random) -> str | None:
    settled = list(FlashTrade.objects.filter(state="settled").order_by("-id").values_list("pk", flat=True)[:50])
    return f"trade:{chance.choice(settled)}" if settled else None


def _frozen(_world: World, _chance: random.Random) -> str | None:
    frozen = User.objects.exclude(frozen_at=None).order_by("pk").first()
    return f"user:{frozen.pk}" if frozen else None


def _withdrawal(state: str, least: int = 0) -> str | None:
    found = Withdrawal.objects.filter(state=state, amount__gte=least).order_by("id").first()
    return f"withdrawal:{found.pk}" if found else None


def _large_deposit(_world: World, chance: random.Random) -> str | None:
    return next((f"deposit:{deposit.pk}" for deposit in open_deposits(chance) if deposit.amount >= 2000), None)


SUBJECTS: dict[str, Callable[[World, random.Random], str | None]] = {
    "adjust_balance": _wallet,
    "grant_bonus": _wallet,
    "void_trade": _trade,
    "freeze_user": lambda world, chance: f"user:{chance.choice(world.cautious).pk}",
    "unfreeze_user": _frozen,
    "large_withdrawal": lambda _world, _chance: _withdrawal("review", 2000),
    "refuse_large_withdrawal": lambda _world, _chance: _withdrawal("review", 2000),
    "complete_large_withdrawal": lambda _world, _chance: _withdrawal("approved", 2000),
    "fail_withdrawal": lambda _world, _chance: _withdrawal("approved"),
    "large_deposit": _large_deposit,
    "refuse_large_deposit": _large_deposit,
}
ARGUMENTS: dict[str, Callable[[World, random.Random], dict[str, str]]] = {
    "adjust_balance": lambda _world, chance: {"amount": str(Decimal(chance.randrange(-50000, 50000) or 1) / 100)},
    "grant_bonus": lambda _world, chance: {"amount": str(Decimal(chance.randrange(1, 20000)) / 100)},
    "large_deposit": lambda world, _chance: {"reference": f"bank-{next(world.numbers)}"},
    "complete_large_withdrawal": lambda world, _chance: {"reference": f"payout-{next(world.numbers)}"},
    **dict.fromkeys(
        ("refuse_large_withdrawal", "refuse_large_deposit", "fail_withdrawal"),
        lambda _world, _chance: {"told": "sorry"},
    ),
}
