import json
from datetime import timedelta

import pytest
import time_machine
from pytest_django import Settings

from accounts.domain.access.scopes import Scope
from accounts.tests.cast import NOON
from accounts.tests.keys import made_key
from accounts.tests.rest_client import Api
from trading.models import SigningKey
from trading.services.proof.publish_digests import publish_digests
from trading.services.proof.rotate_keys import rotate_keys
from trading.services.settlement.settle_due_trades import settle_due_trades
from trading.tests.cast import Stage, Trader, open_stage
from trading.tests.script import load_script

PATH, DIGESTS, KEYS = "/api/v1/flash-trades", "/api/v1/digests", "/.well-known/jwks.json"


def settled(stage: Stage, trader: Trader) -> str:
    trade = trader.place()
    stage.prices(NOON + timedelta(seconds=1), ["60000.00"] + ["60000.01"] * 62)
    settle_due_trades(instrument="BTC-USDT", now=NOON + timedelta(seconds=61))
    return f"{PATH}/{trade.pk}/proof"


def test_what_is_answered_can_be_checked_with_the_keys_that_are_published(
    alices: Api, alice: Trader, stage: Stage, noon: time_machine.Traveller
) -> None:
    path = settled(stage, alice)
    noon.shift(timedelta(seconds=62))
    answer = alices.get(path)
    assert (answer.status, answer.headers["Cache-Control"]) == (200, "no-store")
    report, proof = load_script().verify(answer.content.decode(), Api().get(KEYS).json())
    assert report.faults == []
    assert proof["issuer"] == "http://testserver"
    assert proof["trade"] == alices.get(f"{PATH}/{proof['trade']['id']}").json()


def test_a_key_that_reads_gets_it_and_another_one_not(
    alice: Trader, stage: Stage, noon: time_machine.Traveller
) -> None:
    path = settled(stage, alice)
    assert Api(token=made_key(alice).secret).get(path).status == 200
    Api(token=made_key(alice, Scope.TRADE).secret).get(path).assert_problem(403, "scope-missing")


def test_another_persons_proof_does_not_exist(bobs: Api, alice: Trader, stage: Stage) -> None:
    bobs.get(settled(stage, alice)).assert_problem(404, "not-found")
    Api().get(settled_again(stage, alice)).assert_problem(401, "not-authenticated")


def settled_again(stage: Stage, alice: Trader) -> str:
    return f"{PATH}/{alice.place(at=NOON + timedelta(seconds=63)).pk}/proof"


def test_an_open_trade_has_none_yet(alices: Api, alice: Trader) -> None:
    alices.get(f"{PATH}/{alice.place().pk}/proof").assert_problem(409, "trade-not-settled")


def test_published_days_are_for_everybody_in_pages(stage: Stage) -> None:
    open_stage("ETH-USDT")
    publish_digests(now=NOON + timedelta(days=4))
    seen, url = [], f"{DIGESTS}?limit=3"
    while url:
        page = Api().get(url).json()
        seen += [(day["instrument"], day["day"]) for day in page["results"]]
        url = page["next"]
    assert len(set(seen)) == len(seen) == 8

    days = Api().get(f"{DIGESTS}?instrument=BTC-USDT").json()["results"]
    assert [day["day"] for day in days] == ["2026-03-04", "2026-03-03", "2026-03-02", "2026-03-01"]
    assert {day["instrument"] for day in days} == {"BTC-USDT"}
    (day,) = Api().get(f"{DIGESTS}?instrument=BTC-USDT&day=2026-03-01").json()["results"]
    assert day == days[-1]
    assert (day["count"], day["first_sequence"], day["previous"]) == (1, 1, "0" * 64)
    assert "leaves" not in json.dumps(days)


def test_beside_a_day_stands_what_was_missing_and_what_ended_void(stage: Stage, alice: Trader) -> None:
    other = open_stage("ETH-USDT")
    alice.place()  # its entry second gets no price
    settled_at = NOON + timedelta(minutes=10)
    stage.price(settled_at, "60000.00")
    other.price(settled_at, "3000.00")
    settle_due_trades(instrument="BTC-USDT", now=settled_at)
    publish_digests(now=NOON + timedelta(days=2))

    told = {(day["instrument"], day["day"]): day for day in Api().get(DIGESTS).json()["results"]}

    facts = {key: (day["count"], day["gaps"], day["voided"]) for key, day in told.items()}
    assert facts == {
        ("BTC-USDT", "2026-03-01"): (2, 86_398, 1),
        ("BTC-USDT", "2026-03-02"): (0, 86_400, 0),
        ("ETH-USDT", "2026-03-01"): (2, 86_398, 0),
        ("ETH-USDT", "2026-03-02"): (0, 86_400, 0),
    }


@pytest.mark.parametrize(
    ("query", "field"),
    [("day=x", "day"), ("day=", "day"), ("day=2026-02-30", "day"), ("day=20260301", "day"), ("day=%00", "day"),
     ("day=２０２６-03-01", "day"), ("day=0000-00-00", "day"), ("limit=0", "limit"), ("limit=1001", "limit"),
     ("cursor=x", "cursor"), ("cursor=-1", "cursor"), ("cursor=" + "9" * 19, "cursor")],
)  # fmt: skip
def test_it_refuses_days_that_make_no_sense(db: None, query: str, field: str) -> None:
    assert Api().get(f"{DIGESTS}?{query}").assert_problem(400, "invalid-input").fields.keys() == {field}


@pytest.mark.parametrize("symbol", ["NONE-USDT", "", "%00", "%ED%A0%80"])
def test_an_instrument_must_be_known(db: None, symbol: str) -> None:
    Api().get(f"{DIGESTS}?instrument={symbol}").assert_problem(404, "unknown-instrument")


def test_keys_are_public_and_there_are_none_before_the_first_signature(db: None) -> None:
    answer = Api().get(KEYS)
    assert (answer.json(), answer.headers["Cache-Control"]) == ({"keys": []}, "no-store")


def test_a_lost_encryption_key_is_said_and_a_rotation_mends_it(
    alices: Api, alice: Trader, stage: Stage, settings: Settings, noon: time_machine.Traveller
) -> None:
    path = settled(stage, alice)
    noon.shift(timedelta(seconds=62))
    before = alices.get(path)
    settings.ENCRYPTION_KEYS = ["another one, because the right one was lost"]

    refused = alices.get(path)

    assert (refused.status, refused.json()["code"]) == (503, "signing-unavailable")
    assert SigningKey.objects.get().retired_at is None
    rotate_keys(now=NOON + timedelta(hours=1))
    keys = Api().get(KEYS).json()
    for answer in (before, alices.get(path)):
        assert load_script().verify(answer.content.decode(), keys)[0].faults == []
