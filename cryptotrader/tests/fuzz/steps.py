"""The steps from which Hypothesis makes programs, small numbers first."""

from dataclasses import dataclass
from enum import Enum, StrEnum, auto

from hypothesis import strategies as st

from cryptotrader.tests.fuzz.deaths import Death
from trading.domain.terms import Direction

PEOPLE = 3
DURATIONS = (15, 30, 300)
GRACE_SECONDS = 300


class Weather(Enum):
    """The behaviour of the venues for some seconds."""

    FAIR = auto()
    SPIKY = auto()
    """One venue's price is some percent off, or its book is crossed."""

    PATCHY = auto()
    """Venues fall silent, ticks come twice or late; now and then too few are fresh."""

    STILL = auto()
    """The price doesn't move: ties."""

    SIMULATED = auto()
    """The publishing feed isn't the live one."""


class Key(StrEnum):
    """The idempotency key of an order."""

    NEW = "new"
    REPLAY = "replay"
    """The last key again, with the same order."""

    REUSED = "reused"
    """The last key again, with another order."""


@dataclass(frozen=True)
class Pass:
    """Seconds with prices. Each is recorded, `late` by up to 2 s; due trades are settled unless the message is lost.

    The feed dies in the first second. Its successor starts in that second or in the next.
    """

    seconds: int
    weather: Weather
    seed: int
    late: bool
    messages_lost: bool
    death: Death | None
    in_time: bool


@dataclass(frozen=True)
class Wait:
    """Seconds without prices: no feed publishes."""

    seconds: int


@dataclass(frozen=True)
class Wish:
    person: int
    direction: Direction
    stake: str
    seconds: int
    demo: bool
    key: Key


@dataclass(frozen=True)
class Orders:
    """Several orders in one transaction. After a death of the process their sender repeats them if `again`."""

    wishes: tuple[Wish, ...]
    death: Death | None
    again: bool


@dataclass(frozen=True)
class Close:
    """A trader sells an open trade back, for at least this part of its stake."""

    which: int
    minimum: str | None
    death: Death | None
    again: bool


@dataclass(frozen=True)
class Settle:
    """Several workers at the same moment; one of them dies."""

    workers: int
    death: Death | None


@dataclass(frozen=True)
class Cap:
    """The operator changes the cap on the house's total liability."""

    liability_max: int | None


@dataclass(frozen=True)
class Void:
    """Staff void a settled trade. The last approver's process dies, and the approver repeats it if `again`."""

    which: int
    death: Death | None
    again: bool


Step = Pass | Wait | Orders | Close | Settle | Cap | Void


@dataclass(frozen=True)
class Setting:
    """The state of the market at the program's start."""

    venues: int
    venues_min: int
    liability_max: int | None
    open_trades_max: int | None


DEATHS = st.none() | st.builds(Death, st.integers(1, 30), st.booleans())
PASSES = st.builds(
    Pass,
    st.sampled_from([2, 5, 5, 17, 31]),
    st.sampled_from([Weather.FAIR, Weather.FAIR, *Weather]),
    st.integers(0, 999),
    late=st.booleans(),
    messages_lost=st.booleans(),
    death=DEATHS,
    in_time=st.booleans(),
)
WAITS = st.builds(Wait, st.sampled_from([1, 3, 8, 20, 280, GRACE_SECONDS + 1]))
WISHES = st.builds(
    Wish,
    st.integers(0, PEOPLE - 1),
    st.sampled_from(Direction),
    st.sampled_from(["1", "10.10", "99.99", "400"]),
    st.sampled_from(DURATIONS),
    demo=st.booleans(),
    key=st.sampled_from([Key.NEW, Key.NEW, Key.NEW, Key.REPLAY, Key.REUSED]),
)
ORDERS = st.builds(Orders, st.lists(WISHES, min_size=2, max_size=6).map(tuple), DEATHS, again=st.booleans())
CLOSES = st.builds(Close, st.integers(0, 9), st.none() | st.sampled_from(["0.5", "1.2"]), DEATHS, again=st.booleans())
OTHERS: st.SearchStrategy[Step] = st.one_of(
    CLOSES,
    ORDERS,
    CLOSES,
    st.builds(Settle, st.integers(1, 3), DEATHS),
    WAITS,
    st.builds(Cap, st.none() | st.sampled_from([0, 50, 400])),
    st.builds(Void, st.integers(0, 9), DEATHS, again=st.booleans()),
)
SCENES: st.SearchStrategy[list[Step]] = st.tuples(PASSES, ORDERS, PASSES, OTHERS).map(list)
PROGRAMS = st.lists(SCENES, min_size=2, max_size=6).map(lambda scenes: [step for scene in scenes for step in scene])
SETTINGS = st.builds(
    Setting,
    venues=st.integers(1, 5),
    venues_min=st.integers(1, 3),
    liability_max=st.none() | st.sampled_from([30, 300]),
    open_trades_max=st.none() | st.just(4),
)
