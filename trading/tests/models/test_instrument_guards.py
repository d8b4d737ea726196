import pytest

from accounts.tests.guards import refused, run_sql
from trading.tests.cast import Stage


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ("currency = 'EUR'", "currency_is_known"),
        ("pip = 0", "pip_is_positive"),
        ("pip = 'NaN'", "pip_is_positive"),
        ("stake_min = 0", "stake_bounds_make_sense"),
        ("stake_min = 'NaN'", "stake_bounds_make_sense"),
        ("stake_max = stake_min - 0.01", "stake_bounds_make_sense"),
        ("stake_max = 'NaN'", "stake_bounds_make_sense"),
        ("venues_min = 0", "an_index_needs_a_venue"),
    ],
)
def test_the_database_refuses_terms_that_make_no_sense(stage: Stage, change: str, constraint: str) -> None:
    with refused(constraint):
        run_sql(f"UPDATE instruments SET {change}")


@pytest.mark.parametrize(
    ("column", "value", "constraint"),
    [
        ("liability_max", "-0.01", "liability_max_makes_sense"),
        ("liability_max", "NaN", "liability_max_makes_sense"),
        ("bucket_liability_max", "-1", "bucket_liability_max_makes_sense"),
        ("staked_max", "NaN", "staked_max_makes_sense"),
        ("stake_window_seconds", "0", "stake_window_makes_sense"),
        ("stake_window_seconds", "2592001", "stake_window_makes_sense"),
    ],
)
def test_a_cap_is_a_sound_number(stage: Stage, column: str, value: str, constraint: str) -> None:
    with refused(constraint):
        run_sql(f"UPDATE instruments SET {column} = %s", value)


SLOT = "INSERT INTO liability_slots (instrument_id, demo, bucket, stripe, used) VALUES (%s, true, now(), 0, %s)"


def test_a_slot_holds_a_number_and_is_there_once(stage: Stage) -> None:
    with refused("slots_hold_numbers"):
        run_sql(SLOT, stage.instrument.pk, "NaN")
    run_sql(SLOT, stage.instrument.pk, 0)
    with refused("one_slot_a_stripe"):
        run_sql(SLOT, stage.instrument.pk, 0)
