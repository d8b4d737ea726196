import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, derive_private_key, generate_private_key
from hypothesis import given
from hypothesis import strategies as st

from accounts.domain.push.encryption import CONTENT_MAX, encrypted
from accounts.domain.push.subscriptions import bytes_of, text_of
from accounts.tests.outside.browsers import Browser, unbase64url

BROWSER, SENDER = Browser("https://push.example/1"), generate_private_key(SECP256R1())


def test_it_makes_the_example_of_rfc_8291() -> None:
    """Appendix A."""
    sender = derive_private_key(int.from_bytes(unbase64url("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw")), SECP256R1())
    body = encrypted(
        b"When I grow up, I want to be a watermelon",
        receiver=unbase64url("BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"),
        auth=unbase64url("BTBZMqHH6r4Tts7J_aSIgg"),
        sender=sender,
        salt=unbase64url("DGv6ra1nlYgDCS1FRnbzlw"),
    )
    assert text_of(body) == (
        "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl"
        "7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
    )


@given(st.binary(max_size=CONTENT_MAX), st.binary(min_size=16, max_size=16))
def test_its_browser_reads_it(content: bytes, salt: bytes) -> None:
    body = encrypted(content, receiver=BROWSER.point, auth=BROWSER.auth, sender=SENDER, salt=salt)
    assert BROWSER.read(body) == content
    assert len(body) <= 4096 + 86


def test_nobody_else_does() -> None:
    body = encrypted(b"won", receiver=BROWSER.point, auth=BROWSER.auth, sender=SENDER, salt=bytes(16))
    for other in (Browser(BROWSER.endpoint), Browser(BROWSER.endpoint, BROWSER.key, bytes(16))):
        with pytest.raises(InvalidTag):
            other.read(body)


def test_it_refuses_what_is_too_long_and_what_is_no_key() -> None:
    with pytest.raises(ValueError, match="too long"):
        encrypted(bytes(CONTENT_MAX + 1), receiver=BROWSER.point, auth=BROWSER.auth, sender=SENDER, salt=bytes(16))
    with pytest.raises(ValueError, match="EC key"):
        encrypted(b"", receiver=b"\x04" + bytes(64), auth=BROWSER.auth, sender=SENDER, salt=bytes(16))


@given(st.binary())
def test_base64url_is_read_as_it_is_written(content: bytes) -> None:
    assert bytes_of(text_of(content)) == content
    assert bytes_of("é") is None
