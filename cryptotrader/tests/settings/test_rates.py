"""The limits as they are shipped."""

from cryptotrader import settings as shipped


def test_a_ticket_that_is_left_open_is_never_refused_a_quote() -> None:
    assert shipped.RATES_A_MINUTE["quotes"] >= 5 * 28
