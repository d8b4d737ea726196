from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.core.signing import Signer
from pytest_django import Settings

from accounts.tests.cast import NOON
from accounts.tests.rest_client import Answer, Api
from trading.models import FlashTrade, Instrument
from trading.services.orders.make_quote import SALT
from trading.tests.cast import Stage, Trader
from trading.tests.payouts import SECOND, SKEWED, pay

PATH, TRADES = "/api/v1/quotes", "/api/v1/flash-trades"
WISH = {"instrument": "BTC-USDT", "direction": "up", "duration": 60}
ORDER = WISH | {"amount": "33.33"}
FACTS = ["1", "BTC-USDT", "up", "60", "demo", "0.85", "0", "1", "2", "2026-03-01T12:00:00Z"]


def quote(api: Api, **change: Any) -> str:
    return str(api.post(PATH, WISH | change).json()["quote"])


def order(api: Api, token: object, key: str = "one", **change: Any) -> Answer:
    return api.post(TRADES, ORDER | {"quote": token} | change, Idempotency_Key=key)


def signed(facts: object, salt: str = SALT) -> str:
    return Signer(salt=salt).sign_object(facts)


def test_anybody_may_ask_and_hears_all_there_is_to_know(stage: Stage, noon: time_machine.Traveller) -> None:
    noon.shift(0.4)
    answer = Api().post(PATH, WISH)
    body = answer.json()
    assert (answer.status, answer.headers["Cache-Control"]) == (200, "no-store")
    assert body.pop("quote")
    assert body == {
        "instrument": "BTC-USDT",
        "direction": "up",
        "duration": 60,
        "demo": True,
        "currency": "USDT",
        "payout_rate": "0.85",
        "base_rate": "0.85",
        "rate_skew": "0.00",
        "break_even": "0.5405",
        "stake_min": "1.00",
        "stake_max": "1000.00",
        "tie": "stake-returned",
        "rule_version": 2,
        "payout_version": 1,
        "issued_at": "2026-03-01T12:00:00.400000Z",
        "expires_at": "2026-03-01T12:00:05.400000Z",
        "price": "60000.00",
        "priced_at": "2026-03-01T12:00:00Z",
        "price_age_ms": 400,
        "simulated": True,
        "description": "BTC-USDT up, 60 s. You gain 85 % of the stake if the exit price is higher than the entry price,"
        " and lose the stake if it is lower. If they are equal, the stake is returned.",
    }


def test_it_stores_nothing_and_asks_little(
    noon: time_machine.Traveller, stage: Stage, django_assert_num_queries: Callable[[int], Any]
) -> None:
    with django_assert_num_queries(3):
        Api().post(PATH, WISH)
    pay(at=NOON, **SKEWED)
    with django_assert_num_queries(4):
        Api().post(PATH, WISH)


def test_a_quote_says_the_skew_of_its_side_and_book(alices: Api, alice: Trader) -> None:
    Instrument.objects.update(liability_max=10_000)
    pay(at=NOON, **SKEWED, rates={300: Decimal("0.8")})
    alice.place(stake="400")  # a liability of 340 on up: a third of the scale
    shown = {
        (way, seconds): alices.post(PATH, WISH | {"direction": way, "duration": seconds}).json()
        for way in ("up", "down")
        for seconds in (60, 300)
    }
    rates = {key: (each["base_rate"], each["rate_skew"], each["payout_rate"]) for key, each in shown.items()}
    assert rates == {
        ("up", 60): ("0.85", "-0.017", "0.833"),
        ("down", 60): ("0.85", "0.017", "0.867"),
        ("up", 300): ("0.80", "-0.017", "0.783"),
        ("down", 300): ("0.80", "0.017", "0.817"),
    }
    assert alices.post(PATH, WISH | {"demo": False}).json()["rate_skew"] == "0.00"
    taken = order(alices, shown["up", 60]["quote"]).json()
    assert (taken["payout_rate"], taken["payout"], taken["payout_version"]) == ("0.833", "61.09", 2)
    assert "3.3" in shown["up", 60]["description"]


