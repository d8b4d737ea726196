"""The last net: texts of libraries and of errors lose their secrets and addresses."""

import time

import pytest

from cryptotrader.logs.redaction import READ_MAX, network_of, redacted

GONE = [
    'duplicate key value\nDETAIL:  Key (email)=(geheim@example.com) already exists.',
    "IntegrityError('x\\nDETAIL:  Failing row contains (7, geheim, null).\\nCONTEXT: y')",
    "DETAIL:  Failing row contains (geheim,\ngeheim, 2).\nHINT:  none",
    "unnamed portal parameter $1 = 'it''s geheim'",
    'invalid input syntax for type uuid: "geheim"',
    "postgresql://app:geheim@db:5432/x", "redis://:geheim@h", "password=geheim", "{'new_password1': 'ge heim geheim'}",
    '{"password": "geheim", "x": 1}', "Authorization: Bearer geheim", "authorization: token geheim-x",
    "Set-Cookie: a=geheim; b=geheim",
    "sessionid=geheim", "csrfmiddlewaretoken=geheim", "X-Signature: geheim", "api_key='geheim'", "JWT_SECRET=geheim",
    "request.META['HTTP_COOKIE'] = 'geheim'", "GET /accounts/confirm-email/Mg:1geheim:sig/",
    "/devices/know/3:geheim:x/",
    "geheim@example.com", "mail to <a.geheim+tag@sub.example.com>",
]  # fmt: skip
SECRETS = [
    "ct_0123456789ab_Zm9vYmFyYmF6cXV4", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln", "9k2m4n8b7v6c5x4z3a2s1d0f9g8h7j6k",
    "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP", "AGE-SECRET-KEY-1QQQQ", "a" * 63 + "1", "203.0.113.77", "2001:db8:1:2:3:4:5:77",
    "2001:db8:1:2::77", "::ffff:203.0.113.77", "123456",
]  # fmt: skip
KEPT = [
    "connection to server at port 5432 failed: Connection refused", "at 2026-11-30T01:02:03.123456+00:00", "12:03:04",
    "0190a1b2-aaaa-4bbb-8ccc-0123456789ab", "127.0.0.1", "::1",
    'File "/x/a_long_name_with_digits_1234567890/y.py", line 3',
    "KeyError: 'password'", "trading.services.orders.open_trades", "가격이 오래되었습니다",
]  # fmt: skip


@pytest.mark.parametrize("text", GONE)
def test_it_is_gone(text: str) -> None:
    assert "geheim" not in redacted(f"before {text}\n\nafter"), redacted(text)


@pytest.mark.parametrize("secret", SECRETS)
def test_secrets_are_known_by_their_form(secret: str) -> None:
    for text in (f"it was {secret}.", f"('{secret}')", f"code={secret} x", f"Key: {secret}\n"):
        if secret != "123456" or "code" in text:
            assert secret not in redacted(text)


@pytest.mark.parametrize("text", KEPT)
def test_the_rest_stays(text: str) -> None:
    assert redacted(f"- {text} -") == f"- {text} -"


def test_an_address_becomes_its_network() -> None:
    assert network_of("203.0.113.77") == network_of("::ffff:203.0.113.1") == "203.0.113.0/24"
    assert network_of("2001:db8:1:2::77") == "2001:db8:1::/48"
    assert (network_of("nowhere"), network_of("127.0.0.1")) == ("", "127.0.0.1")


@pytest.mark.parametrize(
    "text", ["a" * 10**6, "a:" * 10**5, "a@" * 10**5, "1." * 10**5, "pass" * 10**5, "DETAIL:" * 10**4]
)
def test_no_text_costs_seconds(text: str) -> None:
    began = time.process_time()
    assert len(redacted(text)) < READ_MAX
    assert time.process_time() - began < 1
