"""Optional collectors of errors (Sentry) and traces (OpenTelemetry). Nothing of them is imported without a setting."""

from collections.abc import Iterator, Mapping, MutableMapping
from contextlib import AbstractContextManager, contextmanager
from typing import Any, Protocol


class Span(Protocol):
    """What a request or a task tells its span at its end."""

    trace_id: str
    """In all its lines, to find them from the trace; empty without a collector."""

    def finish(self, name: str, facts: Mapping[str, Any], error: BaseException | None = None) -> None:
        """Names it, and keeps the facts of its line in the log."""


class Tracing(Protocol):
    """The spans of a process. The header `traceparent` carries a trace in, and out with the others of a task."""

    def request(self, traceparent: str) -> AbstractContextManager[Span]: ...

    def task(self, traceparent: str) -> AbstractContextManager[Span]: ...

    def pass_on(self, headers: MutableMapping[str, Any]) -> None: ...


class _Nothing:
    """No collector: nothing is kept."""

    trace_id = ""

    def finish(self, name: str, facts: Mapping[str, Any], error: BaseException | None = None) -> None:
        return

    @contextmanager
    def request(self, traceparent: str) -> Iterator["_Nothing"]:
        yield self

    task = request

    def pass_on(self, headers: MutableMapping[str, Any]) -> None:
        return


_tracing: Tracing = _Nothing()


def tracing() -> Tracing:
    """The present tracing; it does nothing unless OTEL_EXPORTER_OTLP_ENDPOINT is set."""
    return _tracing


def use_tracing(chosen: Tracing) -> None:
    """Called once, at the start of a process."""
    global _tracing  # noqa: PLW0603
    _tracing = chosen
