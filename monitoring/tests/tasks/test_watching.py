"""Heartbeats: the beat sends them to both queues. One that arrives shows that its worker lives."""

import pytest
from celery import current_app
from celery.signals import after_task_publish
from django.core.cache import cache

from monitoring.domain.health import Program, Pulse
from monitoring.selectors.pulses import pulses
from monitoring.tasks.watching import HEARTBEAT, heartbeat, watch_the_beat


@pytest.fixture(autouse=True)
def nothing_heard() -> None:
    cache.clear()


def alive() -> set[Program]:
    return {pulse.program for pulse in pulses() if pulse.alive}


def test_nobody_was_heard_of_after_redis_was_emptied() -> None:
    assert pulses() == [Pulse(program, None) for program in Program]


def test_a_heartbeat_tells_of_its_worker_alone() -> None:
    heartbeat(program="settler")
    assert alive() == {Program.SETTLER}
    heartbeat(program="worker")
    assert alive() == {Program.SETTLER, Program.WORKER}


def test_the_beat_lives_when_it_has_sent_one() -> None:
    after_task_publish.send(sender=HEARTBEAT)
    assert alive() == set()
    watch_the_beat()
    try:
        after_task_publish.send(sender="another task")
        assert alive() == set()
        after_task_publish.send(sender=HEARTBEAT)
        assert alive() == {Program.BEAT}
    finally:
        after_task_publish.disconnect(sender=HEARTBEAT, dispatch_uid=None)


def test_the_beat_sends_one_to_each_queue() -> None:
    sent = [entry for entry in current_app.conf.beat_schedule.values() if entry["task"] == HEARTBEAT]
    routes = {entry["kwargs"]["program"]: entry["options"]["queue"] for entry in sent}
    assert routes == {"settler": "settlement", "worker": "celery"}
