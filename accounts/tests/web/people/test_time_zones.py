from datetime import UTC, datetime

import pytest

from accounts.domain.people.settings import time_zones
from accounts.web.people.time_zones import offset_text, zone_named, zones_shown

SUMMER, WINTER = datetime(2026, 7, 1, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "at", "text"),
    [
        ("Asia/Seoul", WINTER, "UTC+09:00"),
        ("Europe/Paris", WINTER, "UTC+01:00"),
        ("Europe/Paris", SUMMER, "UTC+02:00"),
        ("America/St_Johns", WINTER, "UTC-03:30"),
        ("UTC", WINTER, "UTC+00:00"),
    ],
)
def test_an_offset_is_that_of_the_moment(zone: str, at: datetime, text: str) -> None:
    assert offset_text(zone, at) == text


@pytest.mark.parametrize(("language", "label"), [("en", "Seoul · UTC+09:00"), ("ko", "서울 · UTC+09:00")])
def test_each_zone_has_its_city_in_the_readers_language(language: str, label: str) -> None:
    shown = dict(zones_shown(language, WINTER))
    assert shown["Asia/Seoul"] == label
    assert tuple(shown) == time_zones()
    assert all(text.partition(" · ")[0] for text in shown.values())


@pytest.mark.parametrize(
    ("text", "language", "zone"),
    [
        ("asia/seoul", "en", "Asia/Seoul"),
        (" Seoul ", "en", "Asia/Seoul"),
        ("서울", "ko", "Asia/Seoul"),
        ("new york", "en", "America/New_York"),
        ("new_york", "en", None),
        ("utc", "en", "UTC"),
        ("", "en", ""),
        ("Atlantis", "en", None),
    ],
)
def test_a_zone_is_found_by_its_name_or_its_city(text: str, language: str, zone: str | None) -> None:
    assert zone_named(text, language) == zone
