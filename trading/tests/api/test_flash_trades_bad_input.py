"""Inputs that must never become a trade, and the answer to each sender."""

import pytest
from pytest_django import DjangoAssertNumQueries

from accounts.tests.rest_client import Api
from trading.models import FlashTrade
from trading.tests.cast import Trader

PATH = "/api/v1/flash-trades"

AMOUNTS = [
    '"NaN"', '"Infinity"', '"-Infinity"', '"sNaN"', "1e400", '"1e400"', "-1e400", "1e-400", "-1", "0", "0.0", "-0",
    "-0.0", "0e9", '"-1"', '"0"', '"1_0"', '"１００"', '"१००"', '" 10 "', '"10 "', '"\\n10"', '"+10"', '"0x10"',
    '"1e2"', '"010"', '".5"', '"5."', '"1,000"', '"10\\u0000"', '""', "true", "false", "null", "[]", "[100]", "{}",
    '{"a": 1}', "0.123456789", '"0.123456789"', "1.000000001", "100000000000000000000", "1" + "0" * 300,
    '"1' + "0" * 300 + '"', "1." + "0" * 5000 + "1", '"\\ud800"', "100.000000000000000000000000000000000000001",
]  # fmt: skip
DURATIONS = [
    "60.5", "60.0", "6e1", '"60.5"', '"060"', '" 60"', '"６０"', '"+60"', '"6_0"', '"NaN"', '""', "0", "-60", "true",
    "null", "[60]", "{}", '"1' + "0" * 20 + '"',
]  # fmt: skip
DIRECTIONS = ['"UP"', '"sideways"', '""', '" up"', "true", "null", "1", '["up"]', "{}", '"up\\u0000"', '"\\ud800"']
INSTRUMENTS = ['"btc-usdt"', '"BTC"', '""', "null", "1", "[]", '"BTC-USDT\\u0000"', '"BTC-USDT "', '"ＢＴＣ-USDT"',
               '"A-\'; DROP TABLE transfers; --"']  # fmt: skip
RATES = ['"NaN"', "-0.1", '"abc"', "[]", "true", "1e400"]
BAD = {
    "amount": AMOUNTS,
    "duration": DURATIONS,
    "direction": DIRECTIONS,
    "instrument": INSTRUMENTS,
    "min_payout_rate": RATES,
    "demo": ['"true"', '"false"', "0", "1", "null", '""', "[]", "{}", "[true]"],
}


def order(**members: str) -> str:
    """An order as JSON text; its members are JSON text too."""
    texts = {"instrument": '"BTC-USDT"', "amount": "100", "direction": '"up"', "duration": "60"} | members
    return "{" + ", ".join(f'"{name}": {text}' for name, text in texts.items()) + "}"


@pytest.mark.parametrize("field", BAD)
def test_it_names_the_field(alices: Api, alice: Trader, field: str) -> None:
    for text in BAD[field]:
        answer = alices.post(PATH, order(**{field: text}), Idempotency_Key="one")
        assert answer.assert_problem(400, "invalid-input").fields.keys() == {field}, text
    assert (alice.wallet.held, FlashTrade.objects.count()) == (0, 0)


@pytest.mark.parametrize(
    ("body", "name"),
    [
        (order(**{"amount": "1", "duration": "15"})[:-1] + ', "amount": "100"}', "amount"),
        ('{"\\u0061mount": "100", ' + order()[1:], "amount"),  # an escaped form of the same name
        (order(quote='{"a": 1, "a": 1}'), "a"),
        ('{"\\ud800": 1, "\\ud800": 1}', "\\ud800"),
    ],
)
def test_a_member_that_comes_twice_is_refused(alices: Api, alice: Trader, body: str, name: str) -> None:
    answer = alices.post(PATH, body, Idempotency_Key="one")
    assert answer.assert_problem(400, "invalid-input").fields == {name: "duplicate-field"}
    assert (alice.wallet.held, FlashTrade.objects.count()) == (0, 0)


def test_it_names_all_fields_at_once(alices: Api) -> None:
    answer = alices.post(PATH, order(amount="-1", duration="null", direction="1"), Idempotency_Key="one")
    assert answer.fields == {
        "amount": "not-positive",
        "duration": "invalid-number",
        "direction": "unknown-direction",
    }
    for amount in ("9" * 21, f'"{"9" * 21}.5"', "1e18"):
        assert alices.post(PATH, order(amount=amount), Idempotency_Key="one").fields == {"amount": "too-large"}
    assert alices.post(PATH, "{}", Idempotency_Key="one").fields.keys() == {"amount", "duration", "direction"}


@pytest.mark.parametrize(
    "body",
    ["", " ", "null", "[]", "1", '"text"', "{", order()[:-1], order() + order(), order(amount="NaN"),
     order(amount="Infinity"), order(amount="-Infinity"), order(amount="1" * 5000), order(amount="0x10"), "[" * 10_000,
     '{"a":' * 5000 + "1" + "}" * 5000, b"\xff\xfe" + order().encode("utf-16-le"), b'{"amount": "\xff"}'],
    ids=lambda body: repr(body[:30]),
)  # fmt: skip
def test_it_refuses_what_is_no_json_object(alices: Api, body: str | bytes) -> None:
    alices.post(PATH, body, Idempotency_Key="one").assert_problem(400, "invalid-input")
    assert not FlashTrade.objects.exists()


