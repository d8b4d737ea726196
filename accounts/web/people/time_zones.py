"""Time zones for a person to choose from: each with its city in their language and its present offset."""

import zoneinfo
from datetime import datetime, timedelta
from functools import lru_cache

from babel.dates import get_timezone_location

from accounts.domain.people.settings import time_zones

MINUTE = timedelta(minutes=1)


def zones_shown(language: str, now: datetime) -> list[tuple[str, str]]:
    """Each zone's name and its label, such as "Seoul · UTC+09:00"."""
    cities = _cities(language)
    return [(zone, f"{cities[zone]} · {offset_text(zone, now)}") for zone in time_zones()]


def zone_named(text: str, language: str) -> str | None:
    """The zone of this name, or of this city's name alone; None if there is none, or more than one."""
    wanted = text.strip().casefold()
    if not wanted:
        return ""
    cities = _cities(language)
    exact = [zone for zone in time_zones() if zone.casefold() == wanted]
    of_city = [
        zone
        for zone in time_zones()
        if wanted in (cities[zone].casefold(), zone.rpartition("/")[2].replace("_", " ").casefold())
    ]
    found = exact or of_city
    return found[0] if len(found) == 1 else None


def offset_text(zone: str, now: datetime) -> str:
    """The offset of a zone from UTC at a moment: UTC+05:30."""
    offset = now.astimezone(zoneinfo.ZoneInfo(zone)).utcoffset() or timedelta()
    hours, minutes = divmod(abs(offset) // MINUTE, 60)
    return f"UTC{'-' if offset < timedelta() else '+'}{hours:02}:{minutes:02}"


@lru_cache
def _cities(language: str) -> dict[str, str]:
    return {zone: get_timezone_location(zone, locale=language, return_city=True) for zone in time_zones()}
