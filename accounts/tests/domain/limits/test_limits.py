"""Limits: the amounts in force, the use that counts against them, and their changes."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.domain.limits.own_limits import (
    RAISE_DELAY,
    Limit,
    LimitKind,
    LimitReached,
    SessionLimitReached,
    Setting,
    Usage,
    check_order,
    check_session,
    resets_at,
    window_start,
)

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
AMOUNTS = st.none() | st.integers(0, 1000).map(Decimal)


def usdt(kind: LimitKind, amount: int, period_days: int = 0) -> Limit:
    return Limit(kind, "USDT", True, period_days, Decimal(amount))


def usage(turnover: int = 0, result: int = 0, at_risk: int = 0, open_trades: int = 0) -> Usage:
    return Usage({7: Decimal(turnover)}, {7: Decimal(result)}, Decimal(at_risk), open_trades)


def test_less_acts_at_once_and_more_after_a_day() -> None:
    limit = Setting(Decimal(100))
    assert limit.change(Decimal(50), NOW) == Setting(Decimal(50))
    raised = limit.change(Decimal(200), NOW)
    assert raised.at(NOW + RAISE_DELAY - timedelta(microseconds=1)) == 100
    assert raised.at(NOW + RAISE_DELAY) == 200


def test_to_be_rid_of_a_limit_takes_a_day_too() -> None:
    limit = Setting(Decimal(100)).change(None, NOW)
    assert (limit.at(NOW), limit.at(NOW + DAY)) == (100, None)


def test_a_first_limit_acts_at_once() -> None:
    assert Setting().change(Decimal(0), NOW).at(NOW) == 0


def test_another_raise_restarts_the_wait_and_the_same_one_does_not() -> None:
    raised = Setting(Decimal(100)).change(Decimal(200), NOW)
    assert raised.change(Decimal(300), NOW + HOUR).next_from == NOW + HOUR + DAY
    assert raised.change(Decimal(150), NOW + HOUR).next_from == NOW + HOUR + DAY
    assert raised.change(Decimal(200), NOW + HOUR) == raised


def test_less_or_the_same_ends_a_waiting_raise() -> None:
    raised = Setting(Decimal(100)).change(Decimal(200), NOW)
    for wanted in (Decimal(100), Decimal(99)):
        assert raised.change(wanted, NOW + HOUR) == Setting(wanted)


def test_after_its_wait_a_raise_is_what_is_raised_or_lowered_next() -> None:
    raised = Setting(Decimal(100)).change(Decimal(200), NOW)
    assert raised.change(Decimal(150), NOW + DAY) == Setting(Decimal(150))
    assert raised.change(Decimal(300), NOW + DAY) == Setting(Decimal(200), Decimal(300), NOW + 2 * DAY)


@given(st.lists(st.tuples(AMOUNTS, st.integers(0, 60)), min_size=1, max_size=20))
def test_no_history_of_wishes_ever_raises_a_limit_within_a_day(wishes: list[tuple[Decimal | None, int]]) -> None:
    """Every limit in force was requested a day before, or is the lowest requested since."""
    now, setting = NOW, Setting(Decimal(500))
    asked: list[tuple[datetime, Decimal]] = [(NOW - 2 * DAY, Decimal(500))]
    for wanted, hours in wishes:
        now += hours * HOUR
        before = _number(setting.at(now))
        setting = setting.change(wanted, now)
        asked.append((now, _number(wanted)))
        assert _number(setting.at(now)) == min(before, _number(wanted))
        day_old = [amount for at, amount in asked if at <= now - DAY]
        assert _number(setting.at(now)) <= max(day_old)
        assert setting.next_from is None or now < setting.next_from <= now + DAY


def _number(amount: Decimal | None) -> Decimal:
    return Decimal("Infinity") if amount is None else amount


@pytest.mark.parametrize(
    ("days", "start"),
    [
        (1, datetime(2026, 3, 1, tzinfo=UTC)),
        (7, datetime(2026, 2, 23, tzinfo=UTC)),
        (30, datetime(2026, 1, 31, tzinfo=UTC)),
    ],
)
def test_a_window_is_today_and_the_days_before(days: int, start: datetime) -> None:
    assert window_start(days, NOW) == start
    assert window_start(days, datetime(2026, 3, 1, tzinfo=UTC)) == start
    assert window_start(days, datetime(2026, 3, 1, 23, 59, 59, 999999, tzinfo=UTC)) == start
    assert resets_at(NOW) == datetime(2026, 3, 2, tzinfo=UTC)
    assert window_start(days, resets_at(NOW)) == start + DAY


@pytest.mark.parametrize(
    ("limit", "used", "stake", "fits"),
    [
        (usdt(LimitKind.STAKE, 100), usage(), "100", True),
        (usdt(LimitKind.STAKE, 100), usage(), "100.01", False),
        (usdt(LimitKind.STAKE, 0), usage(), "0.01", False),
        (usdt(LimitKind.LOSS, 100, 7), usage(result=-40, at_risk=30), "30", True),
        (usdt(LimitKind.LOSS, 100, 7), usage(result=-40, at_risk=30), "30.01", False),
        (usdt(LimitKind.LOSS, 100, 7), usage(result=1000), "100.01", False),
        (usdt(LimitKind.TURNOVER, 100, 7), usage(turnover=60), "40", True),
        (usdt(LimitKind.TURNOVER, 100, 7), usage(turnover=60), "40.01", False),
        (usdt(LimitKind.OPEN_TRADES, 3), usage(open_trades=2), "999", True),
        (usdt(LimitKind.OPEN_TRADES, 3), usage(open_trades=3), "1", False),
        (usdt(LimitKind.BALANCE, 500), usage(), "1", True),
        (usdt(LimitKind.BALANCE, 499), usage(), "1", False),
        (usdt(LimitKind.DEPOSIT, 0, 7), usage(), "1", True),
        (Limit(LimitKind.SESSION, "", False, 0, Decimal(1)), usage(), "1", True),
    ],
)
def test_an_order_fits_up_to_the_limit_and_no_further(limit: Limit, used: Usage, stake: str, fits: bool) -> None:
    def check() -> None:
        check_order([limit], used, stake=Decimal(stake), balance=Decimal(500), now=NOW)

    if fits:
        check()
        return
    with pytest.raises(LimitReached):
        check()


def test_a_refusal_says_which_limit_what_is_used_and_when_it_resets() -> None:
    with pytest.raises(LimitReached) as caught:
        usdt(LimitKind.LOSS, 100, 7).check(used=Decimal("99.5"), more=Decimal(1), now=NOW)
    assert caught.value.extra == {
        "limit": "loss",
        "currency": "USDT",
        "demo": True,
        "period_days": 7,
        "amount": "100.00",
        "used": "99.50",
        "left": "0.50",
        "resets_at": "2026-03-02T00:00:00Z",
    }
    assert caught.value.detail == "Your limit for loss in 7 days: 100.00; used: 99.50"


def test_trades_are_counted_in_whole_numbers() -> None:
    with pytest.raises(LimitReached) as caught:
        usdt(LimitKind.OPEN_TRADES, 3).check(used=Decimal(4), more=Decimal(1), now=NOW)
    members = {name: caught.value.extra[name] for name in ("amount", "used", "left", "resets_at")}
    assert members == {"amount": "3", "used": "4", "left": "0", "resets_at": None}


@given(st.lists(st.integers(1, 50), max_size=20), st.integers(0, 200), st.integers(-200, 200))
def test_trades_added_one_by_one_never_risk_more_than_the_loss_limit(stakes: list[int], most: int, result: int) -> None:
    limit, used, taken = usdt(LimitKind.LOSS, most, 7), usage(result=result), 0
    for stake in stakes:
        try:
            check_order([limit], used, stake=Decimal(stake), balance=Decimal(0), now=NOW)
        except LimitReached:
            assert max(0, -result) + taken + stake > most
            continue
        used.add(Decimal(stake))
        taken += stake
        assert max(0, -result) + taken <= most
    assert (used.at_risk, used.turnover) == (taken, {7: taken})


@pytest.mark.parametrize(
    ("minutes", "since", "fits"),
    [
        (60, timedelta(minutes=59, seconds=59), True),
        (60, timedelta(minutes=60), False),
        (None, timedelta(days=9), True),
        (60, None, True),
    ],
)
def test_a_session_is_as_long_as_allowed(minutes: int | None, since: timedelta | None, fits: bool) -> None:
    def check() -> None:
        allowed = None if minutes is None else Decimal(minutes)
        check_session(allowed, started_at=None if since is None else NOW - since, now=NOW)

    if fits:
        check()
        return
    with pytest.raises(SessionLimitReached) as caught:
        check()
    assert caught.value.extra == {"minutes": 60, "ended_at": "2026-03-01T12:00:00Z"}
