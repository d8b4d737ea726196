"""The Celery application and its beat table. Everything in it is a safety net or housekeeping: the feed drives."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cryptotrader.settings")

app = Celery("cryptotrader")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.conf.beat_schedule = {
    # The feed enqueues settlement as prices arrive; this sweep catches what a lost message left behind.
    "sweep-due-trades": {
        "task": "trading.sweep_due_trades",
        "schedule": 2.0,
        "options": {"expires": 2.0},
    },
    "expire-approval-requests": {
        "task": "accounts.expire_requests",
        "schedule": 300.0,
        "options": {"expires": 300.0},
    },
    "prune-access": {"task": "accounts.prune_access", "schedule": 600.0, "options": {"expires": 600.0}},
}
