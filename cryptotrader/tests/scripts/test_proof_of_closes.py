"""Early closes in the browser's check: their price needs logarithms and roots to 34 digits."""

from collections.abc import Callable, Iterator
from decimal import Context, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cryptotrader.tests.support.browser_check import BrowserCheck
from cryptotrader.tests.support.node import in_node
from trading.domain.pricing import normal
from trading.models import FlashTrade
from trading.tests.chains import Json
from trading.tests.proofs import JWKS, signed
from trading.tests.script import load_script
from trading.tests.services.proof.test_prove_closes import close_as, kept, proven, sold

__all__ = ["kept", "sold"]
pytestmark = pytest.mark.process
DIGITS = Context(prec=34)
FUNCTIONS = """
    const { Decimal, DIGITS } = await load("proof/decimal.js");
    const functions = await load("proof/functions.js");
    return given.map(([name, text]) => String(functions[name](Decimal.of(text))));
"""


@pytest.fixture(scope="module")
def browser_check() -> Iterator[BrowserCheck]:
    with BrowserCheck() as running:
        yield running


def codes(browser_check: BrowserCheck, proof: Json) -> set[str]:
    """The fault codes of both programs, which are the same."""
    found = browser_check.verify(signed(proof), JWKS)
    report, _ = load_script().verify(signed(proof), JWKS)
    assert found is not None
    assert found.codes == {code for code, _ in report.faults}, (found.faults, report.faults)
    assert found.steps["closes"] in ("holds", "fails")
    return found.codes


def test_a_sale_and_a_lapse_agree(browser_check: BrowserCheck, sold: FlashTrade) -> None:
    proof = proven(sold)
    assert proof["closes"][0]["offer"] is not None
    assert codes(browser_check, proof) == set()


@pytest.mark.parametrize(
    "change",
    [
        {"sale": "500.00"},
        {"sold_at_price": "60001.00"},
        {"sold_priced_at": "2026-03-01T12:00:50Z"},
        {"profit": "1.00"},
        {"entry_price": "60000.00"},
        {"exit_price": "60000.00"},
        {"direction": "up"},
        {"outcome": "won"},
    ],
)
def test_a_forged_sale_is_found(browser_check: BrowserCheck, sold: FlashTrade, change: Json) -> None:
    proof = proven(sold)
    proof["trade"] |= change
    assert "outcome" in codes(browser_check, proof)


def test_a_lapse_agrees(browser_check: BrowserCheck, kept: FlashTrade) -> None:
    assert codes(browser_check, proven(kept)) == set()


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (close_as(min_price="1.00"), "outcome"),
        (close_as(offer="1.00"), "outcome"),
        (close_as(lapse_reason="no-price", offer=None), "outcome"),
        (close_as(state="sold", lapse_reason=None), "outcome"),
        (close_as(asked_at="2026-03-01T12:00:46.500000Z"), "terms"),
        (close_as(close_at="2026-03-01T12:00:48Z"), "terms"),
        (lambda proof: proof["closes"].pop(), "terms"),
        (lambda proof: proof["closes"].reverse(), "terms"),
        (lambda proof: proof["windows"].pop(1), "window"),
        (lambda proof: proof["windows"][1]["prices"].pop(), "window"),
    ],
)
def test_a_forged_lapse_is_found(
    browser_check: BrowserCheck, kept: FlashTrade, change: Callable[[Json], object], code: str
) -> None:
    proof = proven(kept)
    change(proof)
    assert code in codes(browser_check, proof)


NUMBERS = st.decimals("1e-12", "1e12", places=12).map(lambda number: f"{number:f}")


def test_its_functions_round_as_decimals_do() -> None:
    asked: list[tuple[str, str]] = []

    @given(NUMBERS, st.decimals("-8.5", "8.5", places=20), st.integers(-500_000, 500_000))
    def collect(number: str, x: Decimal, step: int) -> None:
        near_one = f"{1 + Decimal(step) / 10**9:f}"
        asked.extend(
            [("ln", number), ("ln", near_one), ("sqrt", number), ("exp", f"{-abs(x):f}"), ("normal", f"{x:f}")]
        )

    collect()
    made = {"ln": DIGITS.ln, "sqrt": DIGITS.sqrt, "exp": DIGITS.exp, "normal": normal}
    right = [made[name](Decimal(text)) for name, text in asked]
    assert [Decimal(text) for text in in_node(FUNCTIONS, asked)] == right
