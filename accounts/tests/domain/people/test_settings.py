from decimal import Decimal

import pytest

from accounts.domain.errors import InvalidInput
from accounts.domain.people.settings import checked, time_zones


def faults(**changes: object) -> dict[str, str]:
    with pytest.raises(InvalidInput) as caught:
        checked(changes)
    return {fault.field: fault.code for fault in caught.value.fields}


def test_it_passes_what_a_setting_may_be() -> None:
    for changes in (
        {},
        {"locale": "ko", "time_zone": "Asia/Seoul", "colours": "world", "sounds": True, "reality_check_minutes": 30},
        {"time_zone": "", "reality_check_minutes": None, "sounds": False},
    ):
        assert checked(changes) == changes


@pytest.mark.parametrize("zone", ["Asia/Atlantis", "asia/seoul", "../etc/passwd", "Seoul\0", "\ud800", None, 9, []])
def test_it_refuses_a_zone_that_is_none(zone: object) -> None:
    assert faults(time_zone=zone) == {"time_zone": "unknown-value"}


@pytest.mark.parametrize("minutes", [True, 1, 15.0, "015", "15.0", -15, 10**400, Decimal(15), Decimal("NaN"), {}])
def test_it_refuses_minutes_that_are_no_choice(minutes: object) -> None:
    assert faults(reality_check_minutes=minutes) == {"reality_check_minutes": "unknown-value"}


def test_minutes_may_be_written_as_a_string() -> None:
    assert checked({"reality_check_minutes": "15"}) == {"reality_check_minutes": 15}


@pytest.mark.parametrize("sounds", [1, 0, "true", None, []])
def test_sounds_are_on_or_off(sounds: object) -> None:
    assert faults(sounds=sounds) == {"sounds": "invalid"}


def test_it_names_each_fault_and_each_setting_that_is_none() -> None:
    assert faults(locale="fr", colours=None, email="a@b.example", sounds=True) == {
        "locale": "unknown-value",
        "colours": "unknown-value",
        "email": "unknown-field",
    }


def test_zones_of_places_can_be_chosen_and_no_oddities() -> None:
    assert {"UTC", "Asia/Seoul", "America/Argentina/Ushuaia"} <= set(time_zones())
    assert not {"Etc/GMT+3", "localtime", "Factory", "posixrules"} & set(time_zones())
