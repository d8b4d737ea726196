import hashlib
import hmac
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.domain.access.api_keys import (
    InvalidSignature,
    KeyTerms,
    admits,
    check_timestamp,
    key_terms,
    signature_of,
    token_of,
    token_parts,
)
from accounts.domain.access.scopes import Scope
from accounts.domain.errors import InvalidInput

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
MILLISECONDS = int(NOON.timestamp() * 1000)


def terms(**changes: object) -> KeyTerms:
    wanted = {"name": "bot", "scopes": ["read"], "networks": [], "expires_at": None, "signs": False, "now": NOON}
    return key_terms(**(wanted | changes))  # type: ignore[arg-type]


def test_terms_are_brought_into_one_form() -> None:
    made = terms(
        name=" bot ", scopes=["trade", "read", "read"], networks=["192.0.2.7", " 2001:DB8::/32", "192.0.2.7/32"]
    )
    assert made == KeyTerms("bot", (Scope.READ, Scope.TRADE), ("192.0.2.7/32", "2001:db8::/32"))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        *[("name", name) for name in ("", "  ", "x" * 61, "\0", "\ud800")],
        *[("scopes", scopes) for scopes in ([], ["admin"], ["read", "*"], ["READ"], ["read\0"])],
        *[
            ("networks", [n])
            for n in ("", "10.0.0.1/8", "300.0.0.1", "10.0.0.0/33", "fe80::1%eth0", "example.com", "1", "\0")
        ],
        ("networks", ["192.0.2.1"] * 21),
        ("expires_at", NOON),
        ("expires_at", NOON - timedelta(days=1)),
    ],
)
def test_it_names_the_field_that_is_wrong(field: str, value: object) -> None:
    with pytest.raises(InvalidInput) as caught:
        terms(**{field: value})
    assert [error.field for error in caught.value.fields] == [field]


@pytest.mark.parametrize(
    ("networks", "address", "admitted"),
    [
        ([], "203.0.113.9", True),
        ([], "", True),
        (["192.0.2.0/24"], "192.0.2.255", True),
        (["192.0.2.0/24"], "192.0.3.0", False),
        (["192.0.2.0/24"], "::ffff:192.0.2.1", True),
        (["2001:db8::/32"], "2001:db8:ffff::1", True),
        (["2001:db8::/32"], "192.0.2.1", False),
        (["192.0.2.0/24", "2001:db8::/32"], "2001:db8::1", True),
        (["0.0.0.0/0"], "::1", False),
        (["192.0.2.0/24"], "", False),
        (["192.0.2.0/24"], "192.0.2.1, 10.0.0.1", False),
    ],
)
def test_networks_say_from_where_a_key_may_be_used(networks: list[str], address: str, admitted: bool) -> None:
    assert admits(networks, address) is admitted


@pytest.mark.parametrize("network", ["::ffff:192.0.2.0/120", "::FFFF:C000:0200/120", "192.0.2.0/24"])
def test_ipv4_written_inside_ipv6_is_kept_and_matched_as_ipv4(network: str) -> None:
    assert terms(networks=[network]).networks == ("192.0.2.0/24",)
    for kept in (network, "192.0.2.0/24"):  # keys of earlier versions contain it too
        for address, admitted in {"192.0.2.1": True, "::ffff:192.0.2.1": True, "192.0.3.1": False}.items():
            assert admits([kept], address) is admitted


def test_a_signature_is_the_documented_one() -> None:
    body = b'{"amount":100}'
    message = f"{MILLISECONDS}POST/api/v1/flash-trades?a=b{hashlib.sha256(body).hexdigest()}"
    expected = hmac.new(b"secret", message.encode(), "sha256").hexdigest()
    made = signature_of(
        "secret", timestamp=str(MILLISECONDS), method="POST", path="/api/v1/flash-trades?a=b", body=body
    )
    assert made == expected


@pytest.mark.parametrize("sign", [-1, 1])
def test_five_seconds_off_are_allowed_and_no_more(sign: int) -> None:
    check_timestamp(str(MILLISECONDS + sign * 5000), NOON)
    with pytest.raises(InvalidSignature):
        check_timestamp(str(MILLISECONDS + sign * 5001), NOON)


@pytest.mark.parametrize(
    "timestamp",
    [
        str(MILLISECONDS // 1000),
        "",
        "1e12",
        "-1",
        "１７７２３６６４０００００",
        "9" * 40,
    ],
)
def test_other_timestamps_are_refused(timestamp: str) -> None:
    with pytest.raises(InvalidSignature):
        check_timestamp(timestamp, NOON)


@given(st.text())
def test_no_text_is_taken_for_a_token_that_isnt_one(text: str) -> None:
    parts = token_parts(text)
    assert parts is None or token_of(*parts) == text
    assert token_parts(token_of("a" * 12, "_" * 43)) == ("a" * 12, "_" * 43)
