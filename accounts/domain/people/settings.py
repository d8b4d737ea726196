"""A person's settings for the pages, and their allowed values."""

import zoneinfo
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from accounts.domain.errors import FieldError, InvalidInput, unknown_field
from accounts.domain.notation import parse_whole

LOCALES = ("en", "ko")
COLOURS = ("language", "korea", "world")
REALITY_CHECK_MINUTES = (15, 30, 60, 120)
REGIONS = {"Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific"}


@dataclass(frozen=True, slots=True)
class Settings:
    """`time_zone` is an IANA name, or empty for the device's own. `reality_check_minutes` None: no reality check."""

    locale: str
    time_zone: str
    colours: str
    sounds: bool
    reality_check_minutes: int | None


@cache
def time_zones() -> tuple[str, ...]:
    """Returns the selectable time zones: those of places, and UTC."""
    return ("UTC", *sorted(zone for zone in zoneinfo.available_timezones() if zone.split("/")[0] in REGIONS))


def checked(changes: Mapping[str, object]) -> dict[str, object]:
    """Returns the changes if each names a known setting and an allowed value. Raises InvalidInput."""
    read = {name: _read(name, value) for name, value in changes.items()}
    errors = tuple(fault for name, value in read.items() if (fault := _fault(name, value)))
    if errors:
        raise InvalidInput(fields=errors)
    return read


def _read(name: str, value: object) -> object:
    """Reads minutes as every whole number is read; anything else stays as it is."""
    minutes = parse_whole(value) if name == "reality_check_minutes" else None
    return value if minutes is None else minutes


def _fault(name: str, value: object) -> FieldError | None:
    if name == "sounds":
        return None if isinstance(value, bool) else FieldError(name, "invalid", "true or false is required")
    if name not in _choices():
        return unknown_field(name)
    allowed = _choices()[name]
    # Compare types too: 15.0 and true are not 15.
    if any(type(value) is type(each) and value == each for each in allowed):
        return None
    return FieldError(name, "unknown-value", "must be " + _listed(name, allowed))


def _choices() -> dict[str, tuple[str | int | None, ...]]:
    return {
        "locale": LOCALES,
        "time_zone": ("", *time_zones()),
        "colours": COLOURS,
        "reality_check_minutes": (None, *REALITY_CHECK_MINUTES),
    }


def _listed(name: str, allowed: tuple[str | int | None, ...]) -> str:
    if name == "time_zone":
        return "an IANA time zone such as Asia/Seoul, or empty"
    return "one of " + ", ".join("null" if each is None else str(each) for each in allowed)
