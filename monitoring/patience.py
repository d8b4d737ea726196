"""Questions to dependencies that may hang: bounded in time, one under way at most, one answer for all who ask."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Lock
from time import monotonic
from typing import Generic, TypeVar

T = TypeVar("T")


class Single(Generic[T]):
    """Asks in one thread of its own. Who asks while a question is under way waits for its answer.

    So a dependency that hangs for ever costs this process one thread, however often somebody asks.
    """

    def __init__(self, name: str) -> None:
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix=f"ask-{name}")
        self._lock = Lock()
        self._under_way: Future[T] | None = None

    def ask(self, question: Callable[[], T]) -> Future[T]:
        """Ask, unless a question is under way; return the answer to come."""
        with self._lock:
            if self._under_way is None or self._under_way.done():
                self._under_way = self._thread.submit(question)
            return self._under_way


class Recent(Generic[T]):
    """An answer, kept for some seconds. Those who come while it is asked for wait, and get the same."""

    def __init__(self, seconds: float, clock: Callable[[], float] = monotonic) -> None:
        self._seconds, self._clock = seconds, clock
        self._lock = Lock()
        self._kept: tuple[float, T] | None = None

    def get(self, question: Callable[[], T]) -> T:
        """The answer, asked for within the last seconds or now. Raises the question's errors, and keeps none."""
        with self._lock:
            if self._kept is None or self._clock() - self._kept[0] >= self._seconds:
                answer = question()
                self._kept = self._clock(), answer
            return self._kept[1]

    def forget(self) -> None:
        """The next one asks anew."""
        with self._lock:
            self._kept = None
