from datetime import UTC, datetime

import pytest

from trading.services.make_price_partitions import make_price_partitions

pytestmark = pytest.mark.django_db


def test_months_have_their_partition_before_they_begin() -> None:
    december = datetime(2031, 12, 31, 23, 59, 59, tzinfo=UTC)
    assert [make_price_partitions(now=december), make_price_partitions(now=december)] == [4, 0]
    assert make_price_partitions(now=datetime(2032, 1, 1, tzinfo=UTC)) == 1
