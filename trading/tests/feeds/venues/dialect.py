"""The interface of all venues' protocols."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from aiohttp import web

    from trading.tests.feeds.venues.server import Venue


@dataclass(frozen=True)
class Quote:
    bid: str
    ask: str


@dataclass(frozen=True)
class Dialect:
    """The paths are those of the real addresses. `hear` takes a client's message and yields the answers to it."""

    rest_path: str
    websocket_path: str
    websocket_route: str
    rest_answers: Mapping[str, Callable[["Venue", "web.Request"], Any]]
    hear: Callable[["Venue", set[str], str], Iterator[str]]
    quote: Callable[["Venue", str], str]
    refuse: Callable[["Venue", str, str], str]
    """The venue's answer to the subscription (the text) of a market that it lists and doesn't stream."""


def halves(market: str) -> tuple[str, str]:
    base, _, quote = market.partition("/")
    return base, quote


def joined(market: str, by: str = "") -> str:
    return by.join(halves(market))


def named(venue: "Venue", name: str, by: str = "") -> str | None:
    """The market with this name at the venue."""
    return next((market for market in venue.quotes if joined(market, by).lower() == name.lower()), None)


def ms(venue: "Venue") -> int:
    return int(venue.now() * 1000)


def iso(venue: "Venue") -> str:
    return datetime.fromtimestamp(venue.now(), UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
