"""Simulates a bot that sees the market before the server does: its gain by our rules, and by the displayed price.

The bot gives orders throughout a known market. At each moment it knows the index a lead later, compares that with the
newest price that the server shows, and bets on the direction that it knows.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from statistics import quantiles

from accounts.domain.errors import Refusal
from trading.bench.errors import Estimate, block_bootstrap
from trading.bench.tape import PIP, SYMBOL, Tape
from trading.domain.orders import agree
from trading.domain.prices import PricePoint
from trading.domain.settlement import Outcome, Result, Window, settle
from trading.domain.terms import Direction, Market, PayoutOffer, Status, Terms

PAYOUT_RATE = Decimal("0.85")
OFFER = PayoutOffer(PAYOUT_RATE, Decimal(0), 1)
LEADS = (timedelta(seconds=0.5), timedelta(seconds=1))
DURATIONS = (15, 60)
SPARE = 3
"""The factor of moments looked at per order: at many moments nothing has moved."""

ORDERS_MIN = 200
"""With fewer orders the figures say nothing."""

JUST_AFTER = timedelta(milliseconds=30)


@dataclass(frozen=True, slots=True)
class Glimpse:
    """A moment: the newest price that the server shows then, and the index that the bot foresees."""

    at: datetime
    shown: PricePoint
    foreseen: Decimal

    @property
    def move(self) -> Decimal:
        """The part of the market's move that the server hasn't seen, as a share of the price."""
        return self.foreseen / self.shown.price - 1


@dataclass(frozen=True, slots=True)
class Sniped:
    """One order of the bot: its terms, its outcome by our rules, and its gain at the shown price."""

    terms: Terms
    move: Decimal
    outcome: Outcome
    ours: Decimal
    at_shown_price: Decimal


@dataclass(frozen=True, slots=True)
class Figures:
    """The bot's gain per unit staked, under one way of acting."""

    market: str
    lead_seconds: float
    duration_seconds: int
    acting: str
    ours: Estimate
    at_shown_price: Estimate


def snipe(tape: Tape, *, orders: int) -> Iterator[Figures]:
    """The figures for each lead and duration, twice: orders at any moment, and orders just after a second.

    The first are spread evenly over the tape. Just after a second, our rules let the bot wait the shortest for its
    entry price.
    """
    seconds = [point.priced_at + JUST_AFTER for point in tape.prices]
    for lead in LEADS:
        seen, chosen = glimpses(tape, moments_of(tape, orders * SPARE), lead), glimpses(tape, seconds, lead)
        for duration in DURATIONS:
            sniped = placed(tape, thinned(seen, orders), duration)
            timed = placed(tape, chosen, duration)
            acting = {
                "always": sniped,
                "on large moves": large(sniped),
                "on these, just after a second": large(timed),
            }
            yield from (_figures(tape, lead, duration, *each) for each in acting.items() if len(each[1]) >= ORDERS_MIN)


def moments_of(tape: Tape, count: int) -> list[datetime]:
    """This many moments, evenly over the tape."""
    first, last = tape.prices[0].priced_at, tape.prices[-1].priced_at
    return [first + (last - first) * n / count for n in range(count)]


def glimpses(tape: Tape, moments: Sequence[datetime], lead: timedelta) -> list[Glimpse]:
    """The bot's knowledge at those of these moments at which it knows of a move."""
    found, position = [], 0
    for at, foreseen in zip(moments, tape.index_at(at + lead for at in moments), strict=True):
        while position + 1 < len(tape.prices) and tape.prices[position + 1].priced_at <= at:
            position += 1
        if foreseen not in (None, tape.prices[position].price):
            found.append(Glimpse(at, tape.prices[position], foreseen or Decimal(0)))
    return found


def thinned(seen: Sequence[Glimpse], count: int) -> Sequence[Glimpse]:
    """This many of the glimpses, evenly; all if there are fewer."""
    return [seen[n * len(seen) // count] for n in range(count)] if len(seen) > count else seen


def placed(tape: Tape, seen: Sequence[Glimpse], duration: int) -> list[Sniped]:
    """The bot's orders that are accepted and have ended by the tape's end."""
    last = tape.prices[-1].priced_at
    done = (place(tape, each, duration) for each in seen)
    return [each for each in done if each is not None and each.terms.expires_at <= last]


def large(sniped: Sequence[Sniped]) -> list[Sniped]:
    """The quarter with the largest moves that the server hadn't seen: a real sniper would act then."""
    if len(sniped) < 4:
        return []
    least = quantiles((abs(each.move) for each in sniped), n=4)[2]
    return [each for each in sniped if abs(each.move) >= least]


def place(tape: Tape, seen: Glimpse, duration: int) -> Sniped | None:
    """The bot's order at this moment; None if the server would refuse it."""
    try:
        terms = agree(
            market_of(seen.shown),
            direction=Direction.UP if seen.move > 0 else Direction.DOWN,
            stake=Decimal(1),
            duration_seconds=duration,
            offer=OFFER,
            min_payout_rate=None,
            now=seen.at,
        )
    except Refusal:
        return None
    window = Window(terms.direction, terms.entry_at, terms.expires_at, terms.pip, rule_version=terms.rule_version)
    outcome = settle(window, tape.prices, final=True)
    if outcome is None:
        raise AssertionError("a known market decides every trade")
    shown = _by_shown_price(outcome, seen.shown, terms.direction)
    return Sniped(terms, seen.move, outcome, gain(outcome.result), gain(shown))


def market_of(shown: PricePoint) -> Market:
    """The instrument at the bot's order: open, and priced up to the shown price."""
    return Market(
        symbol=SYMBOL,
        status=Status.OPEN,
        currency="USDT",
        pip=PIP,
        stake_min=Decimal(1),
        stake_max=Decimal(1000),
        durations=DURATIONS,
        priced_at=shown.priced_at,
    )


def gain(result: Result) -> Decimal:
    """The gain per unit staked."""
    return {Result.WON: PAYOUT_RATE, Result.LOST: Decimal(-1)}.get(result, Decimal(0))


def _by_shown_price(outcome: Outcome, shown: PricePoint, direction: Direction) -> Result:
    """The same trade to the same exit, entered at the price shown when the order came."""
    if outcome.exit_price is None:
        return Result.VOIDED
    if outcome.exit_price == shown.price:
        return Result.TIED
    up = outcome.exit_price > shown.price
    return Result.WON if up == (direction is Direction.UP) else Result.LOST


def _figures(tape: Tape, lead: timedelta, duration: int, acting: str, sniped: Sequence[Sniped]) -> Figures:
    block = timedelta(seconds=duration + 2)  # further apart, two trades share no price
    ours = block_bootstrap([(each.terms.accepted_at, float(each.ours)) for each in sniped], block)
    shown = block_bootstrap([(each.terms.accepted_at, float(each.at_shown_price)) for each in sniped], block)
    return Figures(tape.name, lead.total_seconds(), duration, acting, ours, shown)
