"""Random programs over the whole engine: ticks, gaps, orders, closes, voids, several workers, deaths between any steps.

`FUZZ_PROGRAMS=1000` runs more of them; `-s` prints counts of their events.
"""

import os
from collections import Counter
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from pytest_django import Settings

from cryptotrader.tests.fuzz.oracle import check
from cryptotrader.tests.fuzz.steps import PROGRAMS, SETTINGS, Setting, Step
from cryptotrader.tests.fuzz.world import World
from trading.tests.voids import Staff

EXAMPLES = int(os.environ.get("FUZZ_PROGRAMS", "10"))


@pytest.fixture
def tally() -> Iterator[Counter[str]]:
    """Counts events; pytest hides the counts unless the test fails or `-s` is given."""
    counted: Counter[str] = Counter()
    yield counted
    print("", *(f"{what:44} {times:8}" for what, times in sorted(counted.items())), sep="\n")  # noqa: T201


@pytest.fixture
def staff(transactional_db: None, settings: Settings) -> Staff:
    settings.REAL_CURRENCIES = ["USDT"]
    return Staff()


@pytest.mark.long
@given(setting=SETTINGS, program=PROGRAMS)
@settings(
    max_examples=EXAMPLES,
)
def test_after_any_program_the_books_and_every_result_are_right(
    staff: Staff, tally: Counter[str], setting: Setting, program: list[Step]
) -> None:
    world = World(setting, staff, tally)
    for step in program:
        world.live(step)
    world.end()
    check(world)
    tally["programs"] += 1
