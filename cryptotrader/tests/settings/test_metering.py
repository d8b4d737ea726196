"""Tasks are measured by Celery's signals, in every process that sends or runs them."""

import time
from types import SimpleNamespace

import pytest
from celery.signals import before_task_publish, task_prerun

from cryptotrader.celery import app
from monitoring.tests.scraping import growth, scrape
from trading.tasks import settle_due_trades

pytestmark = pytest.mark.django_db(transaction=True)


@app.task(name="tests.fails")
def fails() -> None:
    raise ValueError("on purpose")


def test_a_task_counts_its_time_its_wait_and_its_failure() -> None:
    before = scrape()
    settle_due_trades.apply(kwargs={"instrument": "NONE-SUCH"})
    fails.apply()
    headers: dict[str, object] = {}
    before_task_publish.send(sender="trading.settle_due_trades", headers=headers, body=None)
    late = SimpleNamespace(**headers, eta=None, delivery_info={"routing_key": "settlement"})
    late.sent_at -= 3
    planned = SimpleNamespace(sent_at=time.time() - 900, eta="2026-03-01T12:00:00+00:00", delivery_info={})
    for request in (late, planned, SimpleNamespace(delivery_info=None)):
        task_prerun.send(sender=fails, task_id="x", task=SimpleNamespace(name="tests.fails", request=request))
    counted = {name: value for name, value in growth(before, scrape()).items() if name.startswith("task")}
    assert counted["task_seconds_count trading.settle_due_trades"] == 1
    assert counted["task_seconds_count tests.fails"] == 1
    assert counted["task_failures_total tests.fails"] == 1
    assert 3 <= counted["task_wait_seconds_sum settlement"] < 60
    assert counted["task_wait_seconds_count settlement"] == 1
    assert counted["task_wait_seconds_count unknown"] == 1
