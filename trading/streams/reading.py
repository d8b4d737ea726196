"""Reads of the database for sockets: a few threads of their own, and one read for all who ask at the same time."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from itertools import islice
from typing import Generic, TypeVar
from weakref import WeakKeyDictionary

from django.db import close_old_connections

Key = TypeVar("Key")
Found = TypeVar("Found")

THREADS = 4
"""Each uses a connection of the pool."""


@cache
def _threads() -> ThreadPoolExecutor:
    """Few: a flood of sockets must leave connections and processor time to requests. Made late, after any fork."""
    return ThreadPoolExecutor(THREADS, thread_name_prefix="stream")


async def read(reading: Callable[[], Found]) -> Found:
    """Run a function that reads the database in one of the threads."""

    def with_connection() -> Found:
        close_old_connections()
        try:
            return reading()
        finally:
            close_old_connections()

    return await asyncio.get_running_loop().run_in_executor(_threads(), with_connection)


class PerLoop(Generic[Found]):
    """One object for each event loop, made when it is first asked for."""

    def __init__(self, make: Callable[[], Found]) -> None:
        self._make = make
        self._made: WeakKeyDictionary[asyncio.AbstractEventLoop, Found] = WeakKeyDictionary()

    def __call__(self) -> Found:
        loop = asyncio.get_running_loop()
        if loop not in self._made:
            self._made[loop] = self._make()
        return self._made[loop]


class Batches(Generic[Key, Found]):
    """Reads for many at once. Who asks while a read is under way waits for the next one, which serves all of them.

    So an answer is never older than its question, and a thousand questions cost a few queries.
    """

    def __init__(self, reading: Callable[[Sequence[Key]], Mapping[Key, Found]], *, most: int) -> None:
        """`reading` finds an answer for each of at most `most` keys."""
        self._reading = reading
        self._most = most
        self._waiting: dict[Key, asyncio.Future[Found]] = {}
        self._working: asyncio.Task[None] | None = None

    async def get(self, key: Key) -> Found:
        """The answer for this key. Raises what the read raised."""
        answer = self._waiting.get(key)
        if answer is None:
            answer = self._waiting[key] = asyncio.get_running_loop().create_future()
        if self._working is None:
            self._working = asyncio.create_task(self._work())
        return await asyncio.shield(answer)  # others may wait for it too

    async def _work(self) -> None:
        try:
            while self._waiting:
                taken = dict(islice(self._waiting.items(), self._most))
                for key in taken:
                    del self._waiting[key]
                await self._answer(taken)
        finally:
            self._working = None

    async def _answer(self, taken: Mapping[Key, "asyncio.Future[Found]"]) -> None:
        try:
            found = await read(lambda: self._reading(list(taken)))
        except Exception as error:  # each asker decides about it
            for answer in taken.values():
                answer.set_exception(error)
                answer.exception()  # an asker who has left can't look at it
            return
        for key, answer in taken.items():
            answer.set_result(found[key])
