"""Queues: who comes while a thread is busy is in the next batch; a queue of a second takes nobody more."""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from threading import Event
from typing import Any
from uuid import UUID

import pytest
from asgiref.sync import async_to_sync
from django.db import ProgrammingError, connection
from django.http import QueryDict
from rest_framework.response import Response

from accounts.domain.errors import Unavailable
from accounts.services.access.authenticate_token import Token
from accounts.tests.patience import PATIENCE_SECONDS
from cryptotrader.tests.money.test_worker_crash import wait_until
from trading.gateway import lanes
from trading.gateway.lanes import Queue
from trading.gateway.routes import match
from trading.gateway.sent import Headers, Outcome, Sent

Serve = Callable[[Sequence[Sent]], None]


@pytest.fixture(autouse=True)
def _a_second(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lanes, "WAIT_SECONDS_MAX", 1.0)
    monkeypatch.setattr(lanes, "STALE_SECONDS", 5.0)


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def order(person: str) -> Sent:
    found = match("POST", "/api/v1/flash-trades")
    assert found is not None
    loop = asyncio.get_running_loop()
    route, nobody = found[0], UUID(int=0)
    future: asyncio.Future[Outcome] = loop.create_future()
    return Sent(route, "", Headers(), QueryDict(""), {}, Token(person), "", "en", nobody, None, {}, loop, future)


class Desk:
    """Serves a batch when it is told to, and keeps what it has served."""

    def __init__(self) -> None:
        self.batches: list[list[Sent]] = []
        self.begun, self.go = Event(), Event()

    def serve(self, batch: Sequence[Sent]) -> None:
        self.batches.append(list(batch))
        self.begun.set()
        self.go.wait(PATIENCE_SECONDS)
        for sent in batch:
            sent.settle(Response({}))


@pytest.fixture
def desk() -> Iterator[Desk]:
    found = Desk()
    yield found
    found.go.set()


def test_the_next_batch_has_all_who_came_meanwhile_and_one_order_of_each(desk: Desk) -> None:
    async def come() -> None:
        queue = Queue("test", desk.serve, threads=1, most=10)
        asked = [order("first")]
        queue.put(asked[0])
        desk.begun.wait(PATIENCE_SECONDS)
        asked += [order(person) for person in ("a", "b", "a", "c", "a", "first")]
        for sent in asked[1:]:
            queue.put(sent)
        desk.go.set()
        await asyncio.gather(*(sent.future for sent in asked))
        assert desk.batches[0] == [asked[0]]
        assert desk.batches[1][:3] == [asked[number] for number in (1, 2, 4)]
        mine = [sent for batch in desk.batches for sent in batch if sent in (asked[1], asked[3], asked[5])]
        assert mine == [asked[1], asked[3], asked[5]]  # in their order
        assert all(len({sent.person for sent in batch}) == len(batch) for batch in desk.batches)

    async_to_sync(come)()


def test_a_queue_that_is_a_second_old_takes_nobody_more_and_begins_no_stale_order(desk: Desk) -> None:
    async def come() -> list[Outcome]:
        clock = Clock()
        queue = Queue("test", desk.serve, threads=1, most=10, clock=clock)
        first, waiting = order("first"), order("waiting")
        queue.put(first)
        desk.begun.wait(PATIENCE_SECONDS)
        queue.put(waiting)
        clock.now += 0.9
        queue.put(soon := order("soon"))
        clock.now += 0.2
        with pytest.raises(Unavailable):
            queue.put(order("late"))
        clock.now += 4.0  # the first batch hangs
        desk.go.set()
        return list(await asyncio.gather(first.future, waiting.future, soon.future))

    outcomes = async_to_sync(come)()
    assert [type(outcome) for outcome in outcomes] == [Response, Unavailable, Response]
    assert Unavailable.retry_after_seconds


