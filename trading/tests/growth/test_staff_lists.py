"""Staff's lists of trades and transfers read what they show, however many rows there are."""

from collections import Counter
from functools import partial
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.admin import AllValuesFieldListFilter
from django.db import connection
from django.test import Client
from django.urls import reverse

from accounts.admin import LargeList
from accounts.models import User
from accounts.tests.cast import NOON
from accounts.tests.plans import plans_of
from trading.models import FlashTrade
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
ROWS = 50
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


def many(alice: Trader) -> FlashTrade:
    trade = alice.place(stake="1")
    with connection.cursor() as cursor:
        cursor.execute(MANY)
    return trade


def shown(answer: Any) -> list[Any]:
    assert answer.status_code == 200
    return [row.pk for row in answer.context["cl"].result_list]


def test_a_page_reads_its_rows_and_leads_to_the_next(stage: Stage, alice: Trader, staff: Client) -> None:
    many(alice)
    everything = list(FlashTrade.objects.order_by("-id").values_list("id", flat=True))
    address, walked = TRADES, []
    for _ in range(3):
        assert read(staff, address)["flash_trades"] <= ROWS + 1
        page = staff.get(address)
        walked += shown(page)
        address = TRADES + page.context["cl"].older
    assert walked == everything[: 3 * ROWS]
    last = staff.get(f"{TRADES}?beyond={everything[-2]}")
    assert shown(last) == everything[-1:]
    assert last.context["cl"].older == ""
    assert staff.get(f"{TRADES}?beyond=x").status_code == 302


def test_a_rare_row_is_looked_for_in_pieces(
    stage: Stage, alice: Trader, staff: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    many(alice)
    ids = list(FlashTrade.objects.order_by("-id").values_list("id", flat=True))
    rare = ids[500]
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("UPDATE flash_trades SET direction = 'down' WHERE id = %s", [rare])
        cursor.execute("SET LOCAL session_replication_role = origin")
    monkeypatch.setattr(LargeList, "looks_through", 300)
    address = f"{TRADES}?direction__exact=down"
    assert read(staff, address)["flash_trades"] <= 2 * (300 + 1)
    first = staff.get(address)
    assert shown(first) == []
    assert "Looked through 300 rows." in first.content.decode()
    second = staff.get(TRADES + first.context["cl"].older)
    assert shown(second) == [rare]
    assert f"beyond={ids[599]}" in second.context["cl"].older
    # An index knows the trades under way, so nothing is left out.
    assert "Looked through" not in staff.get(f"{TRADES}?state__exact=open").content.decode()


def test_the_operators_accounts_come_first(stage: Stage, alice: Trader, staff: Client) -> None:
    kinds = [row.kind for row in staff.get("/admin/accounts/ledgeraccount/").context["cl"].result_list]
    assert kinds[0] != "wallet"
    assert kinds[-1] == "wallet"


@pytest.mark.long
def test_no_list_asks_its_table_which_values_it_has(stage: Stage, staff: Client) -> None:
    tried = 0
    for page in admin.site._registry.values():
        listing = staff.get(reverse(f"admin:{page.opts.app_label}_{page.opts.model_name}_changelist"))
        for spec in listing.context["cl"].filter_specs:
            tried += 1
            assert not isinstance(spec, AllValuesFieldListFilter), (page, spec)
    assert tried > 20


def test_a_trade_is_found_by_its_id_and_its_traders_by_email(stage: Stage, alice: Trader, staff: Client) -> None:
    trade = many(alice)
    assert read(staff, f"{TRADES}?q={trade.pk}")["flash_trades"] <= 6
    assert shown(staff.get(f"{TRADES}?q={trade.pk}")) == [trade.pk]
    assert staff.get(f"{TRADES}?q=ALICE@example.com").context["cl"].result_count == ROWS
    found = staff.get(f"{TRADES}?q=alice@example.com").context["cl"].older
    assert len(shown(staff.get(TRADES + found))) == ROWS
    for nobody in ("nobody@example.com", "alice", "0" * 40):
        assert staff.get(f"{TRADES}?q={nobody}").context["cl"].result_count == 0


def test_transfers_are_found_by_their_business_fact(stage: Stage, alice: Trader, staff: Client) -> None:
    trade = alice.place(at=NOON, stake="1")
    with connection.cursor() as cursor:
        cursor.execute(MORE_TRANSFERS)
    address = f"{TRANSFERS}?q={trade.pk}"
    assert read(staff, address)["transfers"] <= 100  # of 2,000; which index leads there hangs on statistics
    assert [each.reference for each in staff.get(address).context["cl"].result_list] == [trade.pk]


def test_a_list_is_filtered_by_currency(stage: Stage, alice: Trader, staff: Client) -> None:
    alice.place(stake="1")
    for currency, found in (("USDT", True), ("KRW", False), ("none", True)):
        assert bool(staff.get(f"{TRANSFERS}?currency={currency}").context["cl"].result_count) is found
