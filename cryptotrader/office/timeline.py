"""The timeline of a person: all that happened, in one stream, newest first.

Each source gives a slice of its own history; they are merged by time. A position names, for each source that has more,
the row with which it goes on. So nothing is shown twice or left out when more happens between two pages. A page reads
as many rows for a person with 100,000 trades as for any other.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from heapq import merge
from itertools import islice
from typing import Any
from uuid import UUID

from django.utils.translation import gettext

from accounts.domain.notation import parse_id, parse_whole
from cryptotrader.office.timeline_sources import KINDS, SOURCES, Source
from cryptotrader.office.timeline_words import About, Told

ROWS = 20

Position = Mapping[str, UUID | int | None]
"""By the name of a source, the row with which it begins; None for its newest."""


class UnknownPosition(Exception):
    """A position that no page of this timeline has given."""


@dataclass(frozen=True, slots=True)
class Event:
    """A row of the timeline. `kind` is translated."""

    at: datetime
    kind: str
    told: Told


@dataclass(frozen=True, slots=True)
class Timeline:
    """A page of it. `kinds` are those that its reader may see; `older` is the position of the next page, or empty."""

    kinds: Mapping[str, str]
    events: Sequence[Event]
    older: str


def timeline(about: About, permissions: Iterable[str], *, kind: str = "", older: str = "") -> Timeline:
    """Returns a page of the kinds that these permissions open. Raises UnknownPosition for a wrong `kind` or `older`."""
    held = set(permissions)
    opened = {name: source for name, source in SOURCES.items() if source.permission in held}
    kinds = {name: gettext(title) for name, title in KINDS.items() if any(s.kind == name for s in opened.values())}
    if kind and kind not in kinds:
        raise UnknownPosition(kind)
    wanted = {name: source for name, source in opened.items() if kind in ("", source.kind)}
    position: Position = _read(older, wanted) if older else dict.fromkeys(wanted)
    slices = {name: wanted[name].rows(about, upto, ROWS + 1) for name, upto in position.items()}
    shown = list(islice(_in_order(slices, wanted), ROWS))
    events = sorted(_told(shown, about), key=lambda event: event.at, reverse=True)  # one may be entered late
    return Timeline(kinds, events, _write(slices, shown))


def _in_order(slices: Mapping[str, Sequence[Any]], sources: Mapping[str, Source]) -> Iterable[tuple[str, Any]]:
    """Merged by time. The rows of a source keep the order of their ids: a page shows the beginning of each slice."""
    named = ([(name, row) for row in rows] for name, rows in slices.items())
    return merge(*named, key=lambda each: sources[each[0]].at(each[1]), reverse=True)


def _told(shown: Sequence[tuple[str, Any]], about: About) -> list[Event]:
    """Each source words its rows together, so that it looks up their names once."""
    told = {
        name: iter(SOURCES[name].tell([row for each, row in shown if each == name], about))
        for name in {name for name, _row in shown}
    }
    return [Event(SOURCES[name].at(row), gettext(KINDS[SOURCES[name].kind]), next(told[name])) for name, row in shown]


def _write(slices: Mapping[str, Sequence[Any]], shown: Sequence[tuple[str, Any]]) -> str:
    """`trade.0195…~login.12`: what each source shows next."""
    number = {name: sum(each == name for each, _row in shown) for name in slices}
    return "~".join(f"{name}.{rows[number[name]].pk}" for name, rows in slices.items() if len(rows) > number[name])


def _read(text: str, sources: Mapping[str, Source]) -> Position:
    """Raises UnknownPosition."""
    position: dict[str, UUID | int | None] = {}
    for part in text.split("~"):
        name, _dot, row = part.partition(".")
        id = parse_id(row) if name in sources and sources[name].long_ids else parse_whole(row)
        if name not in sources or id is None:
            raise UnknownPosition(text)
        position[name] = id
    return position
