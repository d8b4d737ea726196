"""A query parameter that a door doesn't read is refused by name, at every address that programs call."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from accounts.tests.rest_client import Answer, Api
from accounts.web.access import headless
from cryptotrader.tests.support.doors import OUTSIDE
from trading.tests.cast import SYMBOL, Stage, Trader

PROGRAMS = ("api/", "udf/", ".well-known/jwks.json", "_allauth/")
SOMETHING = {"uid": "0195a1b2-0000-7000-8000-000000000000", "id": "1", "str": SYMBOL}
METHODS = ("get", "post", "put", "patch", "delete")


def routes(patterns: list[Any], before: str = "") -> Iterator[tuple[str, URLPattern]]:
    for pattern in patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns, route)
        else:
            yield route, pattern


def doors() -> Iterator[tuple[str, str]]:
    """Yields the method and the path of each door for programs."""
    for route, pattern in routes(get_resolver().url_patterns):
        if route.startswith(PROGRAMS) and route not in OUTSIDE:
            path = "/" + re.sub(r"<(\w+):\w+>", lambda kind: SOMETHING[kind[1]], route)
            headless_view = headless.VIEWS.get(route.removeprefix("_allauth/app/v1/"))
            view = getattr(pattern.callback, "cls", None) or headless_view
            yield from ((method.upper(), path) for method in METHODS if hasattr(view, method))


def refused(answer: Answer) -> str:
    assert (answer.status, answer.headers["Content-Type"].split(";")[0]) in {
        (400, "application/problem+json"),
        (400, "application/json"),  # the charting library's own form
    }, answer.content
    return answer.content.decode()


def test_there_are_such_doors() -> None:
    assert len(list(doors())) > 80


def test_an_unknown_parameter_is_refused_by_name(alice: Trader, stage: Stage) -> None:
    alices = Api(alice)
    for method, path in doors():
        body: object = None if method == "GET" else {}
        told = refused(alices.send(method, f"{path}?Limit=1&format=xml", body))
        assert "Limit" in told, f"{method} {path}"
        assert "format" in told, f"{method} {path}"


def test_a_browser_may_ask_before_and_a_head_is_like_a_get(stage: Stage) -> None:
    address = "/udf/search?query=BTC"
    assert [Api().send(method, address).status for method in ("OPTIONS", "HEAD", "GET")] == [200, 200, 200]
    assert Api().send("HEAD", f"{address}&till=1").status == 400


@pytest.mark.parametrize(
    "address",
    ["flash-trades?limit=1&limit=2", "digests?day=2026-01-01&day=2026-01-02", "deposits?cursor=a&cursor=b"],
)
def test_a_parameter_that_comes_twice_is_refused(alice: Trader, address: str) -> None:
    answer = Api(alice).get(f"/api/v1/{address}").assert_problem(400, "invalid-input")
    assert answer.fields == {re.split("[?=]", address)[1]: "duplicate-parameter"}


def test_the_names_come_back_readable(alice: Trader) -> None:
    answer = Api(alice).get("/api/v1/flash-trades?clientOrderId=x&%00=1&%ED%A0%80=1&=")
    assert answer.fields["clientOrderId"] == "unknown-parameter"
    assert set(answer.fields.values()) == {"unknown-parameter"}
    assert len(Api(alice).get("/api/v1/me?" + "&".join(f"a{n}=1" for n in range(500))).fields) == 20
