from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from threading import Lock

import structlog

log = structlog.get_logger(__name__)


class Handoff:
    """Makes calls in its own thread, one after the other, so that a slow queue never delays a price.

    It neither waits nor raises. It logs the first failure, and the first success after it; `what` names the call there.
    A symbol whose call still waits isn't queued twice: one call serves all that is due by then.
    """

    def __init__(self, call: Callable[[str], object], *, what: str = "settlement") -> None:
        self._call = call
        self._what = what
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="handoff")
        self._waiting: set[str] = set()
        self._guard = Lock()
        self._failing = False

    def __call__(self, symbol: str) -> None:
        with self._guard:
            if symbol in self._waiting:
                return
            self._waiting.add(symbol)
        self._thread.submit(copy_context().run, self._run, symbol)  # with the trace of its second

    def close(self) -> None:
        """Finish the call under way and drop the others: the sweep does their work."""
        self._thread.shutdown(wait=True, cancel_futures=True)

    def _run(self, symbol: str) -> None:
        with self._guard:
            self._waiting.discard(symbol)
        try:
            self._call(symbol)
        except Exception as error:
            if not self._failing:
                log.warning(f"{self._what} can't be asked for", instrument=symbol, error=str(error))
            self._failing = True
        else:
            if self._failing:
                log.info(f"{self._what} is asked for again")
            self._failing = False
