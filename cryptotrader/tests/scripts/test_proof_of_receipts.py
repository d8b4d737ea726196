"""Receipts in the browser's check: it finds what the platform and the script find in a proof alone."""

from collections.abc import Callable, Iterator

import pytest

from cryptotrader.tests.support.browser_check import BrowserCheck
from trading.domain.proof.jws import new_private_key, read, sign
from trading.domain.proof.receipts import TYP
from trading.tests.chains import Json, steady
from trading.tests.domain.proof.test_verification_properties import verdicts
from trading.tests.proofs import JWKS, KEYS, PRIVATE, proof_of, signed, with_receipt

pytestmark = [pytest.mark.process, pytest.mark.long]


@pytest.fixture(scope="module")
def browser_check() -> Iterator[BrowserCheck]:
    with BrowserCheck() as running:
        yield running


def codes(browser_check: BrowserCheck, proof: Json) -> set[str]:
    """The codes of all three programs, which agree."""
    found = browser_check.verify(signed(proof), JWKS)
    assert found is not None
    assert verdicts(proof) == (found.codes, found.codes)
    return found.codes


def again(proof: Json, private: str = PRIVATE, typ: str = TYP, **changes: object) -> None:
    """Sign the receipt again, with these changes."""
    told = read(proof["trade"]["receipt"], keys=KEYS, typ=TYP) | changes
    proof["trade"]["receipt"] = sign(told, private=private, typ=typ)


FORGERIES: dict[str, Callable[[Json], object]] = {
    "terms changed": lambda proof: proof["trade"].update(payout_version=2),
    "a receipt of another key": lambda proof: again(proof, new_private_key()),
    "another type of statement": lambda proof: again(proof, typ="trade-proof+jws"),
    "a receipt of another trade": lambda proof: again(proof, trade="another"),
    "a close order's receipt": lambda proof: again(proof, kind="close"),
    "a price that nobody had": lambda proof: again(proof, price_digest="0" * 64),
    "the price after": lambda proof: again(
        proof, price_sequence=proof["windows"][0]["prices"][-1]["sequence"],
        price_digest=proof["windows"][0]["prices"][-1]["digest"],
    ),
    "another version": lambda proof: again(proof, version=2),
    "no number": lambda proof: again(proof, number=0),
    "no receipt at all": lambda proof: proof["trade"].update(receipt="e30.e30.e30"),
    "no text": lambda proof: proof["trade"].update(receipt=""),
    "an object": lambda proof: proof["trade"].update(receipt='{"proof":{},"jws":"e30.e30.e30"}'),
}  # fmt: skip


def test_an_honest_receipt_holds(browser_check: BrowserCheck) -> None:
    proof = with_receipt(proof_of(steady()))
    assert codes(browser_check, proof) == set()
    found = browser_check.verify(signed(proof), JWKS)
    assert found is not None
    assert found.steps["receipts"] == "holds"


@pytest.mark.parametrize("forgery", FORGERIES)
def test_each_forgery_is_found(browser_check: BrowserCheck, forgery: str) -> None:
    proof = with_receipt(proof_of(steady()))
    FORGERIES[forgery](proof)
    assert codes(browser_check, proof) == {"receipt"}
