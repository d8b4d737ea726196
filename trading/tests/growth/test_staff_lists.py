"""Staff's lists of trades and transfers read what they show, however many rows there are."""

from collections import Counter
from functools import partial

import pytest
from django.db import connection
from django.test import Client

from accounts.admin import large_lists
from accounts.models import User
from accounts.tests.cast import NOON
from accounts.tests.plans import plans_of
from trading.tests.cast import Stage, Trader
from trading.tests.growth.test_day_sums import MANY

MORE_TRANSFERS = """
    SET LOCAL session_replication_role = replica;
    INSERT INTO transfers (kind, phase, source_id, target_id, amount, currency, demo, reference, created_at)
    SELECT kind, phase, source_id, target_id, amount, currency, demo, gen_random_uuid(), created_at
    FROM transfers, generate_series(1, 2000) WHERE kind = 'stake';
    SET LOCAL session_replication_role = origin;
    ANALYZE transfers;
"""
TRADES, TRANSFERS = "/admin/trading/flashtrade/", "/admin/accounts/transfer/"


@pytest.fixture
def staff(db: None, client: Client) -> Client:
    client.force_login(User.objects.create_superuser("staff@example.com", "x", locale="en"))
    return client


def read(staff: Client, address: str) -> Counter[str]:
    rows: Counter[str] = Counter()
    for plan in plans_of(partial(staff.get, address)):
        rows += plan.rows
    return rows


def test_a_list_is_counted_no_further_than_anybody_pages(
    stage: Stage, alice: Trader, staff: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    alice.place(stake="1")
    with connection.cursor() as cursor:
        cursor.execute(MANY)
    monkeypatch.setattr(large_lists, "COUNTED_MAX", 100)
    assert read(staff, TRADES)["flash_trades"] <= 100 + 100
    assert staff.get(f"{TRADES}?p=2").context["cl"].result_count == 100


def test_a_trade_is_found_by_its_id_and_its_traders_by_email(stage: Stage, alice: Trader, staff: Client) -> None:
    trade = alice.place(stake="1")
    with connection.cursor() as cursor:
        cursor.execute(MANY)
    assert read(staff, f"{TRADES}?q={trade.pk}")["flash_trades"] <= 6
    assert [each.pk for each in staff.get(f"{TRADES}?q={trade.pk}").context["cl"].result_list] == [trade.pk]
    assert staff.get(f"{TRADES}?q=ALICE@example.com").context["cl"].result_count == 2001
    for nobody in ("nobody@example.com", "alice", "0" * 40):
        assert staff.get(f"{TRADES}?q={nobody}").context["cl"].result_count == 0


def test_transfers_are_found_by_their_business_fact(stage: Stage, alice: Trader, staff: Client) -> None:
    trade = alice.place(at=NOON, stake="1")
    with connection.cursor() as cursor:
        cursor.execute(MORE_TRANSFERS)
    address = f"{TRANSFERS}?q={trade.pk}"
    assert read(staff, address)["transfers"] <= 10
    assert [each.reference for each in staff.get(address).context["cl"].result_list] == [trade.pk]


def test_a_list_is_filtered_by_currency(stage: Stage, alice: Trader, staff: Client) -> None:
    alice.place(stake="1")
    for currency, found in (("USDT", True), ("KRW", False), ("none", True)):
        assert bool(staff.get(f"{TRANSFERS}?currency={currency}").context["cl"].result_count) is found
