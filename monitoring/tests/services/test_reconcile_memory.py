"""The proof of the ledger works in memory of its own, in one process."""

import pytest
from django.db import connection, transaction

from accounts.tests.plans import plans_of
from monitoring.services.reconcile_ledger import reconcile_ledger
from trading.tests.cast import Stage, Trader
from trading.tests.growth.test_day_sums import MANY


@pytest.mark.django_db(transaction=True)
def test_a_proof_writes_nothing_to_disk_where_others_would(stage: Stage, alice: Trader) -> None:
    alice.place(stake="1")
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(MANY)
    with connection.cursor() as cursor:
        cursor.execute("SET work_mem = '64kB'")
        try:
            plans = plans_of(reconcile_ledger)
            cursor.execute("SHOW work_mem")
            assert cursor.fetchone() == ("64kB",)
        finally:
            cursor.execute("RESET work_mem")
    assert sum(plan.rows["flash_trades"] for plan in plans) > 2000
    assert [plan.root["Temp Written Blocks"] for plan in plans] == [0] * len(plans)
    assert not [node for plan in plans for node in plan.nodes if node["Node Type"].startswith("Gather")]