@pytest.mark.django_db(transaction=True)  # the thread closes its connection
def test_what_a_batch_leaves_is_served_alone_while_others_go_on(desk: Desk) -> None:
    held = Event()

    def leave(batch: Sequence[Sent]) -> None:
        for sent in batch:
            if sent.person != Token("locked"):
                sent.settle(Response({}))

    def alone(sent: Sent) -> None:
        held.wait(PATIENCE_SECONDS)
        sent.settle(Response({"alone": True}))

    async def come() -> list[Outcome]:
        queue = Queue("test", leave, threads=1, most=10, alone=alone)
        locked, again, other = order("locked"), order("locked"), order("other")
        for sent in (locked, again, other):
            queue.put(sent)
        await other.future
        assert not locked.future.done()
        assert not again.future.done()
        held.set()
        return list(await asyncio.gather(locked.future, again.future))

    assert [outcome.data for outcome in async_to_sync(come)()] == [{"alone": True}] * 2  # type: ignore[union-attr]


@pytest.mark.django_db(transaction=True)  # the thread closes its connection
def test_who_waits_behind_a_request_served_alone_is_next_even_if_nobody_else_comes(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lanes, "IDLE_SECONDS", 0)
    begun, held, batches = Event(), Event(), []

    def leave(batch: Sequence[Sent]) -> None:
        batches.append(list(batch))
        if len(batches) > 1:
            batch[0].settle(Response({"batch": len(batches)}))

    def alone(sent: Sent) -> None:
        begun.set()
        held.wait(PATIENCE_SECONDS)
        sent.settle(Response({"alone": True}))

    async def come() -> list[Outcome]:
        queue = Queue("test", leave, threads=1, most=10, alone=alone)
        asked = [order("locked"), order("locked")]
        for sent in asked:
            queue.put(sent)
        begun.wait(PATIENCE_SECONDS)
        wait_until(lambda: bool(queue._changed._waiters), "sleep")  # type: ignore[attr-defined]
        held.set()
        return list(await asyncio.wait_for(asyncio.gather(*(sent.future for sent in asked)), PATIENCE_SECONDS))

    assert [outcome.data for outcome in async_to_sync(come)()] == [{"alone": True}, {"batch": 2}]  # type: ignore[union-attr]


def test_an_error_is_the_answer_of_its_batch_alone(desk: Desk) -> None:
    def fail(batch: Sequence[Sent]) -> None:
        if batch[0].person == Token("bad"):
            raise ZeroDivisionError
        desk.serve(batch)

    async def come() -> list[Outcome]:
        queue = Queue("test", fail, threads=1, most=1)
        asked = [order("bad"), order("good")]
        for sent in asked:
            queue.put(sent)
        desk.go.set()
        return await asyncio.gather(*(sent.future for sent in asked))

    assert [type(outcome) for outcome in async_to_sync(come)()] == [ZeroDivisionError, Response]


@pytest.mark.django_db(transaction=True)
def test_after_an_error_of_the_database_its_connection_waits_for_locks_as_before() -> None:
    connection.pool.drain()  # type: ignore[attr-defined]  # one dead connection of a test before would end them all
    pids: list[int] = []

    def fail(batch: Sequence[Sent]) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid(), current_setting('lock_timeout')")
            (pid, timeout) = cursor.fetchone()
            assert timeout == lanes.LOCK_TIMEOUT
            pids.append(pid)
            cursor.execute("SELECT a FROM nowhere")

    async def come() -> Outcome:
        sent = order("alice")
        Queue("test", fail, threads=1, most=1, alone=lambda _: None).put(sent)
        return await sent.future

    assert isinstance(async_to_sync(come)(), ProgrammingError)
    with connection.cursor() as cursor:
        cursor.execute("SHOW lock_timeout")
        own = cursor.fetchone()
    assert lock_timeout_of(pids[0]) == own


def lock_timeout_of(pid: int) -> object:
    """Of a session in the pool: takes connections until it comes, then gives back all."""
    pool = connection.pool  # type: ignore[attr-defined]
    taken: list[Any] = []
    try:
        while not taken or taken[-1].info.backend_pid != pid:
            taken.append(pool.getconn(PATIENCE_SECONDS))
        return taken[-1].execute("SHOW lock_timeout").fetchone()
    finally:
        for each in taken:
            pool.putconn(each)
