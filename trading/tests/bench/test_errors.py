"""Standard errors of means whose values overlap in time."""

from datetime import UTC, datetime, timedelta
from math import inf, sqrt
from random import Random
from statistics import pstdev

import pytest

from trading.bench.errors import Estimate, block_bootstrap

START = datetime(2026, 1, 5, 9, tzinfo=UTC)
BLOCK = timedelta(seconds=10)


def test_values_that_do_not_depend_on_each_other_have_the_textbook_error() -> None:
    chance = Random(7)
    values = [chance.gauss(0.1, 1) for _ in range(400)]
    found = block_bootstrap([(START + n * BLOCK, value) for n, value in enumerate(values)], BLOCK)
    assert (found.count, found.blocks) == (400, 400)
    assert found.mean == pytest.approx(sum(values) / 400)
    assert found.error == pytest.approx(pstdev(values) / sqrt(400), rel=0.15)


def test_saying_the_same_thing_again_does_not_make_it_surer() -> None:
    chance = Random(7)
    values = [chance.gauss(0, 1) for _ in range(100)]
    once = [(START + n * BLOCK, value) for n, value in enumerate(values)]
    thrice = [(at + timedelta(seconds=s), value) for at, value in once for s in range(3)]
    assert block_bootstrap(thrice, BLOCK).error == pytest.approx(block_bootstrap(once, BLOCK).error)


def test_of_one_block_or_none_nothing_is_known() -> None:
    assert block_bootstrap([(START, 1.0), (START + BLOCK / 2, 3.0)], BLOCK) == Estimate(2.0, inf, 2, 1)
    assert block_bootstrap([], BLOCK) == Estimate(0.0, 0.0, 0, 0)
