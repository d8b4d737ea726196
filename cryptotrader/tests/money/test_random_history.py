"""A long random history of all operations with money, by eight clients at once: the books are right at its end.

`HISTORY_OPERATIONS=100000` makes it long, and `-s` prints its report.
"""

import os
import random
from collections import Counter
from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from allauth.mfa.totp.internal.auth import TOTP
from pytest_django import Settings

from accounts.domain.approvals.requests import Role
from accounts.models import Beneficiary, CashierTerms, Transfer, User
from accounts.services.ledger.open_wallet import open_wallet
from accounts.tests.cast import NOON
from accounts.tests.staff import staff_member
from cryptotrader.tests.history import staff_actions, trader_actions
from cryptotrader.tests.history.world import CURRENCY, Action, World, live, open_market
from monitoring.services.reconcile_ledger import Reconciliation, reconcile_ledger
from trading.tests.cast import trader

OPERATIONS = int(os.environ.get("HISTORY_OPERATIONS", "2000"))
ACTIONS: list[tuple[Action, float]] = [
    (trader_actions.place_order, 20),
    (trader_actions.place_orders, 4),
    (trader_actions.close_early, 8),
    (trader_actions.top_up, 4),
    (trader_actions.reset, 4),
    (trader_actions.ask_to_pay_in, 6),
    (trader_actions.ask_to_be_paid, 6),
    (trader_actions.cancel, 2),
    (trader_actions.set_a_limit, 1),
    (trader_actions.take_a_rest, 0.3),
    (staff_actions.decide_on_a_deposit, 6),
    (staff_actions.decide_on_a_withdrawal, 8),
    (staff_actions.ask_colleagues, 6),
    (staff_actions.change_payouts, 0.5),
    (staff_actions.decide_on_a_request, 8),
]


@pytest.mark.long
@pytest.mark.django_db(transaction=True)
def test_the_books_are_right_after_a_random_history(settings: Settings) -> None:
    settings.REAL_CURRENCIES = [CURRENCY]
    open_market()
    open_cashier()
    people = [wealthy(f"trader{n}") for n in range(30)]
    staff = [staff_member(f"staff{n}", *Role) for n in range(4)]
    world = World(people, people[:6], staff, seed=OPERATIONS)
    world.pass_second(random.Random(1))
    live(world, ACTIONS, operations=OPERATIONS)
    report = reconcile_ledger()
    tell(world, report)
    assert world.failures == []
    assert report.faults == ()
    assert report.trades > OPERATIONS // 10
    expected = KINDS | (RARE if OPERATIONS >= 20_000 else set())
    assert set(Transfer.objects.values_list("kind", flat=True).distinct()) >= expected


KINDS = {"grant", "stake", "payout", "deposit", "withdrawal", "fee"}
RARE = {"sale", "return", "adjustment", "bonus", "reversal"}
"""Kinds that need several people, or luck: a short history may lack them."""


def open_cashier() -> None:
    CashierTerms.objects.create(
        currency=CURRENCY,
        deposits_open=True,
        withdrawals_open=True,
        deposit_min=10,
        deposit_daily_max=10**9,
        deposit_fee=1,
        withdrawal_min=10,
        withdrawal_daily_max=10**9,
        withdrawal_fee=Decimal("1.50"),
        four_eyes_from=2000,
    )


def wealthy(name: str) -> User:
    """A person with a second factor, a real wallet, and a beneficiary that has waited its day."""
    user = trader(name).user
    TOTP.activate(user, "JBSWY3DPEHPK3PXP")
    open_wallet(user_id=user.pk, currency=CURRENCY, now=NOON)
    Beneficiary.objects.create(
        id=uuid4(),
        user=user,
        currency=CURRENCY,
        label="bank",
        address=f"account of {name}",
        created_at=NOON - timedelta(days=2),
        usable_from=NOON - timedelta(days=1),
    )
    return user


def tell(world: World, report: Reconciliation) -> None:
    """Prints the operations and their results; pytest hides them unless the test fails or `-s` is given."""
    lines = [f"{action:24} {result:32} {times:7}" for (action, result), times in sorted(world.tally.items())]
    moved = Counter(Transfer.objects.values_list("kind", "phase"))
    lines += [f"transfers: {kind:14} {phase:32} {times:7}" for (kind, phase), times in sorted(moved.items())]
    print("", *lines, report, sep="\n")  # noqa: T201
