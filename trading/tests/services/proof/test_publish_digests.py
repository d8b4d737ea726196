"""Each day is published once, in order, for ever."""

from datetime import date, datetime, timedelta
from functools import partial

import pytest
from django.db import transaction

from accounts.tests.cast import NOON, standing
from accounts.tests.guards import refused, run_sql
from accounts.tests.threads import at_once
from trading.domain.proof.days import CLOSING, FIRST_DAY
from trading.domain.proof.merkle import climb, leaf_hash, root_of
from trading.domain.terms import Status
from trading.models import DailyDigest, IndexPrice
from trading.selectors.proof.digests import merkle_path
from trading.services.instruments.set_instrument_status import set_instrument_status
from trading.services.proof.publish_digests import publish_digests
from trading.tests.cast import Stage, open_stage

MIDNIGHT = NOON.replace(hour=0) + timedelta(days=1)
DAY = timedelta(days=1)


def published(now: datetime) -> list[tuple[date, int]]:
    return [(digest.day, digest.count) for digest in publish_digests(now=now)]


def test_a_day_is_published_a_minute_after_its_end_and_once(stage: Stage) -> None:
    assert published(MIDNIGHT + CLOSING - timedelta(seconds=1)) == []
    assert published(MIDNIGHT + CLOSING) == [(NOON.date(), 1)]
    assert published(MIDNIGHT + DAY) == []


def test_it_says_all_of_the_day(stage: Stage) -> None:
    stage.prices(NOON + timedelta(seconds=1), ["60000.01", "60000.02"])
    publish_digests(now=MIDNIGHT + DAY)
    digest, prices = DailyDigest.objects.get(), list(IndexPrice.objects.order_by("sequence"))
    assert (digest.first_sequence, digest.last_sequence, digest.count, digest.previous) == (1, 3, 3, FIRST_DAY)
    assert (digest.first_digest, digest.last_digest) == (prices[0].digest, prices[-1].digest)
    assert digest.root == root_of([leaf_hash(price.digest) for price in prices])
    assert digest.digest == digest.content.digest
    for place, price in enumerate(prices):
        path = merkle_path(digest, price.sequence)
        assert climb(leaf_hash(price.digest), index=place, size=3, path=path) == digest.root
    with pytest.raises(ValueError, match="not one of"):
        merkle_path(digest, 4)


def test_it_catches_up_missed_days_and_tells_those_without_prices(stage: Stage) -> None:
    stage.price(NOON + 3 * DAY, "60000.00")
    assert published(NOON + 5 * DAY) == [(NOON.date() + n * DAY, count) for n, count in enumerate([1, 0, 0, 1, 0])]
    days = list(DailyDigest.objects.order_by("day"))
    assert [after.previous for after in days[1:]] == [before.digest for before in days[:-1]]
    assert days[1].root == root_of([])
    assert (days[3].first_sequence, days[3].last_sequence) == (2, 2)


def test_days_may_be_published_a_few_at_a_time(stage: Stage) -> None:
    assert [d.day for d in publish_digests(now=NOON + 9 * DAY, days_max=2)] == [NOON.date(), NOON.date() + DAY]
    assert [d.day for d in publish_digests(now=NOON + 9 * DAY, days_max=1)] == [NOON.date() + 2 * DAY]


def test_each_instrument_has_days_of_its_own_and_none_before_its_first_price(stage: Stage) -> None:
    other = open_stage("ETH-USDT")
    other.price(NOON + DAY, "3000.00")
    found = publish_digests(now=NOON + 2 * DAY)
    assert sorted((d.instrument.symbol, d.day.day) for d in found) == [
        ("BTC-USDT", 1), ("BTC-USDT", 2), ("ETH-USDT", 1), ("ETH-USDT", 2)
    ]  # fmt: skip


def test_the_days_of_a_retired_instrument_end_with_its_prices(stage: Stage) -> None:
    stage.price(NOON + DAY, "60000.00")
    set_instrument_status(symbols=["BTC-USDT"], status=Status.RETIRED, reason="for good", clock=standing(NOON + DAY))
    assert published(NOON + 9 * DAY) == [(NOON.date(), 1), (NOON.date() + DAY, 1)]


def test_no_price_is_recorded_in_a_published_day(stage: Stage) -> None:
    publish_digests(now=MIDNIGHT + CLOSING)
    with refused("published_days_are_closed"):
        stage_price_without_the_service(stage)
    stage.price(MIDNIGHT, "60000.00")


def stage_price_without_the_service(stage: Stage) -> None:
    with transaction.atomic():
        last = IndexPrice.objects.latest("sequence")
        IndexPrice.objects.create(
            instrument=stage.instrument,
            sequence=last.sequence + 1,
            priced_at=MIDNIGHT - timedelta(seconds=1),
            price=last.price,
            source=last.source,
            venues=last.venues,
            previous=last.digest,
            digest="0" * 64,
            recorded_at=MIDNIGHT,
            rule_version=last.rule_version,
            venues_min=last.venues_min,
        )


@pytest.mark.parametrize("statement", ["UPDATE daily_digests SET count = count", "DELETE FROM daily_digests"])
def test_a_published_digest_is_for_ever(stage: Stage, statement: str) -> None:
    publish_digests(now=MIDNIGHT + DAY)
    with refused("digests_are_for_ever"):
        run_sql(statement)


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ({"day": "day"}, "one_digest_a_day"),
        ({"day": "day + 1"}, "one_day_follows_each"),
        ({"count": "2"}, "a_day_leaves_no_price_out"),
        ({"count": "0"}, "a_day_leaves_no_price_out"),
        ({"first_digest": "NULL"}, "a_day_leaves_no_price_out"),
    ],
)
def test_no_digest_is_born_wrong(stage: Stage, change: dict[str, str], constraint: str) -> None:
    publish_digests(now=MIDNIGHT + CLOSING)
    names = [field.attname for field in DailyDigest._meta.concrete_fields if field.attname != "id"]
    born = {"day": "day + 1", "previous": "digest"} | change
    if constraint == "one_day_follows_each":
        born["previous"] = "previous"
    values = ", ".join(born.get(name, name) for name in names)
    with refused(constraint):
        run_sql(f"INSERT INTO daily_digests ({', '.join(names)}) SELECT {values} FROM daily_digests")


@pytest.mark.django_db(transaction=True)
def test_several_at_once_publish_each_day_once(stage: Stage) -> None:
    results = at_once([partial(publish_digests, now=NOON + 6 * DAY) for _ in range(4)])
    assert not [result for result in results if isinstance(result, Exception)]
    days = list(DailyDigest.objects.order_by("day"))
    assert [digest.day for digest in days] == [NOON.date() + n * DAY for n in range(6)]
    assert [after.previous for after in days[1:]] == [before.digest for before in days[:-1]]
