"""Voids, approvals and settlements at the same moment: each void happens once, and nobody waits for ever."""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest

from accounts.domain.approvals.requests import RequestEnded, Role
from accounts.models import ApprovalRequest
from accounts.tests.audit import assert_the_ledger_balances
from accounts.tests.cast import NOON
from accounts.tests.staff import staff_member
from accounts.tests.threads import at_once
from monitoring.services.reconcile_ledger import reconcile_ledger
from trading.models import TradeCorrection
from trading.services.settlement.settle_due_trades import Settled, settle_due_trades
from trading.tests.cast import SYMBOL, open_stage, trader
from trading.tests.voids import Staff, settled

pytestmark = pytest.mark.django_db(transaction=True)


def test_eight_approvers_at_once_void_a_trade_once() -> None:
    stage, ann, staff = open_stage(), trader("ann"), Staff()
    trade = ann.place()
    settled(stage, "59999.00")
    id = staff.ask(trade.id)
    crowd = [staff_member(f"risk{n}", Role.RISK) for n in range(8)]
    results = at_once([partial(staff.approve, id, person) for person in crowd])
    assert Counter(type(result) for result in results) == {ApprovalRequest: 2, RequestEnded: 6}
    assert (TradeCorrection.objects.count(), ann.wallet.balance) == (1, 10000)


def test_voids_and_settlements_of_the_same_wallets_do_not_block_each_other() -> None:
    """A settlement locks the house before the wallets, by id; a void must use the same order."""
    stage, staff = open_stage(), Staff()
    people = [trader(f"t{n}") for n in range(4)]
    first = [person.place(stake="10") for person in people for _ in range(3)]
    settled(stage, "60001.00")
    again = timedelta(seconds=100)
    stage.price(NOON + again, "60000.00")
    second = [person.place(at=NOON + again, stake="10") for person in people for _ in range(3)]
    stage.price(NOON + again + timedelta(seconds=1), "60000.00")
    stage.price(NOON + again + timedelta(seconds=61), "60001.00")
    ids = [staff.ask(trade.id) for trade in first]
    for id in ids:
        staff.approve(id, staff.approvers[0])

    due = NOON + again + timedelta(seconds=61)
    calls: list[Callable[[], object]] = [partial(staff.approve, id, staff.approvers[1]) for id in ids]
    calls.append(partial(settle_due_trades, instrument=SYMBOL, now=due))
    results = at_once(calls)
    assert Counter(type(result) for result in results) == {ApprovalRequest: len(first), Settled: 1}
    assert [str(person.wallet.balance.normalize()) for person in people] == ["10025.5"] * 4
    assert len(second) == len(first) == TradeCorrection.objects.count()
    assert_the_ledger_balances()
    assert reconcile_ledger().faults == ()
