"""The Celery application and its beat table. Its tasks are safety nets and housekeeping: the feed starts the rest."""

import os

import pghistory
from celery import Celery, Task
from kombu import Queue

from cryptotrader.queue.pulse import add_signs_of_life

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cryptotrader.settings")


class NamedTask(Task):  # type: ignore[type-arg]  # celery-types' Task takes parameters, Celery's own doesn't
    """Names the task in the audit of its changes."""

    def __call__(self, *args: object, **kwargs: object) -> object:
        with pghistory.context(task=self.name):
            return super().__call__(*args, **kwargs)


app = Celery("cryptotrader", task_cls=NamedTask)
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
add_signs_of_life(app)
# A worker waits for its broker for ever, gone or refusing to write (MISCONF, a full disk): nothing else restarts it.
app.conf.broker_transport = "cryptotrader.queue.transport:Transport"
app.conf.broker_channel_error_retry = True
app.conf.broker_connection_max_retries = None
# Tasks that decide trades or write the record run in a worker with its own database login. A worker without --queues
# runs all tasks. The router goes by name: a new task is everyday work until this list names it.
app.conf.task_queues = [Queue("celery"), Queue("settlement")]
app.conf.task_routes = {
    "trading.settle_due_trades": "settlement",
    "trading.sweep_due_trades": "settlement",
    "trading.make_price_partitions": "settlement",
    "trading.publish_digests": "settlement",
}
app.conf.beat_schedule = {
    # The feed enqueues settlement as prices arrive; this sweep settles the trades that a lost message left behind.
    "sweep-due-trades": {
        "task": "trading.sweep_due_trades",
        "schedule": 2.0,
        "options": {"expires": 2.0},
    },
    # A day is closed a minute after midnight.
    "publish-digests": {"task": "trading.publish_digests", "schedule": 300.0, "options": {"expires": 300.0}},
    "compare-clocks": {"task": "trading.compare_clocks", "schedule": 10.0, "options": {"expires": 10.0}},
    "expire-approval-requests": {
        "task": "accounts.expire_requests",
        "schedule": 300.0,
        "options": {"expires": 300.0},
    },
    "prune-access": {"task": "accounts.prune_access", "schedule": 600.0, "options": {"expires": 600.0}},
    "make-price-partitions": {
        "task": "trading.make_price_partitions",
        "schedule": 3600.0,
        "options": {"expires": 3600.0},
    },
    "sweep-deposits": {"task": "accounts.sweep_deposits", "schedule": 60.0, "options": {"expires": 60.0}},
}
