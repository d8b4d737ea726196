"""The receipts in a proof, in the browser's check: what the script finds without the chain, it finds too."""

from collections.abc import Callable, Iterator

import pytest

from cryptotrader.tests.support.browser_check import BrowserCheck
from trading.domain.proof.jws import new_private_key, public_jwk, sign
from trading.domain.proof.proof import TYP
from trading.selectors.proof.proofs import public_keys
from trading.tests.script import load_script
from trading.tests.services.proof.test_receipt_forgeries import Held, held

__all__ = ["held"]
pytestmark = pytest.mark.process
Change = Callable[[Held], object]


@pytest.fixture(scope="module")
def browser_check() -> Iterator[BrowserCheck]:
    with BrowserCheck() as running:
        yield running


def of_another_key(held: Held) -> None:
    held.proof["trade"]["receipt"] = held.resigned(held.chain[0], private=new_private_key())


def with_other_terms(held: Held) -> None:
    held.proof["trade"]["payout_version"] = 77


def with_another_minimum(held: Held) -> None:
    held.proof["closes"][0]["min_price"] = held.proof["trade"]["close"]["min_price"] = "91.00"


def of_another_price(held: Held) -> None:
    held.proof["trade"]["receipt"] = held.resigned(held.chain[0], price_digest="00" * 32)


def in_another_order(held: Held) -> None:
    held.proof["trade"]["receipt"] = held.resigned(held.chain[0], number=9)


def in_another_form(held: Held) -> None:
    held.proof["trade"]["receipt"] = held.resigned(held.chain[0], number=0)


def no_receipt(held: Held) -> None:
    held.proof["trade"]["receipt"] = "a.b.c"


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda held: None, set()),
        (lambda held: held.proof["trade"].update(receipt=None), set()),
        (with_other_terms, {"receipt"}),
        (with_another_minimum, {"receipt"}),
        (of_another_key, {"receipt"}),
        (of_another_price, {"receipt", "receipt-chain"}),
        (in_another_order, {"receipt-chain"}),
        (in_another_form, {"receipt"}),
        (no_receipt, {"receipt"}),
    ],
)
def test_it_finds_what_the_script_finds(
    browser_check: BrowserCheck, held: Held, change: Change, expected: set[str]
) -> None:
    change(held)
    document, jwks = (
        sign(held.proof, private=held.private, typ=TYP),
        {"keys": [public_jwk(key) for key in public_keys()]},
    )
    found = browser_check.verify(document, jwks)
    report, _ = load_script().verify(document, jwks)
    assert found is not None
    assert found.codes == {code for code, _ in report.faults}, (found.faults, report.faults)
    assert found.codes - {"outcome", "terms"} == expected
    assert sorted(found.notes) == sorted(report.notes)
    assert found.steps["receipts"] == ("fails" if expected else "holds")
