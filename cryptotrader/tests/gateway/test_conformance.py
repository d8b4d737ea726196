"""DRF's door and the order gateway give the same answers: status, headers and bodies, field by field."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine

from accounts.tests.cast import NOON
from accounts.tests.rest_client import tokens_of
from cryptotrader.tests.support.two_doors import (
    ALIAS,
    JSON,
    ORDER,
    ORDERS,
    QUOTES,
    TIME,
    Both,
    Doors,
    Request,
    bearer,
    order,
)
from trading.models import FlashTrade
from trading.tests.cast import Stage, Trader, trader

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("path", [ORDERS, ALIAS])
def test_an_order_its_replay_and_another_under_its_key(both: Both, path: str) -> None:
    assert both.ask(order(path=path)).status == 201
    replay = both.ask(order(path=path))
    assert (replay.status, replay.header("Idempotency-Replayed")) == (201, "true")
    assert both.ask(order(ORDER | {"amount": 11}, path=path)).json["code"] == "idempotency-key-reused"
    assert both.ask(Request("GET", path)).json["results"][0]["amount"] == "10.00"


REFUSED = {
    "too small": ORDER | {"amount": "0.01"},
    "too many places": ORDER | {"amount": "10.001"},
    "more than the wallet": ORDER | {"amount": 1_000_000},
    "no such instrument": ORDER | {"instrument": "DOGE-USDT"},
    "no such duration": ORDER | {"duration": 61},
    "real money": ORDER | {"demo": False},
    "a better rate": ORDER | {"min_payout_rate": "0.99"},
}


@pytest.mark.parametrize("body", REFUSED.values(), ids=REFUSED)
@pytest.mark.parametrize("language", ["en", "ko", "ko-KR,ko;q=0.9,en;q=0.8", "fr", ""])
def test_a_rule_refuses_an_order_in_its_senders_language(both: Both, body: object, language: str) -> None:
    reply = both.ask(order(body, ("Accept-Language", language)))
    assert reply.status >= 400
    assert reply.header("Content-Language") == ("ko" if language.startswith("ko") else "en")


UNREADABLE = {
    "no body": b"",
    "no JSON": b"{",
    "a list": b"[]",
    "NaN": b'{"amount":NaN,"direction":"up","duration":60,"client_order_id":"one"}',
    "1e400": b'{"amount":1e400,"direction":"up","duration":60,"client_order_id":"one"}',
    "Infinity": b'{"amount":Infinity,"direction":"up","duration":60,"client_order_id":"one"}',
    "1_0": ORDER | {"amount": "1_0"},
    "full width": ORDER | {"amount": "１０"},
    "blank": ORDER | {"amount": " 10 "},
    "a flag": ORDER | {"amount": True},
    "nothing": ORDER | {"amount": None},
    "negative": ORDER | {"amount": -10},
    "a long number": ORDER | {"amount": "1" * 60},
    "a fraction of a second": ORDER | {"duration": 60.0},
    "another direction": ORDER | {"direction": "UP"},
    "an unknown member": ORDER | {"min_payout": "0.5"},
    "a member twice": b'{"amount":1,"amount":2,"direction":"up","duration":60,"client_order_id":"one"}',
    "a NUL": ORDER | {"instrument": "BTC\0USDT"},
    "a lone surrogate": b'{"amount":1,"direction":"up","duration":60,"client_order_id":"\\ud800"}',
    "no key": {key: value for key, value in ORDER.items() if key != "client_order_id"},
    "a key with a blank": ORDER | {"client_order_id": "a b"},
    "a quote of ours": ORDER | {"quote": "abc"},
    "all wrong": {"amount": "x", "direction": "x", "duration": "x", "demo": "x", "client_order_id": "one"},
    "not UTF-8": b'{"amount":"\xff"}',
    "deep": b"[" * 60_000,
    "64 KiB and more": b" " * (64 * 1024) + json.dumps(ORDER).encode(),
    "a megabyte": b" " * (1024 * 1024),
    "a byte order mark": b"\xef\xbb\xbf" + json.dumps(ORDER).encode(),
}
READ_ALL_THE_SAME = {"a byte order mark"}


@pytest.mark.parametrize("name", UNREADABLE)
def test_a_body_that_is_refused_is_refused_in_the_same_words(both: Both, name: str) -> None:
    body = UNREADABLE[name]
    if name in READ_ALL_THE_SAME:
        assert both.ask(order(body)).status == 201
    else:
        assert both.ask(order(body), served=False).status >= 400
        assert FlashTrade.objects.count() == 0


HEADERS = {
    "no content type": [],
    "a form": [("Content-Type", "application/x-www-form-urlencoded")],
    "text": [("Content-Type", "text/plain")],
    "a charset": [("Content-Type", "application/json; charset=latin-1")],
    "a broken type": [("Content-Type", "application/json; charset*=x")],
    "XML wanted": [JSON, ("Accept", "application/xml")],
    "nothing wanted": [JSON, ("Accept", "")],
    "another host": [JSON, ("Host", "elsewhere.example")],
    "two keys": [JSON, ("Idempotency-Key", "two")],
    "a key twice": [JSON, ("Idempotency-Key", "one"), ("Idempotency-Key", "one")],
    "a comma in the key": [JSON, ("Idempotency-Key", "one,two")],
    "another scheme": [JSON, ("X-Session-Token", "abc")],
    "two credentials": [JSON, ("X-Api-Key", "abcdefghijkl")],
    "a second token": [JSON, ("Authorization", "Bearer other")],
    "another origin": [JSON, ("Origin", "https://elsewhere.example")],
    "a cookie": [JSON, ("Cookie", "sessionid=abc")],
}


@pytest.mark.parametrize("name", HEADERS)
def test_unusual_headers_are_djangos(both: Both, name: str) -> None:
    both.ask(Request("POST", ORDERS, HEADERS[name], json.dumps(ORDER).encode()), served=False)


@pytest.mark.parametrize("encoding", ["gzip", "Deflate", "identity, gzip", "aes128gcm"])
@pytest.mark.parametrize("name", ["Content-Encoding", "Transfer-Encoding"])
def test_an_encoded_body_is_refused_and_not_read_as_it_is(both: Both, name: str, encoding: str) -> None:
    reply = both.ask(order(ORDER, (name, encoding if name.startswith("C") else f"{encoding}, chunked")), served=False)
    assert (reply.status, reply.json["code"]) == (415, "unsupported-content-encoding")
    assert reply.json["detail"] == encoding.removeprefix("identity, ")
    assert reply.header("Accept-Encoding") == "identity"
    assert FlashTrade.objects.count() == 0


@pytest.mark.parametrize("encoding", ["", "identity", "Identity, identity"])
def test_a_body_that_is_as_it_is_may_say_so(both: Both, encoding: str) -> None:
    assert both.ask(order(ORDER, ("Content-Encoding", encoding)), served=False).status == 201
    assert both.ask(order(ORDER, ("Transfer-Encoding", "chunked"))).header("Idempotency-Replayed") == "true"


@pytest.mark.parametrize(
    "headers",
    [
        [("Content-Type", "application/json; charset=utf-8"), ("Idempotency-Key", "one")],
        [JSON, ("Accept", "application/json, text/plain, */*"), ("User-Agent", "axios/1.7"), ("Connection", "close")],
        [JSON, ("X-Request-ID", "0123456789abcdef"), ("X-Forwarded-For", "192.0.2.7"), ("Accept-Encoding", "gzip")],
    ],
)
def test_usual_headers_are_the_gateways(both: Both, headers: list[tuple[str, str]]) -> None:
    assert both.ask(Request("POST", ORDERS, headers, json.dumps(ORDER).encode(), parts=3)).status == 201


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE", "get"])
@pytest.mark.parametrize("path", [ORDERS, TIME])
def test_other_methods_are_djangos(both: Both, method: str, path: str) -> None:
    both.ask(Request(method, path), served=False)


def test_reading_trades_page_by_page_and_by_their_key(both: Both, noon: time_machine.Traveller) -> None:
    for number in range(3):
        noon.shift(timedelta(milliseconds=1))  # the ids of one millisecond have no order
        both.ask(order(ORDER | {"client_order_id": f"key-{number}"}))
    assert len(both.ask(Request("GET", ORDERS)).json["results"]) == 3
    page = both.ask(Request("GET", f"{ORDERS}?limit=2")).json
    assert page["next"]
    assert len(both.ask(Request("GET", f"{ORDERS}?client_order_id=key-1")).json["results"]) == 1
    assert both.ask(Request("GET", f"{ORDERS}?client_order_id=none")).json["results"] == []


@pytest.mark.parametrize(
    ("query", "served"),
    [("limit=0", True), ("limit=1_0", True), ("cursor=x", True), ("client_order_id=a%20b", True),
     ("clientOrderId=one", False), ("limit=1&limit=2", False), ("format=json", False), ("%ff", False),
     ("limit=%ff", True), ("%", False), ("&=&;", False), ("limit=1;limit=2", True), ("a=1&" * 1001, False),
     ("&".join(f"a{number}=1" for number in range(1001)), False)],
    ids=lambda value: str(value)[:40],
)  # fmt: skip
def test_a_list_refuses_a_wrong_query(both: Both, query: str, served: bool) -> None:
    assert both.ask(Request("GET", f"{ORDERS}?{query}"), served=served).status == 400


def test_a_trade_is_its_owners_alone(both: Both, doors: Doors) -> None:
    other = trader("bob").place()
    assert both.ask(Request("GET", f"{ORDERS}/{other.pk}")).json["code"] == "not-found"
    assert both.ask(order({}, path=f"{ORDERS}/{other.pk}/close")).json["code"] == "not-found"
    for path in (
        f"{ORDERS}/nothing",
        f"{ORDERS}/{other.pk}/",
        f"{ORDERS}/{other.pk}/offer",
        f"{ALIAS}/{other.pk}/close",
    ):
        both.ask(Request("GET", path), served=False)


def test_each_sees_and_closes_a_trade_of_their_own(doors: Doors, pair: tuple[Trader, Trader], market: Stage) -> None:
    trades = [person.place(seconds=3600) for person in pair]
    market.price(NOON.replace(second=1), "60000.00")
    market.price(NOON.replace(second=2), "60010.00")
    for path, body in [("", None), ("/close", {"min_price": "0.001"}), ("/close", {"min_price": "x"}),
                       ("/close", {"price": 1}), ("/close", {})]:  # fmt: skip
        replies = []
        for ask, person, trade in zip((doors.by_django, doors.by_gateway), pair, trades, strict=True):
            request = Request("GET", f"{ORDERS}/{trade.pk}", [bearer(tokens_of(person).access)])
            if body is not None:
                request = replace(order(body, bearer(tokens_of(person).access)), path=f"{ORDERS}/{trade.pk}{path}")
            replies.append(ask(request))
        assert replies[1].told == replies[0].told


def test_quotes_and_the_time_are_for_everybody(doors: Doors, pair: tuple[Trader, Trader], both: Both) -> None:
    visitors = Both(doors, pair, lambda _: [])
    wanted = {"direction": "up", "duration": 60}
    for who in (visitors, both):
        quoted = who.ask(order(wanted, path=QUOTES))
        assert quoted.status == 200
        assert (
            who.ask(order(wanted, ("Accept-Language", "ko"), path=QUOTES)).json["description"]
            != quoted.json["description"]
        )
        assert who.ask(Request("GET", TIME)).status == 200
        assert who.ask(order(wanted | {"duration": 61}, path=QUOTES)).json["code"] == "duration-not-offered"
        assert who.ask(order(wanted | {"duration": "x"}, path=QUOTES)).status == 400
        who.ask(order(wanted | {"amount": 1}, path=QUOTES), served=False)
    assert both.ask(order(ORDER | {"quote": quoted.json["quote"]})).status == 201
    both.ask(order(ORDER | {"quote": quoted.json["quote"], "client_order_id": "two", "duration": 30}))
    assert visitors.ask(order(), served=False).status in (401, 403)


def test_a_moved_price_is_told_in_the_readers_language(both: Both, market: Stage) -> None:
    told = [
        both.ask(order(ORDER | {"min_payout_rate": "0.99"}, ("Accept-Language", language))).json["quote"]["description"]
        for language in ("en", "ko")
    ]
    assert told[0] != told[1]