@pytest.mark.parametrize("size", [64 * 1024 + 1, 1024 * 1024])
def test_it_refuses_a_body_over_64_kib(alices: Api, size: int) -> None:
    alices.post(PATH, order().ljust(size), Idempotency_Key="one").assert_problem(413, "body-too-large")


def test_it_takes_a_body_of_64_kib(alices: Api) -> None:
    assert alices.post(PATH, order().ljust(64 * 1024), Idempotency_Key="one").status == 201


@pytest.mark.parametrize(
    "content_type",
    ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/xml", "x", ""],
)
def test_it_refuses_another_content_type(alices: Api, content_type: str) -> None:
    answer = alices.post(PATH, order(), content_type, Idempotency_Key="one")
    answer.assert_problem(415, "unsupported-media-type")
    assert answer.headers["Accept"] == "application/json"


def test_it_takes_json_after_a_byte_order_mark(alices: Api) -> None:
    assert alices.post(PATH, "\ufeff" + order(), Idempotency_Key="one").status == 201


def test_it_takes_json_with_a_charset(alices: Api) -> None:
    assert alices.post(PATH, order(), "application/json; charset=utf-8", Idempotency_Key="one").status == 201


@pytest.mark.parametrize("key", [None, ""])
def test_it_wants_a_key(alices: Api, key: str | None) -> None:
    headers = {} if key is None else {"Idempotency_Key": key}
    alices.post(PATH, order(), **headers).assert_problem(400, "idempotency-key-required")


@pytest.mark.parametrize("key", [" ", "x" * 256, "a b", "a\tb", "\x00", "\x7f", "k\u00e9y", "a\n"])
def test_it_refuses_a_key_that_is_none(alices: Api, key: str) -> None:
    answer = alices.post(PATH, order(), Idempotency_Key=key).assert_problem(400, "invalid-input")
    assert answer.fields == {"Idempotency-Key": "invalid"}


NO_KEYS = ["1", "[]", "true", "{}", '""', '"a b"', '"a,b"', '"\\u0000"', '"\\ud800"', '"' + "x" * 256 + '"']


@pytest.mark.parametrize("key", NO_KEYS)
def test_it_refuses_a_client_order_id_that_is_none(alices: Api, key: str) -> None:
    for headers in ({}, {"Idempotency_Key": "one"}):  # it has no effect beside the header, but is no key all the same
        answer = alices.post(PATH, order(client_order_id=key), **headers)
        assert answer.assert_problem(400, "invalid-input").fields == {"client_order_id": "invalid"}


def test_the_header_and_the_member_name_the_same_order(alices: Api) -> None:
    """Otherwise a look-up by the other name would answer that no order has arrived."""
    answer = alices.post(PATH, order(client_order_id='"two"'), Idempotency_Key="one")
    assert answer.assert_problem(400, "invalid-input").fields == {"client_order_id": "not-as-in-header"}
    assert alices.post(PATH, order(client_order_id='"one"'), Idempotency_Key="one").status == 201
    assert alices.post(PATH, order(client_order_id="null"), Idempotency_Key="one").status == 201


@pytest.mark.parametrize("key", ["", "%00", "%ff", "a%20b", "a,b", "x" * 256, "%ED%95%9C"])
def test_asking_for_an_order_that_cant_be_is_refused(alices: Api, key: str) -> None:
    """To "none" a bot would order again."""
    answer = alices.get(f"{PATH}?client_order_id={key}").assert_problem(400, "invalid-input")
    assert answer.fields == {"client_order_id": "invalid"}


@pytest.mark.parametrize("more", ["limit=0", "cursor=0195a1b2-0000-7000-8000-000000000000"])
def test_what_has_no_effect_beside_a_key_is_refused(alices: Api, more: str) -> None:
    answer = alices.get(f"{PATH}?client_order_id=one&{more}").assert_problem(400, "invalid-input")
    assert answer.fields.keys() == {more.partition("=")[0]}


def test_a_key_may_be_255_characters_long(alices: Api) -> None:
    assert alices.post(PATH, order(), Idempotency_Key="x" * 255).status == 201


@pytest.mark.parametrize("token", [None, "garbage", "a.b.c", "é"])
def test_it_wants_to_know_who_orders(
    alices: Api, token: str | None, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(0):
        for send in (Api(token=token).post(PATH, order(), Idempotency_Key="one"), Api(token=token).get(PATH)):
            assert send.assert_problem(401, "not-authenticated").headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_a_trade_can_be_neither_changed_nor_deleted(alices: Api, alice: Trader, method: str) -> None:
    trade = alices.post(PATH, order(), Idempotency_Key="one").json()
    for path in (PATH, f"{PATH}/{trade['id']}"):
        response = getattr(alices.client, method)(path, order(), "application/json", headers=alices.headers)
        assert response.status_code == 405
    assert alices.get(f"{PATH}/{trade['id']}").json() == trade


@pytest.mark.parametrize(
    ("language", "title"), [("en", "There is no such instrument"), ("ko", "존재하지 않는 종목입니다")]
)
def test_titles_are_in_the_readers_language(alices: Api, language: str, title: str) -> None:
    answer = alices.post(PATH, order(instrument='"NO-SUCH"'), Idempotency_Key="one", Accept_Language=language)
    body = answer.assert_problem(404, "unknown-instrument").json()
    assert (answer.headers["Content-Language"], body["title"]) == (language, title)
