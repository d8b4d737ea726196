"""A signature covers the request line as its sender wrote it, under WSGI, under ASGI and in a handshake."""

import time

import pytest
from django.test import RequestFactory
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.rest.sent import QUERY, address_in, sent_address
from accounts.tests.cast import Person
from accounts.tests.keys import made_key, signed_headers
from cryptotrader.tests.support.servers import Sent, by_asgi, by_wsgi

PATH = "/api/v1/flash-trades"
SPELLINGS = st.lists(st.sampled_from(["plain", "small", "large"]), min_size=len(PATH), max_size=len(PATH))
QUERIES = ["", "limit=2", "limit=%32", "%6Cimit=2", "client_order_id=a%2Bb%2fc", "client_order_id=a+b", "limit=2&"]


def spelt(ways: list[str]) -> str:
    """The path with some of its letters percent-encoded, in small or in capital hex."""
    hexes = {"plain": "{}", "small": "%{:02x}", "large": "%{:02X}"}
    return "".join(
        letter if way == "plain" or letter == "/" else hexes[way].format(ord(letter))
        for letter, way in zip(PATH, ways, strict=True)
    )


@pytest.mark.long
@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ways=SPELLINGS, query=st.sampled_from(QUERIES))
def test_the_address_is_signed_as_it_is_sent(alice: Person, ways: list[str], query: str) -> None:
    made, path, at = made_key(alice, signs=True), spelt(ways), time.time()
    whole = f"{path}?{query}" if query else path
    for number, send in enumerate((by_wsgi, by_asgi)):
        right = signed_headers(made, "GET", whole, at=at + number / 1000)
        wrong = signed_headers(made, "GET", f"{PATH}?limit=7", at=at + number / 1000)
        answers = [send(Sent("GET", path, query, [("Host", "127.0.0.1"), *each.items()])) for each in (wrong, right)]
        assert answers[0].status == 401, answers[0].content
        assert answers[1].status in (200, 400), answers[1].content
        assert b"signature" not in answers[1].content
    made.key.delete()


@pytest.mark.parametrize("name", ["RAW_URI", "REQUEST_URI"])
@pytest.mark.parametrize(
    ("line", "address"),
    [
        (f"{PATH}?limit=%31", f"{PATH}?limit=%31"),
        (f"{PATH}?", PATH),
        (f"http://127.0.0.1{PATH}?next=http://a/b", f"{PATH}?next=http://a/b"),  # the form of a request to a proxy
    ],
)
def test_the_request_line_counts_under_wsgi(name: str, line: str, address: str) -> None:
    assert sent_address(RequestFactory().get("/elsewhere", **{name: line})) == address  # type: ignore[arg-type]


def test_bytes_beyond_ascii_are_kept() -> None:
    path = "/api/v1/\ud55c"
    scope = {"path": path, "raw_path": path.encode(), "query_string": b"q=%FE", QUERY: b"q=\xfe"}
    assert address_in(scope) == path.encode().decode("latin-1") + "?q=\xfe"
    assert address_in({"path": path, "query_string": b""}) == ""
