"""Celery tasks: ids in, one call. A task that runs late, twice or never does no harm."""

from datetime import datetime

from celery import shared_task
from django.utils import timezone

from accounts.services.push.send_pushes import send_pushes as push
from accounts.services.webhooks.send_due_messages import send_due_messages as send
from trading.selectors.clock import database_now
from trading.selectors.due import instruments_with_due_trades
from trading.services.instruments.count_market_days import count_market_days as count_days
from trading.services.orders.publish_offers import publish_offers as tell_offers
from trading.services.prices import make_price_partitions as partitions
from trading.services.prices import prune_old_prices as pruning
from trading.services.prices.compare_clocks import compare_clocks as compare
from trading.services.proof import publish_digests as publishing
from trading.services.settlement.settle_due_trades import settle_due_trades as settle
from trading.wire.pushes import told
from trading.wire.webhooks import news


@shared_task(name="trading.settle_due_trades", expires=30)
def settle_due_trades(*, instrument: str, **_: object) -> None:
    """Settle the trades that an instrument's newest price decides; the feed enqueues it."""
    settle(instrument=instrument, now=_now())


@shared_task(name="trading.publish_offers", expires=1)
def publish_offers(*, instrument: str, **_: object) -> None:
    """Publish the sale offers of an instrument's open trades; the feed enqueues it each second with a listener."""
    tell_offers(instrument=instrument, now=_now())


@shared_task(name="trading.sweep_due_trades", expires=2)
def sweep_due_trades(**_: object) -> None:
    """The beat's safety net: settle all due trades, in case a message was lost."""
    compare(program="settler", clock=timezone.now)
    now = _now()
    for instrument in instruments_with_due_trades(now):
        settle(instrument=instrument, now=now)


@shared_task(name="trading.compare_clocks", expires=10)
def compare_clocks(**_: object) -> None:
    """From the beat: compare the everyday worker's clock with the database's."""
    compare(program="worker", clock=timezone.now)


@shared_task(name="trading.count_market_days", expires=60)
def count_market_days(**_: object) -> None:
    """From the beat: count the trades of today and yesterday for the back office."""
    count_days(now=_now())


@shared_task(name="trading.make_price_partitions", expires=3600)
def make_price_partitions(**_: object) -> None:
    """Make a partition for each month before it begins."""
    partitions.make_price_partitions(now=_now())


@shared_task(name="trading.prune_prices", expires=3600)
def prune_prices(**_: object) -> None:
    """From the beat: prune a month that is older than the operator keeps prices."""
    pruning.prune_old_prices(now=_now())


@shared_task(name="trading.publish_digests", expires=300)
def publish_digests(**_: object) -> None:
    """From the beat: publish the days that are over, and those that were missed."""
    publishing.publish_digests(now=_now())


@shared_task(name="trading.send_webhooks", expires=2)
def send_webhooks(**_: object) -> None:
    """From the beat: send people's programs the news that wait for them."""
    send(news=news, clock=timezone.now)


@shared_task(name="trading.send_pushes", expires=2)
def send_pushes(**_: object) -> None:
    """From the beat: push the results that wait to people's browsers."""
    push(news=told, clock=timezone.now)


def _now() -> datetime:
    """The earlier of two clocks: a worker's that is ahead would end the grace of trades, or close a day, too early."""
    return min(timezone.now(), database_now())
