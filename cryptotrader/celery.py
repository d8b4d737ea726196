"""The Celery application and its beat table. Its tasks are safety nets and housekeeping: the feed starts the rest."""

import os
import warnings

import pghistory
from celery import Celery, Task, signals
from celery.apps import worker
from celery.exceptions import CPendingDeprecationWarning
from celery.schedules import crontab
from django.conf import settings
from kombu import Queue

from accounts.domain.sentinels import SCHEME
from cryptotrader.queue.pulse import add_signs_of_life
from cryptotrader.queue.task_lines import ROUTINE, give_request_id, task_line, tell_ready

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cryptotrader.settings")
# Django's checks of the code are made before a release. In a worker they would load all pages and their forms, and a
# fault in a page would stop the settlement.
os.environ.setdefault("CELERY_SKIP_CHECKS", "1")


class NamedTask(Task):  # type: ignore[type-arg]  # celery-types' Task takes parameters, Celery's own doesn't
    """Names the task in the audit of its changes, and gives it its line in the log."""

    def __call__(self, *args: object, **kwargs: object) -> object:
        with task_line(self), pghistory.context(task=self.name):
            return super().__call__(*args, **kwargs)


app = Celery("cryptotrader", task_cls=NamedTask)
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
signals.before_task_publish.connect(give_request_id)
signals.worker_ready.connect(tell_ready)


@signals.setup_logging.connect
def keep_our_logs(**_: object) -> None:
    """Without a receiver Celery configures logs in a format of its own. It also prints a line when it is stopped."""
    setattr(worker, "safe_say", lambda *_, **__: None)  # noqa: B010  (its types don't know it)


@signals.worker_ready.connect
def leave_out_plans_of_celery(**_: object) -> None:
    """Celery tells at each lost connection what its next release will do by default: no news for an operator."""
    warnings.simplefilter("ignore", CPendingDeprecationWarning)


add_signs_of_life(app)
app.conf.beat_scheduler = "cryptotrader.queue.lease:LeasedScheduler"
# A worker waits for its broker for ever, gone or refusing to write (MISCONF, a full disk): nothing else restarts it.
_TRANSPORT = "SentinelTransport" if settings.CELERY_BROKER_URL.startswith(SCHEME) else "Transport"
app.conf.broker_transport = f"cryptotrader.queue.transport:{_TRANSPORT}"
app.conf.broker_channel_error_retry = True
app.conf.broker_connection_max_retries = None
# Tasks that decide trades or write the record run in a worker with its own database login. A worker without --queues
# runs all tasks. The router goes by name: a new task is everyday work until this list names it.
app.conf.task_queues = [Queue(name) for name in settings.TASK_QUEUES]
app.conf.task_routes = {
    "trading.settle_due_trades": "settlement",
    "trading.sweep_due_trades": "settlement",
    "trading.make_price_partitions": "settlement",
    "trading.publish_digests": "settlement",
    "trading.prune_prices": "settlement",
    # A backup may take an hour.
    "monitoring.back_up": "backup",
    "monitoring.back_up_when_due": "backup",
    "monitoring.verify_backup_when_due": "backup",
    "monitoring.base_backup_when_due": "backup",
}
app.conf.beat_schedule = {
    # Who takes these lives: `/api/health` tells of silence.
    "heartbeat-settler": {
        "task": "monitoring.note_heartbeat",
        "kwargs": {"program": "settler"},
        "schedule": 10.0,
        "options": {"queue": "settlement", "expires": 10.0},
    },
    "heartbeat-worker": {
        "task": "monitoring.note_heartbeat",
        "kwargs": {"program": "worker"},
        "schedule": 10.0,
        "options": {"queue": "celery", "expires": 10.0},
    },
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
    "tell-announcements": {"task": "accounts.tell_announcements", "schedule": 10.0, "options": {"expires": 10.0}},
    "prune-access": {"task": "accounts.prune_access", "schedule": 600.0, "options": {"expires": 600.0}},
    # Retention: docs/runbook.md, Growth.
    "prune-logins": {"task": "accounts.prune_logins", "schedule": crontab(hour="4", minute="10")},
    "prune-prices": {"task": "trading.prune_prices", "schedule": crontab(hour="*/6", minute="40")},
    "make-price-partitions": {
        "task": "trading.make_price_partitions",
        "schedule": 3600.0,
        "options": {"expires": 3600.0},
    },
    # It looks each time whether RECONCILE_EVERY has passed: so a restart neither skips nor repeats it.
    "watch-ledger": {"task": "monitoring.watch_ledger", "schedule": 300.0, "options": {"expires": 300.0}},
    "count-people": {"task": "monitoring.count_people", "schedule": 300.0, "options": {"expires": 300.0}},
    # At BACKUP_AT, and again after a failure: the service decides, so no lost message skips a night.
    "back-up-when-due": {"task": "monitoring.back_up_when_due", "schedule": 60.0, "options": {"expires": 60.0}},
    "verify-backup-when-due": {
        "task": "monitoring.verify_backup_when_due",
        "schedule": 3600.0,
        "options": {"expires": 3600.0},
    },
    "base-backup-when-due": {
        "task": "monitoring.base_backup_when_due",
        "schedule": 600.0,
        "options": {"expires": 600.0},
    },
    "send-webhooks": {"task": "trading.send_webhooks", "schedule": 2.0, "options": {"expires": 2.0}},
    "send-pushes": {"task": "trading.send_pushes", "schedule": 2.0, "options": {"expires": 2.0}},
    "prune-webhooks": {"task": "accounts.prune_webhooks", "schedule": 3600.0, "options": {"expires": 3600.0}},
    "count-market-days": {"task": "trading.count_market_days", "schedule": 60.0, "options": {"expires": 60.0}},
    "sweep-deposits": {"task": "accounts.sweep_deposits", "schedule": 60.0, "options": {"expires": 60.0}},
}
ROUTINE.update(str(entry["task"]) for entry in app.conf.beat_schedule.values())
