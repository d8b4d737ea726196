"""The bot that sees the market early gains nothing by our rules, and the measurement would show a gain."""

import gzip
from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import pytest

from trading.bench.errors import Estimate, block_bootstrap
from trading.bench.sniping import Sniped, glimpses, moments_of, placed, snipe
from trading.bench.tape import BEGIN, Tape, recorded, sewn, simulated
from trading.domain.prices import Tick

LENGTH = 30 * 60
DURATION = 15
RECORDING = Path(__file__).parents[1] / "feeds" / "recording.jsonl"


@pytest.fixture(scope="module")
def market() -> Tape:
    return simulated(LENGTH)


def bets(tape: Tape, lead: timedelta) -> list[Sniped]:
    return placed(tape, glimpses(tape, moments_of(tape, 2_000), lead), DURATION)


def ours(sniped: Sequence[Sniped]) -> Estimate:
    values = [(each.terms.accepted_at, float(each.ours)) for each in sniped]
    return block_bootstrap(values, timedelta(seconds=DURATION + 2))


@pytest.mark.long
def test_half_a_second_or_one_gains_at_the_displayed_price_and_nothing_by_our_rules(market: Tape) -> None:
    found = [each for each in snipe(market, orders=2_000) if each.duration_seconds == DURATION]
    assert {each.lead_seconds for each in found} == {0.5, 1.0}
    for each in found:
        assert each.ours.count >= 200, each
        assert each.ours.mean <= 2 * each.ours.error, each
    assert all(
        each.at_shown_price.mean > 3 * each.at_shown_price.error for each in found if each.acting == "on large moves"
    )


def test_it_would_show_a_gain_by_our_rules_too(market: Tape) -> None:
    """A bot that sees past its entry price does gain: with 5 s, it knows a third of the way."""
    found = ours(bets(market, timedelta(seconds=5)))
    assert found.mean > 5 * found.error


def flat(seconds: int) -> Tape:
    """One venue with a constant price that steps up by 1 in the middle of second 40."""
    ticks = [
        Tick("venue", Decimal(price), Decimal(price), None, BEGIN + n * timedelta(seconds=0.5))
        for n in range(2 * seconds + 1)
        for price in [100 if n <= 80 else 101]
    ]
    return Tape("flat", ticks, 1, BEGIN, BEGIN + timedelta(seconds=seconds))


def test_a_step_is_foreseen_and_is_in_the_entry_price_already() -> None:
    tape = flat(60)
    seen = glimpses(tape, [BEGIN + timedelta(seconds=s) for s in (20, 40)], timedelta(seconds=0.5))
    assert [(each.shown.price, each.foreseen, each.move) for each in seen] == [(100, 101, Decimal("0.01"))]
    (bet,) = placed(tape, seen, DURATION)
    assert bet.outcome.entry is not None
    assert bet.outcome.entry.price == 101
    assert (bet.ours, bet.at_shown_price) == (0, Decimal("0.85"))


def test_orders_that_end_after_the_tape_are_left_out() -> None:
    tape = flat(50)
    seen = glimpses(tape, [BEGIN + timedelta(seconds=40)], timedelta(seconds=0.5))
    assert (len(seen), placed(tape, seen, DURATION)) == (1, [])


def test_a_sewn_market_is_long_goes_on_without_leaps_and_is_the_same_each_time(market: Tape) -> None:
    one = Tape("one", [tick for tick in market.ticks if tick.venue == "cedar"], 1, market.begin, market.end)
    sewing = sewn(one, 2 * LENGTH)
    assert sewing.ticks == sewn(one, 2 * LENGTH).ticks
    assert sewing.end == BEGIN + timedelta(hours=1)
    assert [tick.received_at for tick in sewing.ticks] == sorted(tick.received_at for tick in sewing.ticks)
    assert largest_step(sewing) <= largest_step(one) * Decimal("1.001")


def largest_step(tape: Tape) -> Decimal:
    """The largest step from one tick to the next, as a share; a mirrored step differs by at most a thousandth of it."""
    mids = [tick.mid for tick in tape.ticks]
    return max(max(a / b, b / a) for a, b in pairwise(mids)) - 1


def test_without_a_recording_there_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("REPLAY_FILE", raising=False)
    monkeypatch.setenv("MARKET_DATA_DIR", str(tmp_path / "nowhere"))
    assert recorded() is None


def test_the_only_recording_of_the_directory_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("REPLAY_FILE", raising=False)
    monkeypatch.setenv("MARKET_DATA_DIR", str(tmp_path))
    (tmp_path / "a.jsonl.gz").write_bytes(gzip.compress(RECORDING.read_bytes()))
    tape = recorded()
    assert tape is not None
    assert tape.name == "recorded: a.jsonl.gz"
    assert tape.ticks
    (tmp_path / "b.jsonl.gz").write_bytes(b"")
    assert recorded() is None, "which one is meant?"
