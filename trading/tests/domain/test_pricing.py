"""Rule 9's arithmetic, compared with QuantLib, with random paths, and with another decimal library."""

import random
import sys
from datetime import UTC, datetime, timedelta
from decimal import Context, Decimal
from itertools import accumulate, product
from math import exp, sqrt
from statistics import NormalDist, fmean
from types import ModuleType

import pytest

from trading.domain import pricing
from trading.domain.prices import PricePoint
from trading.domain.pricing import Position, fair_value, mean_seconds, normal, volatility
from trading.domain.rules import CURRENT, rules_of
from trading.domain.terms import Direction

RULES = rules_of(CURRENT)
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def position(direction: Direction = Direction.UP, *, left: int = 30, samples: int = 1, pip: str = "0.01") -> Position:
    """Stake 100, payout 185, entered at 60,000; the expiry is this many seconds after noon."""
    expires_at = NOON + left * SECOND
    return Position(direction, Decimal(100), Decimal(185), Decimal(60000), Decimal(pip), expires_at, samples)


def walk(*prices: object, end: datetime = NOON) -> list[PricePoint]:
    """A price a second, the last one at `end`."""
    start = end - (len(prices) - 1) * SECOND
    return [PricePoint(start + n * SECOND, Decimal(str(price))) for n, price in enumerate(prices)]


def jagged(seed: int, count: int = 300) -> list[PricePoint]:
    chance = random.Random(seed)
    steps = accumulate((chance.choice([-300, -17, 0, 0, 1, 250]) for _ in range(count)), initial=6_000_000)
    return walk(*(Decimal(step) / 100 for step in steps))


def test_the_normal_distribution() -> None:
    for x in (x / 10 for x in range(-79, 80)):
        assert float(normal(Decimal(str(x)))) == pytest.approx(NormalDist().cdf(x), abs=1e-15), x


def test_far_away_it_is_certain() -> None:
    assert [normal(Decimal(x)) for x in (-9, -8, 0, 8, 9)] == [0, 0, Decimal("0.5"), 1, 1]


def oracle(spot: float, strike: float, variance: float, payoff: float, *, call: bool) -> float:
    """QuantLib's analytic price of a European cash-or-nothing option, without drift or interest."""
    import QuantLib as Ql

    today = Ql.Date(1, 3, 2026)
    Ql.Settings.instance().evaluationDate = today
    days = Ql.Actual365Fixed()
    flat = Ql.YieldTermStructureHandle(Ql.FlatForward(today, 0.0, days))
    yearly = Ql.BlackVolTermStructureHandle(Ql.BlackConstantVol(today, Ql.NullCalendar(), sqrt(variance), days))
    process = Ql.BlackScholesMertonProcess(Ql.QuoteHandle(Ql.SimpleQuote(spot)), flat, flat, yearly)
    kind = Ql.Option.Call if call else Ql.Option.Put
    option = Ql.VanillaOption(Ql.CashOrNothingPayoff(kind, strike, payoff), Ql.EuropeanExercise(today + 365))
    option.setPricingEngine(Ql.AnalyticEuropeanEngine(process))
    return float(option.NPV())


SPOTS = ["59000", "59940.01", "59999.99", "60000", "60000.01", "60003.5", "60250", "66000"]
SIGMAS = ["0.00002", "0.0000887", "0.0004", "0.002"]


@pytest.mark.parametrize("direction", Direction)
@pytest.mark.parametrize("spot", SPOTS)
def test_quantlib_agrees(direction: Direction, spot: str) -> None:
    """A win is an option half a pip away from the entry; a tie is the stake between the two halves."""
    up = direction is Direction.UP
    for sigma, left in product(SIGMAS, [4, 15, 60, 299, 86399]):
        variance = float(sigma) ** 2 * left
        wins = oracle(float(spot), 60000.005 if up else 59999.995, variance, 185, call=up)
        ties = [oracle(float(spot), level, variance, 100, call=True) for level in (59999.995, 60000.005)]
        value = fair_value(position(direction, left=left), walk(spot), Decimal(sigma))
        assert float(value) == pytest.approx(wins + ties[0] - ties[1], abs=1e-9), (sigma, left)


def test_up_and_down_share_what_a_tie_returns() -> None:
    """The sum of both is one payout, or two stakes in a tie: nothing is lost between them."""
    for seed in range(5):
        prices = jagged(seed)
        both = [fair_value(position(way), prices, Decimal("0.0001")) for way in Direction]
        assert 185 <= sum(both) <= 200
        assert min(both) > 0


def test_on_a_coarse_pip_a_tie_is_likely_and_counts() -> None:
    value = fair_value(position(pip="100"), walk(60000), Decimal("0.0001"))
    assert Decimal("95") < value < Decimal("105")


