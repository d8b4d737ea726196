"""Queues of requests. Those that arrive while a thread is busy are its next batch."""

from __future__ import annotations

from asyncio import AbstractEventLoop
from collections import defaultdict, deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Condition, Thread
from time import monotonic

import psycopg
import structlog
from django.db import connection

from accounts.domain.errors import Unavailable
from trading.gateway.sent import Sent

WAIT_SECONDS_MAX = 1.0
"""A queue that is longer takes nobody any more."""

STALE_SECONDS = 5.0
"""A request that has waited so long for its batch is not begun: its client asks again. DRF's door waits as long."""

LOCK_TIMEOUT = "250ms"
"""A batch waits so long for a lock. Then its orders are tried by halves, and the last one alone."""

ALONE_THREADS = 2
IDLE_SECONDS = 0.05
"""A thread without work keeps its connection so long."""

COMPANY_MIN, GATHER_SECONDS = 4, 0.002

log = structlog.get_logger(__name__)
Serve = Callable[[Sequence[Sent]], None]
"""Settles the requests of a batch. What it raises becomes the outcome of those that it has left; without an error they
are served again, one by one and beside the batches."""
Alone = Callable[[Sent], None]


class Queue:
    """A lane: some threads that serve batches. Of one person, at most one request is served at a time, in their order.

    So a batch has one order of a wallet, no two batches wait for each other's wallets, and a flood of one person's
    orders delays nobody else's.
    """

    def __init__(
        self,
        name: str,
        serve: Serve,
        *,
        threads: int,
        most: int,
        alone: Alone | None = None,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        """`most` requests are a batch. With `alone`, which serves those that a batch has left, batches wait but shortly
        for a lock. `clock` tells seconds.
        """
        self._name, self._serve, self._threads, self._most, self._alone = name, serve, threads, most, alone
        self._lock_timeout = LOCK_TIMEOUT if alone else ""
        self._aside = ThreadPoolExecutor(ALONE_THREADS, thread_name_prefix=f"gateway-{name}-alone")
        self._clock = clock
        self._changed = Condition()
        self._waiting: defaultdict[object, deque[Sent]] = defaultdict(deque)
        """The requests of each person; the first one may be under way."""
        self._ready: deque[object] = deque()
        """The people whose next request may begin."""
        self._length = 0
        self._batch_seconds = 0.0
        """The time that a batch takes, as a moving average."""
        self._wanted = 1
        """So many people make it worth to wake a thread."""
        self._company, self._ended_at = 0, 0.0
        """The people who were there at the end of the last batch, and its time."""
        self._started = False

    def put(self, sent: Sent) -> None:
        """Queues a request. Raises Unavailable if it would wait longer than a second."""
        with self._changed:
            if not self._started:
                self._start()
            if self._is_too_long(len(self._waiting.get(sent.person, ()))):
                raise Unavailable
            waiting = self._waiting[sent.person]
            sent.queued_at = self._clock()
            waiting.append(sent)
            self._length += 1
            if len(waiting) == 1:
                self._ready.append(sent.person)
                if len(self._ready) >= self._wanted:
                    self._changed.notify()

    def _start(self) -> None:
        """At the first request, so after any fork."""
        self._started = True
        for number in range(self._threads):
            Thread(target=self._work, name=f"gateway-{self._name}-{number}", daemon=True).start()

    def _is_too_long(self, of_person: int) -> bool:
        batches = max(self._length / self._most / self._threads, of_person)
        if batches * self._batch_seconds > WAIT_SECONDS_MAX:
            return True
        oldest = self._waiting[self._ready[0]][0].queued_at if self._ready else None
        return oldest is not None and self._clock() - oldest > WAIT_SECONDS_MAX

    def _work(self) -> None:
        while True:
            with self._changed:
                is_busy = self._changed.wait_for(lambda: self._ready, timeout=IDLE_SECONDS)
            if not is_busy:
                self._give_back()
            with self._changed:
                while not self._ready:
                    self._changed.wait()
                self._gather()
                batch = self._take()
            self._run(batch)

    def _gather(self) -> None:
        """Waits a moment for those who were just answered: many of them send the next request at once.

        Without it, the batches of a crowd are one of a few and one of all the others, in turn.
        """
        if self._company < COMPANY_MIN or self._clock() - self._ended_at > GATHER_SECONDS:
            return
        self._wanted = min(self._company, self._most)
        self._changed.wait_for(lambda: len(self._ready) >= self._wanted, timeout=GATHER_SECONDS)
        self._wanted = 1

    def _take(self) -> list[Sent]:
        count = min(self._most, len(self._ready))
        return [self._waiting[self._ready.popleft()][0] for _ in range(count)]

    def _run(self, batch: list[Sent]) -> None:
        began = self._clock()
        fresh = [sent for sent in batch if began - sent.queued_at < STALE_SECONDS]
        try:
            if fresh:
                self._set_lock_timeout()
                self._serve(fresh)
        except Exception as error:
            for sent in fresh:
                sent.settle(error)
        if connection.errors_occurred:
            self._give_back()  # the next batch begins with another connection
        left = [sent for sent in fresh if sent.outcome is None]
        for sent in left:
            self._aside.submit(self._run_alone, sent)
        ended = [sent for sent in batch if sent not in left]
        for sent in ended:
            sent.settle(Unavailable())
        self._end(ended, self._clock() - began)

    def _run_alone(self, sent: Sent) -> None:
        """A request that waits for a lock waits here, with the time that the login has for it."""
        try:
            if self._alone is not None:
                self._alone(sent)
        except Exception as error:
            sent.settle(error)
        finally:
            try:
                connection.close()
            finally:
                sent.settle(Unavailable())
                self._end([sent], self._batch_seconds)

    def _end(self, batch: Sequence[Sent], seconds: float) -> None:
        with self._changed:
            self._batch_seconds += (seconds - self._batch_seconds) / 8
            self._company, self._ended_at = len(batch) + len(self._ready), self._clock()
            self._length -= len(batch)
            for sent in batch:
                waiting = self._waiting[sent.person]
                waiting.popleft()
                if waiting:
                    self._ready.append(sent.person)
                else:
                    del self._waiting[sent.person]
            if self._ready:
                self._changed.notify()  # the thread of batches may sleep while a request was served alone
        _deliver(batch)

    def _set_lock_timeout(self) -> None:
        """Once for a connection, which the thread keeps while there is work."""
        if self._lock_timeout and connection.connection is None:
            with connection.cursor() as cursor:
                cursor.execute("SELECT set_config('lock_timeout', %s, false)", [self._lock_timeout])

    def _give_back(self) -> None:
        """Lets the pool have the connection, as it was: others wait for locks as long as their login may."""
        driver = connection.connection
        if driver is None:
            return
        try:
            if self._lock_timeout:
                driver.execute("RESET lock_timeout")
        except psycopg.Error:
            log.debug("a connection was lost while it waited")
        finally:
            connection.close()


def _deliver(batch: Sequence[Sent]) -> None:
    by_loop: defaultdict[AbstractEventLoop, list[Sent]] = defaultdict(list)
    for sent in batch:
        by_loop[sent.loop].append(sent)
    for loop, settled in by_loop.items():
        if not loop.is_closed():
            loop.call_soon_threadsafe(_wake, settled)


def _wake(settled: Sequence[Sent]) -> None:
    for sent in settled:
        # A server may cancel the request of a client that has gone.
        if sent.outcome is not None and not sent.future.done():
            sent.future.set_result(sent.outcome)
