import base64
import json

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from trading.domain.proof.jws import BadStatement, key_id, new_private_key, public_jwk, public_key_of, read, sign

PRIVATE = "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A"
PUBLIC = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"
KEYS = {key_id(PUBLIC): PUBLIC}
TYP = "test+jws"


def part(content: object) -> str:
    return base64url(json.dumps(content).encode())


def base64url(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def test_it_speaks_as_rfc_8037_has_it() -> None:
    """Its appendix A: the key, its thumbprint, and the signature."""
    assert public_key_of(PRIVATE) == PUBLIC
    assert key_id(PUBLIC) == "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"
    assert public_jwk(PUBLIC)["x"] == PUBLIC


def test_what_was_signed_is_read() -> None:
    payload = {"b": ["1", {"x": None}], "a": "ü"}
    statement = sign(payload, private=PRIVATE, typ=TYP)
    assert read(statement, keys=KEYS, typ=TYP) == payload
    assert sign(payload, private=PRIVATE, typ=TYP) == statement


def test_two_new_keys_differ() -> None:
    assert new_private_key() != new_private_key()


def test_a_library_that_others_use_reads_it() -> None:
    import jwt

    statement = sign({"a": 1}, private=PRIVATE, typ=TYP)
    assert jwt.decode(statement, jwt.PyJWK(public_jwk(PUBLIC)), algorithms=["EdDSA"]) == {"a": 1}


GOOD = sign({"a": 1}, private=PRIVATE, typ=TYP)
HEADER, PAYLOAD, SIGNATURE = GOOD.split(".")


@pytest.mark.parametrize(
    "statement",
    [
        "", ".", "..", "...", "a.b.c", f"{HEADER}.{PAYLOAD}", f"{HEADER}.{PAYLOAD}.", f"{GOOD}=", f"{GOOD} ",
        f" {GOOD}",
        f"{HEADER}.{part({'a': 2})}.{SIGNATURE}",
        f"{HEADER}.{PAYLOAD}.{SIGNATURE[:-2]}AA",
        f"{HEADER}.{PAYLOAD}.{SIGNATURE.swapcase()}",
        f"{part({'alg': 'none', 'kid': key_id(PUBLIC), 'typ': TYP})}.{PAYLOAD}.",
        f"{part({'alg': 'HS256', 'kid': key_id(PUBLIC), 'typ': TYP})}.{PAYLOAD}.{SIGNATURE}",
        f"{part([])}.{PAYLOAD}.{SIGNATURE}", f"{HEADER}.{part([1])}.{SIGNATURE}",
        "ａ.ｂ.ｃ", f"{HEADER}.\ud800.{SIGNATURE}", f"{HEADER}.\0.{SIGNATURE}",
        f"{HEADER}.{base64url(b'[' * 200_000)}.{SIGNATURE}",
    ],
)  # fmt: skip
def test_what_was_not_signed_so_is_refused(statement: str) -> None:
    with pytest.raises(BadStatement):
        read(statement, keys=KEYS, typ=TYP)


@pytest.mark.parametrize("payload", [b'{"a": 1, "a": 2}', b'{"a": {"b": 1, "b": 1}}', b'{"a": NaN}'])
def test_even_a_signed_payload_has_one_meaning(payload: bytes) -> None:
    """Another reader of the same statement may take the first of two equal members."""
    signed = f"{HEADER}.{base64url(payload)}"
    key = Ed25519PrivateKey.from_private_bytes(base64.urlsafe_b64decode(PRIVATE + "="))
    with pytest.raises(BadStatement):
        read(f"{signed}.{base64url(key.sign(signed.encode()))}", keys=KEYS, typ=TYP)


def test_a_statement_of_another_kind_or_key_is_refused() -> None:
    with pytest.raises(BadStatement):
        read(GOOD, keys=KEYS, typ="other+jws")
    with pytest.raises(BadStatement, match="unknown key"):
        read(GOOD, keys={}, typ=TYP)
    other = public_key_of(new_private_key())
    with pytest.raises(BadStatement, match="signature"):
        read(GOOD, keys={key_id(PUBLIC): other}, typ=TYP)