def test_a_quote_is_kept_to_for_five_seconds(alices: Api, stage: Stage, noon: time_machine.Traveller) -> None:
    token = quote(alices)
    pay("0.5", at=NOON + SECOND)
    noon.shift(5)
    stage.price(NOON + 5 * SECOND, "60000.00")
    assert quote(alices) != token
    taken = order(alices, token).json()
    assert (taken["payout_rate"], taken["payout_version"]) == ("0.85", 1)
    plain = alices.post(TRADES, ORDER, Idempotency_Key="two").json()
    assert (plain["payout_rate"], plain["payout_version"]) == ("0.50", 2)


@pytest.mark.parametrize(("rate", "status"), [("0.9", 201), ("0.85", 201), ("0.8499", 409)])
def test_after_that_no_worse_rate_is_taken(
    alices: Api, stage: Stage, noon: time_machine.Traveller, rate: str, status: int
) -> None:
    token = quote(alices)
    pay(rate, at=NOON + 6 * SECOND)
    noon.shift(6)
    stage.price(NOON + 6 * SECOND, "60000.00")
    answer = order(alices, token)
    assert answer.status == status
    if status == 201:
        assert Decimal(answer.json()["payout_rate"]) == Decimal(rate)
        return
    fresh = answer.assert_problem(409, "price-moved").json()
    assert (fresh["payout_rate"], fresh["quote"]["payout_rate"]) == (rate, rate)
    assert order(alices, fresh["quote"]["quote"]).json()["payout_rate"] == rate


@pytest.mark.parametrize("with_quote", [False, True])
def test_a_rate_below_the_least_that_is_asked_for_comes_with_a_quote(alices: Api, with_quote: bool) -> None:
    given = {"quote": quote(alices)} if with_quote else {}
    answer = alices.post(TRADES, ORDER | given | {"min_payout_rate": "0.86"}, Idempotency_Key="one")
    body = answer.assert_problem(409, "price-moved").json()
    assert (body["payout_rate"], body["quote"]["payout_rate"], body["quote"]["direction"]) == ("0.85", "0.85", "up")
    assert order(alices, body["quote"]["quote"]).status == 201


def test_a_refusal_tells_the_current_rate_for_any_quote(
    alices: Api, stage: Stage, noon: time_machine.Traveller
) -> None:
    token = quote(alices)
    pay("0.9", at=NOON + SECOND)
    noon.shift(1)
    body = order(alices, token, min_payout_rate="0.86").assert_problem(409, "price-moved").json()
    assert (body["payout_rate"], body["quote"]["payout_rate"]) == ("0.90", "0.90")


def test_a_replay_is_the_trade_though_the_quote_has_expired(alices: Api, noon: time_machine.Traveller) -> None:
    token = quote(alices)
    first = order(alices, token)
    pay("0.1", at=NOON + 60 * SECOND)
    noon.shift(600)
    again = order(alices, token)
    assert (again.status, again.content, again.headers["Idempotency-Replayed"]) == (201, first.content, "true")
    other = quote(alices)
    order(alices, other).assert_problem(422, "idempotency-key-reused")
    alices.post(TRADES, ORDER, Idempotency_Key="one").assert_problem(422, "idempotency-key-reused")


def test_a_quote_is_anybodys(alices: Api, bobs: Api) -> None:
    token = quote(Api())
    assert [order(api, token).status for api in (alices, bobs)] == [201, 201]


@pytest.mark.parametrize(
    ("change", "field"),
    [({"instrument": "ETH-USDT"}, "instrument"), ({"direction": "down"}, "direction"), ({"duration": 30}, "duration"),
     ({"demo": False}, "demo")],
)  # fmt: skip
def test_a_quote_is_for_what_was_quoted(alices: Api, alice: Trader, change: dict[str, Any], field: str) -> None:
    Stage(Instrument.objects.create(symbol="ETH-USDT", pip=Decimal(1), durations=[60])).price(NOON, "3000")
    answer = order(alices, quote(alices), **change).assert_problem(400, "invalid-quote")
    assert answer.fields == {field: "not-as-quoted"}
    assert (alice.wallet.held, FlashTrade.objects.count()) == (0, 0)


