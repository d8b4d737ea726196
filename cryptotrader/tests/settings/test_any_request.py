"""No bytes of a stranger are an error of ours, under WSGI and under ASGI: the whole way from the server's call."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cryptotrader.tests.support.servers import Sent, by_asgi, by_wsgi

pytestmark = pytest.mark.django_db
PLACES = [
    "/api/v1/time", "/api/v1/quotes", "/api/v1/auth/token", "/_allauth/app/v1/auth/login", "/udf/history", "/api/\0",
]  # fmt: skip
CHARSETS = ["utf-8", "utf-16", "hex", "rot13", "idna", "base64", "punycode", "undefined", "x", "''", "\xff"]
FORM = "application/x-www-form-urlencoded"
KINDS = ["application/json", FORM, "multipart/form-data; boundary=x", "text/plain", "/", ""]
PART = (
    b"--x\r\nContent-Disposition: form-data; name=a; filename=b\r\nContent-Transfer-Encoding: base64\r\n\r\nQ\r\n"
    b"--x--\r\n"
)
BODIES = [
    b"", b"{", b"{}", b"[]", b"\xff", b"a=1&b=%ff&c=%00", b"--x\r\n\r\n--x--", b"\xef\xbb\xbf{}", b'{"a":' * 5000, PART,
]  # fmt: skip
VALUES = st.text(st.characters(min_codepoint=0x20, max_codepoint=0xFF, exclude_characters="\x7f"), max_size=40)
WITH_CHARSET = st.builds(
    "{}; {}={}{}".format,
    st.sampled_from(KINDS),
    st.sampled_from(["charset", "charset*"]),
    st.sampled_from(CHARSETS),
    st.sampled_from(["", "''a"]),
)
NAMES = ["Accept", "Accept-Language", "Authorization", "Cookie", "Host", "X-Api-Key", "X-Session-Token"]


@settings(max_examples=60)
@given(
    path=st.sampled_from(PLACES),
    query=VALUES | st.just("&".join(["a=1"] * 1001)),
    body=st.sampled_from(BODIES) | st.binary(max_size=99),
    content_type=WITH_CHARSET | VALUES,
    name=st.sampled_from(NAMES),
    value=VALUES | WITH_CHARSET,
)
def test_a_request_of_any_bytes_is_refused_in_our_form(
    path: str, query: str, body: bytes, content_type: str, name: str, value: str
) -> None:
    headers = {"Host": "127.0.0.1", "Content-Type": content_type} | {name: value}
    for send in (by_wsgi, by_asgi):
        told = send(Sent("POST", path, query, list(headers.items()), body))
        assert 400 <= told.status < 500
        assert told.kind == "application/problem+json" or (path.startswith("/udf/") and told.kind == "application/json")


@pytest.mark.parametrize(
    ("content_type", "query"),
    [
        ("application/json; charset=utf-8", "&".join(["a=1"] * 1001)),  # Django reads the query with the content type
        ("application/json; charset=hex", "a=1"),
        ("application/json; charset=punycode", "0"),
        ("application/json; charset*=nothing''a", ""),
    ],
)
def test_what_django_throws_while_it_makes_the_request_is_refused_too(content_type: str, query: str) -> None:
    for send in (by_wsgi, by_asgi):
        headers = [("Host", "127.0.0.1"), ("Content-Type", content_type)]
        told = send(Sent("POST", "/api/v1/time", query, headers, b"{}"))
        assert told.status in (400, 405)
        assert told.kind == "application/problem+json"


def test_an_accept_header_that_cant_be_read_is_refused() -> None:
    headers = [("Host", "127.0.0.1"), ("Content-Type", "application/json"), ("Accept", "a/b; x*=nothing''c")]
    for send in (by_wsgi, by_asgi):
        told = send(Sent("POST", "/api/v1/time", "", headers, b"{}"))
        assert (told.status, told.kind) == (400, "application/problem+json")
