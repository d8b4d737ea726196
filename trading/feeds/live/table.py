"""The venue table: a TOML file of the venues of each index, checked before anything connects."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlsplit

from trading.domain.rules import RULES_NOW

DEFAULT = Path(__file__).with_name("venues.toml")
VENUES = ("binance", "bitstamp", "coinbase", "kraken", "okx")


class BadVenueTable(Exception):
    """The file can't be read, or its content makes no sense: one line that names the place."""


@dataclass(frozen=True, slots=True)
class Line:
    """One market of one venue in one index. `conversion` names the instrument whose price divides its quotes."""

    instrument: str
    venue: str
    market: str
    conversion: str | None


@dataclass(frozen=True, slots=True)
class Settings:
    """The connection settings of a venue. The addresses are a mirror's; None means the library's own."""

    silent_after: timedelta = RULES_NOW.tick_age_max
    rest: str | None = None
    websocket: str | None = None

    @property
    def mirror(self) -> str | None:
        """The mirror's host and port, if the file names a mirror: each quote names it too."""
        address = self.websocket or self.rest
        return urlsplit(address).netloc.rpartition("@")[2] if address else None


@dataclass(frozen=True, slots=True)
class VenueTable:
    """The content of the file."""

    lines: tuple[Line, ...]
    settings: Mapping[str, Settings] = field(default_factory=dict)

    @property
    def instruments(self) -> frozenset[str]:
        return frozenset(line.instrument for line in self.lines)

    @property
    def converting(self) -> frozenset[str]:
        return frozenset(line.conversion for line in self.lines if line.conversion)

    def of_instruments(self, symbols: frozenset[str]) -> "VenueTable":
        """The lines for these instruments and for their conversions."""
        own = VenueTable(tuple(line for line in self.lines if line.instrument in symbols))
        wanted = symbols | own.converting
        return VenueTable(tuple(line for line in self.lines if line.instrument in wanted), self.settings)

    def by_venue(self) -> dict[str, list[Line]]:
        """The lines of each venue that has any."""
        return {venue: lines for venue in VENUES if (lines := [line for line in self.lines if line.venue == venue])}

    def settings_of(self, venue: str) -> Settings:
        """The venue's settings in the file, or the defaults."""
        return self.settings.get(venue, Settings())

    def venues_of(self, instrument: str) -> int:
        """The number of venues of this index."""
        return sum(line.instrument == instrument for line in self.lines)


def read_venue_table(path: Path) -> VenueTable:
    """Raises BadVenueTable."""
    try:
        content = tomllib.loads(path.read_text())
    except (OSError, ValueError) as error:
        raise BadVenueTable(f"{path}: {error}") from error
    try:
        return parse_venue_table(content)
    except BadVenueTable as error:
        raise BadVenueTable(f"{path}: {error}") from error


def parse_venue_table(content: Mapping[str, Any]) -> VenueTable:
    """Raises BadVenueTable."""
    _only(content, {"instruments", "venues"}, "the file")
    lines = tuple(
        _line(instrument, venue, entry)
        for instrument, entries in _tables(content, "instruments")
        for venue, entry in entries.items()
    )
    if not lines:
        raise BadVenueTable("no instrument has a venue")
    for line in lines:
        _check_currency(line, frozenset(other.instrument for other in lines if not other.conversion))
    settings = {_venue(name): _settings(name, entry) for name, entry in _tables(content, "venues")}
    return VenueTable(lines, settings)


def _line(instrument: str, venue: str, entry: object) -> Line:
    match entry:
        case str(market):
            return Line(instrument, _venue(venue), market, None)
        case {"market": str(market), **rest} if set(rest) <= {"conversion"}:
            conversion = rest.get("conversion")
            if conversion is None or isinstance(conversion, str):
                return Line(instrument, _venue(venue), market, conversion)
    raise BadVenueTable(f'{instrument}, {venue}: "BASE/QUOTE" or {{ market = "BASE/QUOTE", conversion = "…" }}')


def _check_currency(line: Line, pure: frozenset[str]) -> None:
    """A market has the base of its index, and its currency, directly or through a conversion to it."""
    where = f"{line.instrument}, {line.venue}"
    base, _, quote = line.instrument.partition("-")
    market_base, _, market_quote = line.market.partition("/")
    if not quote or not market_quote or market_base != base:
        raise BadVenueTable(f"{where}: {line.market} isn't a market of {base}")
    if line.conversion is None:
        if market_quote != quote:
            raise BadVenueTable(f"{where}: {line.market} is in {market_quote}, not {quote}: name its conversion")
    elif market_quote == quote or line.conversion != f"{quote}-{market_quote}":
        raise BadVenueTable(f"{where}: {line.conversion} doesn't convert {line.market} into {quote}")
    elif line.conversion not in pure:
        raise BadVenueTable(f"{where}: the conversion {line.conversion} has no venues of its own")


def _settings(name: str, entry: Mapping[str, Any]) -> Settings:
    _only(entry, {"silent_seconds", "rest", "websocket"}, f"venues.{name}")
    addresses = {key: _address(entry[key], f"venues.{name}") for key in ("rest", "websocket") if key in entry}
    silent = entry.get("silent_seconds", RULES_NOW.tick_age_max.total_seconds())
    if isinstance(silent, bool) or not isinstance(silent, int | float) or not 1 <= silent <= 60:
        raise BadVenueTable(f"venues.{name}: silent_seconds is a number from 1 to 60")
    return Settings(timedelta(seconds=silent), **addresses)


def _address(address: object, where: str) -> str:
    """An address with a host, which each quote names as its mirror."""
    if not isinstance(address, str):
        raise BadVenueTable(f"{where}: an address is a text")
    try:
        parts = urlsplit(address)
    except ValueError as error:
        raise BadVenueTable(f"{where}: {error}") from error
    if parts.scheme not in ("http", "https", "ws", "wss") or not parts.hostname:
        raise BadVenueTable(f"{where}: an address is like https://host/path or wss://host/path")
    return address


def _tables(content: Mapping[str, Any], key: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    table = content.get(key, {})
    if not isinstance(table, dict) or not all(isinstance(entry, dict) for entry in table.values()):
        raise BadVenueTable(f"{key} is a table of tables")
    yield from cast(dict[str, Mapping[str, Any]], table).items()


def _venue(name: str) -> str:
    if name not in VENUES:
        raise BadVenueTable(f"no venue is called {name!r}, only {', '.join(VENUES)}")
    return name


def _only(table: Mapping[str, Any], known: set[str], where: str) -> None:
    unknown = sorted(set(table) - known)
    if unknown:
        raise BadVenueTable(f"{where}: {unknown[0]!r} means nothing here")
