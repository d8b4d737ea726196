import csv
import json
from io import StringIO
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.test import AsyncClient
from hypothesis import given
from hypothesis import strategies as st

from accounts.services.ledger.reset_demo_wallet import reset_demo_wallet
from accounts.tests.cast import NOON
from accounts.tests.rest_client import Api
from accounts.wire.ledger import STATEMENT_LINE
from accounts.wire.spreadsheet import cell as written
from trading.tests.cast import Stage, Trader


def path(who: Trader, suffix: str = "") -> str:
    return f"/api/v1/wallets/{who.wallet.id}/statement{suffix}"


@pytest.fixture
def staked(alice: Trader, stage: Stage) -> Trader:
    """Alice with a grant and three stakes under way."""
    for stake in ("10", "20.50", "30"):
        alice.place(stake=stake)
    return alice


def read_csv(content: bytes) -> list[dict[str, str]]:
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(StringIO(content.decode("utf-8-sig"), newline="")))


def test_a_line_says_what_happened_and_how_the_wallet_stood(staked: Trader) -> None:
    newest, *_, oldest = Api(staked).get(path(staked)).json()["results"]
    assert tuple(newest) == STATEMENT_LINE
    assert newest | {"id": 0, "reference": ""} == {
        "id": 0,
        "time": "2026-03-01T12:00:00Z",
        "kind": "stake",
        "phase": "pending",
        "amount": "0.00",
        "held_change": "30.00",
        "balance": "10000.00",
        "held": "60.50",
        "reference": "",
        "description": "Stake held",
    }
    assert (oldest["kind"], oldest["amount"], oldest["balance"]) == ("grant", "10000.00", "10000.00")


def test_pages_follow_each_other_and_keep_their_filters(staked: Trader) -> None:
    api, following, seen = Api(staked), path(staked) + "?limit=1&kind=stake", []
    while following:
        page = api.get(following).json()
        seen += [line["held"] for line in page["results"]]
        following = page["next"]
    assert seen == ["60.50", "30.50", "10.00"]


def test_it_finds_the_lines_of_one_trade(staked: Trader) -> None:
    trade = staked.place(stake="7")
    results = Api(staked).get(f"{path(staked)}?reference={trade.id}").json()["results"]
    assert [(line["held_change"], line["reference"]) for line in results] == [("7.00", str(trade.id))]


def test_since_is_included_and_until_is_not(staked: Trader) -> None:
    api = Api(staked)
    for query, lines in (("since", 4), ("until", 0)):
        assert len(api.get(f"{path(staked)}?{query}=2026-03-01T12:00:00Z").json()["results"]) == lines


BAD = {
    "kind": ["x", "", "STAKE", "stake%00"],
    "since": ["x", "2026-01-01", "2026-01-01T00:00:00", "%00"],
    "until": ["9999-99-99T00:00:00Z", "１"],
    "reference": ["x", "", "1", "0195a1b2000070008000000000000000", "%00", "{0195a1b2-0000-7000-8000-000000000000}"],
    "cursor": ["", "-1", "x", "1" * 19, "１", "1.0"],
    "limit": ["0", "201", "-1", "1_0", "１", "1e2", "", "1" * 400],
}


@pytest.mark.parametrize(("field", "value"), [(field, value) for field, values in BAD.items() for value in values])
def test_it_names_a_filter_that_makes_no_sense(alice: Trader, field: str, value: str) -> None:
    answer = Api(alice).get(f"{path(alice)}?{field}={value}")
    assert answer.assert_problem(400, "invalid-input").fields.keys() == {field}


def test_the_exports_have_the_lines_of_the_pages_the_oldest_first(staked: Trader) -> None:
    api = Api(staked)
    lines = api.get(path(staked)).json()["results"][::-1]
    assert len(lines) == 4
    assert read_csv(api.get(path(staked, ".csv")).content) == [
        {name: str(value) for name, value in line.items()} for line in lines
    ]
    document = json.loads(api.get(path(staked, ".json")).content)
    assert document["lines"] == lines
    assert document["wallet"] == {"id": staked.wallet.id, "currency": "USDT", "demo": True}


def test_the_exports_filter_and_their_balances_stay_right(staked: Trader) -> None:
    api = Api(staked)
    rows = read_csv(api.get(path(staked, ".csv?kind=stake")).content)
    assert [row["held"] for row in rows] == ["10.00", "30.50", "60.50"]
    assert len(json.loads(api.get(path(staked, ".json?kind=return")).content)["lines"]) == 0
    api.get(path(staked, ".csv?kind=x")).assert_problem(400, "invalid-input")


def test_an_export_says_what_it_is(alice: Trader) -> None:
    answer = Api(alice).get(path(alice, ".csv"), Accept="text/csv")
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    name = f"statement-USDT-demo-{alice.wallet.id}.csv"
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{name}"'
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("suffix", [".csv", ".json"])
def test_under_asgi_it_streams_asynchronously(alice: Trader, suffix: str) -> None:
    address = path(alice, suffix)

    async def fetch() -> Any:
        client = AsyncClient(raise_request_exception=False)
        await client.aforce_login(alice.user)
        response: Any = await client.get(address)
        parts = [part async for part in response.streaming_content]
        return response.is_async, b"".join(parts)

    is_async, content = async_to_sync(fetch)()
    assert is_async
    assert content == Api(alice).get(path(alice, suffix)).content


@given(text=st.text(min_size=1))
def test_no_text_becomes_a_formula(text: str) -> None:
    for prefix in ("", "=", "+", "-", "@", "\t", "\r"):
        cell = written(prefix + text)
        assert cell[0] not in "=+@\t\r"
        assert cell[0] != "-" or float(cell) <= 0


@pytest.mark.parametrize("number", ["-100.00", "-0.00000001", "5", "100.00"])
def test_a_negative_amount_stays_a_number(number: str) -> None:
    assert written(number) == number


@pytest.mark.parametrize("formula", ["-1+1", "-", "-1-1", "=1", "-1.2.3", "-１", "+1"])
def test_what_only_begins_like_a_number_is_quoted(formula: str) -> None:
    assert written(formula) == f"'{formula}"


def test_the_last_line_is_where_the_wallet_stands(staked: Trader) -> None:
    wallet = staked.wallet
    last = read_csv(Api(staked).get(path(staked, ".csv")).content)[-1]
    assert (last["balance"], last["held"]) == (f"{wallet.balance:.2f}", f"{wallet.held:.2f}")


def test_a_korean_reader_gets_korean_descriptions_and_the_same_figures(alice: Trader) -> None:
    reset_demo_wallet(user_id=alice.user.pk, wallet_id=alice.wallet.id, now=NOON)
    english, korean = (
        read_csv(Api(alice, **{"Accept-Language": code}).get(path(alice, ".csv")).content) for code in ("en", "ko")
    )
    assert [row | {"description": ""} for row in english] == [row | {"description": ""} for row in korean]
