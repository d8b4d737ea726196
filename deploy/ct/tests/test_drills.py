"""What a drill under traffic calls fine."""

import pytest

from deploy.load.rehearse import LIMITS, is_fine
from deploy.load.traffic import Counts

FINE = {"exit": 0, **Counts(sent=20_000, orders={"key": "trade"}).summary()}


def test_a_drill_without_a_loss_is_fine() -> None:
    assert is_fine(FINE)


@pytest.mark.parametrize(
    "wrong",
    [{"exit": 1}, {"failed": 1}, {"prices lost": 1}, {"refused orders": {"not-authenticated": 732}}],
    ids=["a change that failed", "a request that failed", "a lost price", "orders that were no orders"],
)
def test_a_drill_with_a_loss_is_not(wrong: dict[str, object]) -> None:
    assert not is_fine({**FINE, **wrong})


def test_one_sign_in_lasts_as_long_as_all_phases() -> None:
    assert LIMITS["JWT_ACCESS_EXPIRES_IN"] == "4h"
