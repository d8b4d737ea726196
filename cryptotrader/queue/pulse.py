"""Signs of life of workers and beat: they stop when the loop hangs, or when the queue can't be reached."""

from __future__ import annotations

from typing import Any

from celery import Celery, bootsteps
from celery.signals import after_task_publish, beat_init

from trading.feeds.pulse import give_sign_of_life

EVERY_SECONDS = 5.0


class Pulse(bootsteps.StartStopStep):
    """Part of a worker's consumer, which Celery stops while the broker is away."""

    requires = ("celery.worker.consumer.tasks:Tasks",)

    def start(self, parent: Any) -> None:
        give_sign_of_life()
        self._entry = parent.timer.call_repeatedly(EVERY_SECONDS, give_sign_of_life)

    def stop(self, parent: Any) -> None:
        self._entry.cancel()


def add_signs_of_life(app: Celery[Any]) -> None:
    """Lets the workers and the beat of this application give signs of life."""
    app.steps["consumer"].add(Pulse)
    beat_init.connect(_of_beat)


def _of_beat(**_: object) -> None:
    """The beat publishes a task at least every two seconds: each that has gone out is a sign of life."""
    after_task_publish.connect(_published)


def _published(**_: object) -> None:
    give_sign_of_life()
