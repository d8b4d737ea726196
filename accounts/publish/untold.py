"""Remembers the topics whose news Redis did not take, until every stream process was told of them."""

from collections.abc import Callable, Collection, Iterable
from threading import Event, Lock, Thread, main_thread
from time import monotonic

RETRY_SECONDS = 0.25
LAST_TRIES_SECONDS = 5.0
"""A command that ends waits this long for Redis, so that its last news is not lost without a trace."""


class Untold:
    """The topics with lost news of one process. A thread of its own tells of them, as soon as Redis takes a message."""

    def __init__(self, tell: Callable[[Collection[str]], bool]) -> None:
        """`tell` publishes a mark for these topics, and returns whether Redis took it."""
        self._tell_of = tell
        self._lock = Lock()
        self._topics: set[str] = set()
        self._thread: Thread | None = None
        self._pause = Event()

    def add(self, topics: Iterable[str]) -> None:
        """Remember these topics, and tell of them later. It returns at once."""
        with self._lock:
            self._topics.update(topics)
            if self._topics and self._thread is None:
                self._thread = Thread(target=self._tell, name="untold news", daemon=False)
                self._thread.start()

    def _tell(self) -> None:
        give_up_at: float | None = None
        while topics := self._take():
            if self._tell_of(topics):
                continue
            with self._lock:
                self._topics |= topics
            if give_up_at is None and not main_thread().is_alive():
                give_up_at = monotonic() + LAST_TRIES_SECONDS
            if give_up_at is not None and monotonic() > give_up_at:
                return
            self._pause.wait(RETRY_SECONDS)

    def _take(self) -> set[str]:
        """The topics of the next message. Without any, this thread ends, and a later `add` starts another."""
        with self._lock:
            taken, self._topics = self._topics, set()
            if not taken:
                self._thread = None
            return taken
