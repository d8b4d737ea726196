from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trading.domain.quotes import InvalidQuote, Quote, QuoteRequest, bind, read_facts
from trading.domain.terms import Direction, PayoutOffer

NOON = datetime(2026, 3, 1, 12, 0, 0, tzinfo=UTC)
WISH = QuoteRequest("BTC-USDT", Direction.UP, 60)
NOW_OFFERED = PayoutOffer(Decimal("0.80"), Decimal("0.00"), 2)
QUOTE = Quote(WISH, PayoutOffer(Decimal("0.85"), Decimal("-0.02"), 1), 2, NOON)
LAST = NOON + timedelta(seconds=5)

rates = st.decimals(min_value="0.0001", max_value=5, places=4)
rate_skews = st.decimals(min_value=-1, max_value=1, places=4)
quotes = st.builds(
    Quote,
    st.builds(QuoteRequest, st.just("BTC-USDT"), st.sampled_from(Direction), st.integers(15, 86400), st.booleans()),
    st.builds(PayoutOffer, rates, rate_skews, st.integers(1, 10**6)),
    st.integers(1, 100),
    st.datetimes(datetime(2020, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)),
)


@given(quotes)
def test_what_is_signed_says_all_of_it(quote: Quote) -> None:
    assert read_facts(quote.facts) == quote


@pytest.mark.parametrize("facts", [[], ["2", *QUOTE.facts[1:]], [*QUOTE.facts[:-1], "yesterday"]])
def test_facts_that_are_not_known_are_no_quote(facts: list[str]) -> None:
    with pytest.raises(InvalidQuote):
        read_facts(facts)


@pytest.mark.parametrize("at", [NOON, LAST])
def test_a_quote_is_kept_to_until_it_expires_though_the_rate_fell(at: datetime) -> None:
    offer, least = bind(NOW_OFFERED, QUOTE, None, now=at)
    assert (offer, offer.rate, least) == (QUOTE.offer, Decimal("0.83"), None)


def test_a_quote_is_kept_to_though_the_rate_rose() -> None:
    better = replace(NOW_OFFERED, base=Decimal("0.9"))
    assert bind(better, QUOTE, None, now=LAST)[0] == QUOTE.offer


@pytest.mark.parametrize(("asked", "least"), [(None, "0.83"), ("0.5", "0.83"), ("0.84", "0.84"), ("0", "0.83")])
def test_after_that_it_only_protects_its_holder(asked: str | None, least: str) -> None:
    wanted = Decimal(asked) if asked else None
    later = LAST + timedelta(microseconds=1)
    assert bind(NOW_OFFERED, QUOTE, wanted, now=later) == (NOW_OFFERED, Decimal(least))


def test_without_a_quote_the_offer_of_the_moment_holds() -> None:
    assert bind(NOW_OFFERED, None, Decimal("0.7"), now=NOON) == (NOW_OFFERED, Decimal("0.7"))


@pytest.mark.parametrize(
    ("wish", "field"),
    [
        (replace(WISH, instrument="ETH-USDT"), "instrument"),
        (replace(WISH, direction=Direction.DOWN), "direction"),
        (replace(WISH, duration_seconds=30), "duration"),
        (replace(WISH, demo=False), "demo"),
    ],
)
def test_a_quote_is_for_what_was_quoted(wish: QuoteRequest, field: str) -> None:
    with pytest.raises(InvalidQuote) as caught:
        QUOTE.check(wish, 2)
    assert [(fault.field, fault.code) for fault in caught.value.fields] == [(field, "not-as-quoted")]


def test_a_quote_under_other_rules_is_none() -> None:
    QUOTE.check(WISH, 2)
    for version in (1, 3):
        with pytest.raises(InvalidQuote):
            QUOTE.check(WISH, version)
