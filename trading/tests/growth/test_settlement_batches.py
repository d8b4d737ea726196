from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction

from accounts.models import LedgerAccount
from accounts.tests.audit import assert_the_ledger_balances
from accounts.tests.cast import NOON
from accounts.tests.threads import at_once
from trading.services.settlement import settle_due_trades as settling
from trading.services.settlement.settle_due_trades import Settled, settle_due_trades
from trading.tests.cast import SYMBOL, open_stage, trader

END = NOON + timedelta(seconds=61)


@pytest.mark.django_db(transaction=True)
def test_between_two_batches_every_wallet_is_free(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settling, "BATCH", 2)
    stage, people = open_stage(), [trader(name) for name in ("alice", "bob", "carol")]
    for who in people:
        who.place(stake="10")
        who.place(stake="10")
    stage.past([(NOON + timedelta(seconds=1), "60000.00"), (END, "60001.00")])

    free: list[int | Exception] = []

    def look(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        if "posted AS" in sql:  # a batch is about to begin
            free.extend(at_once([lock_all]))
        return execute(sql, *rest)

    with connection.execute_wrapper(look):
        assert settle_due_trades(instrument=SYMBOL, now=END) == Settled(0, 6)
    accounts = LedgerAccount.objects.count()
    assert free == [accounts] * 3
    assert_the_ledger_balances()


def lock_all() -> int:
    """Locks all accounts without waiting; returns their number. Raises OperationalError while somebody holds one."""
    with transaction.atomic():
        return len(LedgerAccount.objects.select_for_update(nowait=True).order_by("pk"))


@pytest.mark.django_db(transaction=True)
def test_orders_beside_a_settlement_in_batches_lose_and_double_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settling, "BATCH", 3)
    stage, people = open_stage(), [trader(f"trader{n}") for n in range(4)]
    for who in people:
        for _ in range(5):
            who.place(stake="10")
    stage.past([(NOON + timedelta(seconds=1), "60000.00"), (END, "60001.00")])

    def order_on() -> int:
        for who in people:
            for _ in range(3):
                who.place(at=END, stake="7")
        return 12

    def settle() -> int:
        return settle_due_trades(instrument=SYMBOL, now=END).settled

    first, ordered, second = at_once([settle, order_on, settle])
    assert isinstance(first, int)
    assert isinstance(second, int)
    assert (first + second, ordered) == (20, 12)
    assert [who.wallet.held for who in people] == [21] * 4
    assert [str(who.wallet.balance) for who in people] == ["10042.50000000"] * 4
    assert_the_ledger_balances()