@pytest.mark.parametrize(("left", "samples"), [(20, 5), (200, 60), (40, 60), (16, 60)])
def test_chance_agrees_on_averaged_exits(left: int, samples: int) -> None:
    """Ten thousand random paths to the expiry, with the known part of the sample."""
    sigma, count, chance = 0.0004, 5_000, random.Random(left)
    prices = walk(*(60000 + n % 7 for n in range(60)), 60010)
    spot = 60010.0
    known = [float(p.price) for p in prices if p.priced_at >= NOON + (left - samples + 1) * SECOND]
    won = 0
    for _ in range(count):
        steps = (chance.gauss(-sigma * sigma / 2, sigma) for _ in range(left))
        path = [spot * exp(total) for total in accumulate(steps)]
        for mirrored in (path, [spot * spot / price for price in path]):
            won += fmean((known + mirrored)[-samples:]) > 60000.005
    share = won / (2 * count)
    value = fair_value(position(left=left, samples=samples), prices, Decimal(str(sigma)))
    assert float(value) / 185 == pytest.approx(share, abs=4 * sqrt(0.25 / count))


@pytest.mark.parametrize(("first", "count"), [(1, 1), (30, 1), (26, 5), (1, 16), (141, 60)])
def test_the_variance_of_a_mean(first: int, count: int) -> None:
    times = range(first, first + count)
    by_hand = sum(min(a, b) for a in times for b in times) / count**2
    assert float(mean_seconds(first, count)) == pytest.approx(by_hand, rel=1e-15)


def test_what_is_certain_is_worth_its_payout() -> None:
    """44 seconds of the minute's mean are so high that the rest can't bring it down."""
    prices = walk(*[90000] * 44, 50000)
    assert fair_value(position(left=16, samples=60), prices, RULES.volatility_min) == 185


def test_the_volatility_of_steady_returns_is_their_size() -> None:
    prices = walk(*(Decimal(60000) * (1 + Decimal("0.0005") * (n % 2)) for n in range(300)))
    assert float(volatility(prices, RULES) or 0) == pytest.approx(0.0005, rel=1e-3)


def test_later_returns_weigh_more() -> None:
    calm, wild = [60000] * 150, [60000 + 30 * (n % 2) for n in range(150)]
    late, early = volatility(walk(*calm, *wild), RULES), volatility(walk(*wild, *calm), RULES)
    assert late is not None
    assert early == RULES.volatility_min < late


def test_a_gap_shares_its_return_between_its_seconds() -> None:
    """A move over four seconds, seen only at their end, counts as half its size in each second."""
    whole = walk(*(60000 + 30 * (n % 2) for n in range(200)))
    gaps = [PricePoint(NOON + 4 * n * SECOND, point.price) for n, point in enumerate(whole[:70])]
    dense, sparse = volatility(whole, RULES), volatility(gaps, RULES)
    assert dense is not None
    assert sparse is not None
    assert float(sparse / dense) == pytest.approx(0.5, rel=1e-3)


def test_it_is_floored_and_capped() -> None:
    assert volatility(walk(*[60000] * 300), RULES) == RULES.volatility_min
    assert volatility(walk(*(60000 + 3000 * (n % 2) for n in range(300))), RULES) == RULES.volatility_max


def test_only_the_last_five_minutes_count() -> None:
    prices = jagged(1)
    older = walk(1, 2, 3, end=prices[-300].priced_at - SECOND)
    assert volatility([*older, *prices], RULES) == volatility(prices[-300:], RULES)


@pytest.mark.parametrize("count", [0, 1, 2, RULES.volatility_seconds_min])
def test_too_short_a_time_tells_nothing(count: int) -> None:
    assert volatility(walk(*[60000] * count), RULES) is None


def test_just_long_enough_a_time_tells() -> None:
    assert volatility(walk(*[60000] * (RULES.volatility_seconds_min + 1)), RULES) is not None


def pure_python_decimal() -> ModuleType:
    """Python's own decimal module: another implementation of the same specification."""
    import _pydecimal

    return _pydecimal


def test_another_decimal_library_finds_the_same_digits() -> None:
    """The series of exp and ln, of the window and of the normal distribution agree to the last of the 34 digits."""
    other = pure_python_decimal()
    digits = other.Context(prec=34, rounding="ROUND_HALF_EVEN")
    assert sys.modules["decimal"] is not other
    for text in ("0.000001", "0.3335", "1.0000163", "1.77", "7.99999"):
        assert str(digits.ln(other.Decimal(text))) == str(pricing.DIGITS.ln(Decimal(text)))
        assert str(digits.exp(other.Decimal("-" + text))) == str(pricing.DIGITS.exp(Decimal("-" + text)))
        assert str(digits.sqrt(other.Decimal(text))) == str(pricing.DIGITS.sqrt(Decimal(text)))


def test_more_digits_move_no_cent(monkeypatch: pytest.MonkeyPatch) -> None:
    """The digits after the 34th never change a cent."""
    cases = [(seed, way, left) for seed in range(6) for way in Direction for left in (4, 15, 240)]

    def values() -> list[Decimal]:
        found = []
        for seed, way, left in cases:
            prices = jagged(seed)
            sigma = volatility(prices, RULES)
            assert sigma is not None
            found.append(fair_value(position(way, left=left), prices, sigma))
        return found

    usual = values()
    monkeypatch.setattr(pricing, "DIGITS", Context(prec=50))
    assert all(abs(a - b) < Decimal("1e-25") for a, b in zip(usual, values(), strict=True))
