from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.domain.notation import (
    parse_decimal,
    parse_instant,
    parse_typed_decimal,
    places,
    write_decimal,
    write_instant,
)
from accounts.tests.typed_numbers import TYPED_NUMBERS

plain_decimals = st.decimals(min_value=-(10**17), max_value=10**17, places=18)
instants = st.datetimes(min_value=datetime(1970, 1, 1), max_value=datetime(2200, 1, 1), timezones=st.just(UTC))


@pytest.mark.parametrize(
    "value",
    [
        "1_0",
        "１０",
        "١٠",
        "NaN",
        "sNaN",
        "Infinity",
        "-inf",
        "1e400",
        "1E2",
        "0x10",
        "",
        " 1",
        "1 ",
        "1\n",
        "+1",
        "01",
        ".5",
        "5.",
        "1,5",
        "--1",
        "−1",
        "1" * 19,
        "0." + "1" * 19,
        Decimal("NaN"),
        Decimal("Infinity"),
        Decimal("1e400"),
        Decimal("1e-400"),
        Decimal("0e400"),
        10**18,
        -(10**5000),
        True,
        False,
        None,
        1.5,
        [],
        {},
        b"1",
    ],
    ids=lambda value: type(value).__name__,  # some values have no repr: an int of 5,000 digits
)
def test_it_refuses_what_is_not_a_plain_decimal(value: object) -> None:
    assert parse_decimal(value) is None


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("100", "100"),
        ("-0.25", "-0.25"),
        ("0", "0"),
        ("1.50", "1.5"),
        (100, "100"),
        (-7, "-7"),
        (Decimal("1E+2"), "100"),
        (Decimal("0.10"), "0.1"),
    ],
)
def test_it_reads_strings_and_json_numbers(value: object, expected: str) -> None:
    parsed = parse_decimal(value)

    assert parsed is not None
    assert write_decimal(parsed) == expected


@pytest.mark.parametrize(("text", "number"), TYPED_NUMBERS.items())
def test_it_reads_what_people_type_and_drops_no_separator(text: str, number: str | None) -> None:
    assert parse_typed_decimal(text) == (None if number is None else Decimal(number))


@given(st.decimals(min_value=-(10**12), max_value=10**12, places=8))
def test_it_reads_back_the_groups_that_pages_show(value: Decimal) -> None:
    assert parse_typed_decimal(f"{value:,f}") == value


@given(plain_decimals)
def test_it_reads_back_what_it_writes_to_the_last_digit(value: Decimal) -> None:
    assert parse_decimal(write_decimal(value)) == value


@given(plain_decimals, st.integers(0, 10))
def test_equal_decimals_are_written_equally(value: Decimal, zeros: int) -> None:
    padded = Decimal(format(value, "f") + "0" * zeros)

    assert write_decimal(padded) == write_decimal(value)


@pytest.mark.parametrize("value", ["0", "0.00", "-0", "-0.0", "0E+5", "0E-5"])
def test_nothing_is_written_in_one_way_only(value: str) -> None:
    assert write_decimal(Decimal(value)) == "0"


@pytest.mark.parametrize(
    ("value", "needed"), [("1", 0), ("100", 0), ("1E+3", 0), ("1.50", 1), ("0.00", 0), ("-0.125", 3), ("1E-8", 8)]
)
def test_it_counts_the_places_that_a_value_needs(value: str, needed: int) -> None:
    assert places(Decimal(value)) == needed


def test_it_sees_a_place_that_lies_beyond_the_precision_of_the_context() -> None:
    value = Decimal("100000000000000000.000000000000000001")

    assert places(value) == 18
    assert write_decimal(value) == "100000000000000000.000000000000000001"


@given(instants, st.integers(-14 * 60, 14 * 60))
def test_it_reads_back_the_instants_that_it_writes_from_any_zone(instant: datetime, minutes_east: int) -> None:
    elsewhere = instant.astimezone(timezone(timedelta(minutes=minutes_east)))

    assert write_instant(elsewhere) == write_instant(instant)
    assert parse_instant(write_instant(elsewhere)) == instant


def test_it_writes_instants_with_a_z_and_a_fraction_only_where_there_is_one() -> None:
    assert write_instant(datetime(2026, 3, 1, 12, tzinfo=UTC)) == "2026-03-01T12:00:00Z"
    assert write_instant(datetime(2026, 3, 1, 12, 0, 0, 5, tzinfo=UTC)) == "2026-03-01T12:00:00.000005Z"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "now",
        "1709294400",
        "2026-03-01T12:00:00",
        "2026-02-30T12:00:00Z",
        "２026-03-01T12:00:00Z",
        "2026-03-01　12:00:00Z",
        "0001-01-01T00:00:00+14:00",
    ],
)
def test_it_refuses_what_is_not_an_instant_with_a_zone(text: str) -> None:
    assert parse_instant(text) is None