def test_a_quote_of_other_rules_or_of_another_site_is_none(alices: Api, settings: Settings) -> None:
    old, new = ([*FACTS[:8], version, FACTS[9]] for version in ("1", "3"))
    ours = quote(alices)
    assert ours == signed(FACTS)
    foreign = [signed(old), signed(new), signed(["2", *FACTS[1:]]), signed(FACTS, "another purpose"), signed([])]
    settings.SECRET_KEY, secret = "somebody else's", settings.SECRET_KEY
    foreign.append(signed(FACTS))
    settings.SECRET_KEY = secret
    for token in foreign:
        order(alices, token).assert_problem(400, "invalid-quote")
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "the next key", [secret]
    assert order(alices, ours).status in {201, 401}  # the session's token is signed with the old key


def test_a_quote_that_anything_was_done_to_is_none(alices: Api, alice: Trader) -> None:
    token = quote(alices)
    body, _, signature = token.partition(":")
    for bad in (
        token[:-1], token + "A", body, f":{signature}", f"{body}:", body[:-2] + "AA:" + signature, token.swapcase(),
        f" {token}", token + "\n", token.replace(":", "："), "１２３", "NaN", "", "\0", "x" * 60_000, token * 2,
        "\ud800", 1, 0, True, False, [], [token], {}, {"quote": token}, 1.5,
    ):  # fmt: skip
        order(alices, bad).assert_problem(400, "invalid-quote")
    assert (alice.wallet.held, FlashTrade.objects.count()) == (0, 0)


@pytest.mark.parametrize(
    ("wish", "field", "code"),
    [
        ({"direction": "UP"}, "direction", "unknown-direction"),
        ({"direction": None}, "direction", "unknown-direction"),
        ({"duration": "６０"}, "duration", "invalid-number"),
        ({"duration": "NaN"}, "duration", "invalid-number"),
        ({"duration": 0}, "duration", "invalid-number"),
        ({"duration": True}, "duration", "invalid-number"),
        ({"instrument": "ＢＴＣ-USDT"}, "instrument", "invalid"),
        ({"instrument": "BTC-USDT\0"}, "instrument", "invalid"),
        ({"demo": "true"}, "demo", "not-a-flag"),
        ({"amount": 5}, "amount", "unknown-field"),
    ],
)
def test_a_wish_that_cant_be_read_is_refused(alices: Api, wish: dict[str, Any], field: str, code: str) -> None:
    assert alices.post(PATH, WISH | wish).assert_problem(400, "invalid-input").fields == {field: code}


def test_nothing_is_quoted_that_cant_be_had(alices: Api) -> None:
    alices.post(PATH, WISH | {"instrument": "NO-SUCH"}).assert_problem(404, "unknown-instrument")
    alices.post(PATH, WISH | {"duration": 61}).assert_problem(400, "duration-not-offered")
    token = quote(alices)
    Instrument.objects.update(status="close_only")
    alices.post(PATH, WISH).assert_problem(409, "instrument-closed")
    order(alices, token).assert_problem(409, "instrument-closed")


def test_a_quote_promises_the_rate_and_nothing_else(alices: Api, noon: time_machine.Traveller) -> None:
    token = quote(alices)
    order(alices, token, amount="1000.01").assert_problem(400, "stake-out-of-bounds")
    noon.shift(timedelta(seconds=2.5))
    order(alices, token).assert_problem(503, "stale-price")
    assert Api().post(PATH, WISH).json()["price_age_ms"] == 2500


def test_the_description_speaks_the_readers_language(stage: Stage, noon: time_machine.Traveller) -> None:
    korean, english = (Api().post(PATH, WISH, Accept_Language=tongue).json() for tongue in ("ko", "en"))
    assert korean.keys() == english.keys()
    assert "85" in korean["description"]
