from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.domain.money import round_down, step, tell_change, tell_money, write_money

amounts = st.decimals(min_value=0, max_value=10**12, places=8)


def test_it_refuses_a_currency_that_nobody_knows() -> None:
    with pytest.raises(KeyError):
        write_money(Decimal(1), "DOGECOIN")


def test_it_writes_money_at_the_scale_of_its_currency() -> None:
    assert write_money(Decimal(100), "USDT") == "100.00"
    assert write_money(Decimal("1E+3"), "USDT") == "1000.00"
    assert tell_money(Decimal("1E+6"), "USDT") == "1,000,000.00 USDT"
    assert tell_change(Decimal("-1234.567"), "USDT") == "−1,234.56 USDT"
    assert (tell_change(Decimal(1), "USDT"), tell_change(Decimal(0), "USDT")) == ("+1.00 USDT", "0.00 USDT")


@pytest.mark.parametrize(
    ("amount", "rounded"), [("184.999", "184.99"), ("185", "185.00"), ("0.009", "0.00"), ("-0.019", "-0.01")]
)
def test_it_rounds_towards_nothing(amount: str, rounded: str) -> None:
    assert str(round_down(Decimal(amount), "USDT")) == rounded


@given(amounts)
def test_rounding_never_makes_money_and_loses_less_than_a_cent(amount: Decimal) -> None:
    assert 0 <= amount - round_down(amount, "USDT") < step("USDT")


@given(amounts)
def test_rounding_twice_is_rounding_once(amount: Decimal) -> None:
    once = round_down(amount, "USDT")

    assert round_down(once, "USDT") == once
