import pytest

from cryptotrader.tests.cast import Stage
from cryptotrader.tests.guards import refused, run_sql


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
