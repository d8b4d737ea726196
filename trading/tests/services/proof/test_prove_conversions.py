"""A trade on an index of USDT with dollar quotes: its proof shows the conversions."""

import json
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from accounts.tests.guards import run_sql
from trading.domain.prices import Source, Tick
from trading.domain.proof.jws import public_jwk
from trading.domain.reading import Reading
from trading.models import FlashTrade, IndexPrice, Instrument
from trading.selectors.proof.proofs import public_keys
from trading.services.prices.make_price_partitions import make_price_partitions
from trading.services.prices.prune_prices import prune_prices
from trading.services.prices.record_index_prices import record_index_prices
from trading.services.proof.prove_trade import prove_trade
from trading.services.proof.publish_digests import publish_digests
from trading.services.proof.replay_trade import replay_proof, replay_trade
from trading.services.settlement.settle_due_trades import settle_due_trades
from trading.tests.cast import SYMBOL, Trader
from trading.tests.chains import Json
from trading.tests.script import load_script

script = load_script()
START = datetime(2021, 3, 10, 12, tzinfo=UTC)
SECOND, TOMORROW = timedelta(seconds=1), START + timedelta(days=2)
RATE = "USDT-USD"


@pytest.fixture
def market(db: None) -> None:
    """One venue quotes in USDT, two in dollars; and an index gives the price of USDT."""
    Instrument.objects.create(symbol=SYMBOL, pip=Decimal("0.01"), durations=[15])
    Instrument.objects.create(symbol=RATE, pip=Decimal("0.000001"), durations=[], tradable=False, status="retired")
    price(range(-5, 1))


def price(seconds: Iterable[int], *, without_rate: Iterable[int] = (), start: datetime = START) -> None:
    for n in seconds:
        at, mid, rate = start + n * SECOND, Decimal(60000) + n, Decimal("0.9995") + n * Decimal("0.000001")
        dollars = mid * rate
        ticks = (
            Tick("a", mid, mid, None, at),
            Tick("b", dollars - 1, dollars + 1, None, at, conversion=RATE),
            Tick("c", dollars - 2, dollars + 2, None, at, conversion=RATE),
        )
        heard = () if n in without_rate else (Tick("d", rate, rate, None, at),)
        readings = [Reading(SYMBOL, Source.SIMULATED, ticks, 1), Reading(RATE, Source.SIMULATED, heard, 1)]
        record_index_prices(at=at, readings=readings, now=at)


def settled(trader: Trader, *, without_rate: Iterable[int] = ()) -> FlashTrade:
    """A trade of 15 s from the start, and prices until some seconds after it."""
    trade = trader.place(at=START, seconds=15)
    price(range(1, 40), without_rate=without_rate)
    settle_due_trades(instrument=SYMBOL, now=START + 39 * SECOND)
    trade.refresh_from_db()
    assert trade.outcome == "won"
    return trade


def proven(trade: FlashTrade) -> Json:
    """The proof, in which the script and the server find nothing wrong."""
    proof = prove_trade(trade_id=trade.pk, user_id=None, issuer="https://example.com", now=TOMORROW)
    document = json.dumps(proof.as_json())
    report, _ = script.verify(document, {"keys": [public_jwk(key) for key in public_keys()]})
    ours = replay_proof(text=document)
    assert (report.faults, report.notes) == (ours.faults, ours.notes)
    assert ours.faults == []
    return proof.content


def numbers(piece: list[Json]) -> list[int]:
    """The seconds of its prices."""
    return [(datetime.fromisoformat(price["priced_at"]) - START) // SECOND for price in piece]


def test_what_converted_the_quotes_can_be_checked_up_to_its_published_day(market: None, alice: Trader) -> None:
    trade = settled(alice)
    publish_digests(now=TOMORROW)
    (chain,) = proven(trade)["conversions"]
    assert (chain["instrument"], [day["instrument"] for day in chain["days"]]) == (RATE, [RATE])
    assert [numbers(piece) for piece in chain["pieces"]] == [list(range(-5, 7)), list(range(11, 17))]
    assert len(chain["paths"]) == 2


def test_an_older_price_is_shown_to_have_been_the_newest(market: None, alice: Trader) -> None:
    trade = settled(alice, without_rate=[6, 15, 16, 17])
    pieces = proven(trade)["conversions"][0]["pieces"]
    assert [numbers(piece)[-1] for piece in pieces] == [7, 18]


def test_the_day_in_which_it_ends_is_there_though_no_price_of_it_is(market: None, alice: Trader) -> None:
    """Its digest shows whether prices came after midnight."""
    start = datetime(2021, 3, 10, 23, 59, 45, tzinfo=UTC)
    price([0], start=start)
    trade = alice.place(at=start, seconds=15)
    price([*range(1, 15), 100], start=start)
    settle_due_trades(instrument=SYMBOL, now=start + 100 * SECOND)
    publish_digests(now=TOMORROW + timedelta(days=1))
    proof = proven(FlashTrade.objects.get(pk=trade.pk))
    (chain,) = proof["conversions"]
    assert proof["trade"]["expires_at"] == "2021-03-11T00:00:01Z"
    assert chain["pieces"][-1][-1]["priced_at"] == "2021-03-10T23:59:59Z"
    assert [day["day"] for day in chain["days"]] == ["2021-03-10", "2021-03-11"]


def test_without_conversions_it_has_none(market: None, alice: Trader) -> None:
    everything = range(-5, 60)
    trade = settled(alice, without_rate=everything)
    windows = proven(trade)["windows"]
    assert [len(windows[1]["prices"][-1]["venues"]), len(windows[0]["prices"][0]["venues"])] == [1, 3]


def test_pruning_keeps_the_whole_proof(market: None, alice: Trader) -> None:
    trade = settled(alice, without_rate=[6, 15, 16, 17])
    make_price_partitions(now=timezone.now())
    publish_digests(now=TOMORROW)
    before = proven(trade)
    pruned = prune_prices(month=date(2021, 3, 1))
    assert pruned.removed > 0
    assert IndexPrice.objects.filter(instrument__symbol=RATE).count() < 40
    assert proven(trade) == before
    assert replay_trade(trade_id=trade.pk, now=timezone.now()).faults == []


@pytest.mark.parametrize(
    ("change", "codes"),
    [
        ("UPDATE index_prices SET price = 0.999 {where}", {"conversion", "price", "digest"}),
        ("UPDATE index_prices SET venues = '[]' {where}", {"price", "digest"}),
        ("UPDATE index_prices SET digest = repeat('ab', 32) {where}", {"digest", "day"}),
        ("DELETE FROM index_prices {where}", {"conversion", "chain"}),
    ],
)
def test_what_a_superuser_does_to_a_conversion_is_found(
    market: None, alice: Trader, change: str, codes: set[str]
) -> None:
    trade = settled(alice)
    publish_digests(now=TOMORROW)
    run_sql("SET CONSTRAINTS ALL IMMEDIATE")
    run_sql("ALTER TABLE index_prices DISABLE TRIGGER USER")
    where = "WHERE instrument_id = (SELECT id FROM instruments WHERE symbol = 'USDT-USD') AND priced_at = %s"
    run_sql(change.format(where=where), trade.expires_at)
    run_sql("ALTER TABLE index_prices ENABLE TRIGGER USER")
    assert codes <= {code for code, _ in replay_trade(trade_id=trade.pk, now=TOMORROW).faults}
