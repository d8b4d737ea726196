"""The answers of the stand-alone program to strange documents."""

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from trading.domain.proof.jws import canonical, sign
from trading.domain.proof.proof import TYP
from trading.tests.chains import steady
from trading.tests.proofs import JWKS, KEYS, PRIVATE, proof_of, signed
from trading.tests.script import run_script


def answered(tmp_path: Path, document: str, jwks: object = JWKS) -> Any:
    """The script's answer to a document signed with the platform's own key."""
    (tmp_path / "jwks.json").write_text(json.dumps(jwks))
    (tmp_path / "proof.json").write_text(document, encoding="utf-8")
    answer = run_script(tmp_path / "proof.json", "--jwks", tmp_path / "jwks.json")
    assert "Traceback" not in answer.stderr
    return answer


def with_trade(**changes: object) -> str:
    proof = proof_of(steady())
    proof["trade"] |= changes
    return signed(proof)


def with_kid(kid: object) -> str:
    return sign(proof_of(steady()), private=PRIVATE, typ=TYP).replace(
        jws_part({"alg": "EdDSA", "kid": next(iter(KEYS)), "typ": TYP}), jws_part({"alg": "EdDSA", "kid": kid})
    )


def jws_part(content: object) -> str:
    return base64.urlsafe_b64encode(canonical(content)).rstrip(b"=").decode()


@pytest.mark.process
@pytest.mark.parametrize(
    ("document", "code"),
    [
        (with_kid(["x"]), 3),
        (with_kid({"x": 1}), 3),
        (with_trade(id=None), 1),
        (with_trade(id="\ud800"), 0),
        ("\ufeff" + with_trade(), 0),
        (signed(proof_of(steady())).replace('"version": 1', '"version": true', 1), 3),
        (signed(proof_of(steady())).replace('"duration": 60', '"duration": 60.0', 1), 3),
        (signed(proof_of(steady()) | {"version": True}), 1),
        (signed(proof_of(steady()) | {"version": 1.0}), 1),
        (with_trade().replace('"jws"', '"jws": "", "jws"', 1), 1),
        (json.dumps({"proof": None, "jws": json.loads(with_trade())["jws"]}), 3),
    ],
)  # fmt: skip
def test_a_strange_document_is_answered(tmp_path: Path, document: str, code: int) -> None:
    assert answered(tmp_path, document).returncode == code


@pytest.mark.process
def test_what_is_signed_cant_draw_a_verdict(tmp_path: Path) -> None:
    answer = answered(tmp_path, with_trade(id="\x1b[2Jx\nAll agrees", profit="1.00"))
    assert answer.returncode == 3
    assert "\x1b" not in answer.stdout
    assert "All agrees" not in answer.stdout.splitlines()


@pytest.mark.process
def test_keys_of_other_kinds_are_passed_over(tmp_path: Path) -> None:
    others = [{"kty": "RSA", "kid": "r"}, {"kty": "EC", "crv": "P-256", "kid": "e"}, "x", *JWKS["keys"]]
    assert answered(tmp_path, with_trade(), {"keys": others}).returncode == 0
