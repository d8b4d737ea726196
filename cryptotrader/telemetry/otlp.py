"""Sends traces by OTLP over HTTP: a request, the tasks that it enqueues, and the services that they call.

Each attribute of a span comes from the fields of the log's lines, so it obeys the same rules. The standard variables
`OTEL_…` say where to, how many (`OTEL_TRACES_SAMPLER`), and how often.
"""

import atexit
from collections.abc import Iterator, Mapping, MutableMapping, Sequence
from contextlib import contextmanager
from threading import Thread
from typing import Any

import structlog
from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult
from opentelemetry.trace import SpanKind, Status, StatusCode
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from accounts.domain.errors import Refusal
from accounts.tracing import use_tracer
from cryptotrader.logs.fields import FIELDS
from cryptotrader.logs.redaction import redacted
from cryptotrader.program import log_name
from cryptotrader.telemetry import use_tracing

log = structlog.get_logger(__name__)

NAMES = {"method": "http.request.method", "route": "http.route", "status": "http.response.status_code"}
"""OpenTelemetry's names of our fields; all others begin with `cryptotrader.`"""
STOP_SECONDS = 2.0
_CARRIER = TraceContextTextMapPropagator()


class QuietExporter(SpanExporter):
    """Says once that the collector is away, and once that it is back. Spans of the time between are lost."""

    def __init__(self, inner: SpanExporter) -> None:
        self._inner, self._away = inner, False

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        result = self._inner.export(spans)
        away = result is not SpanExportResult.SUCCESS
        if away != self._away:
            self._away = away
            log.warning("the collector of traces is away" if away else "the collector of traces is back")
        return result

    def shutdown(self) -> None:
        self._inner.shutdown()


class OtlpSpan:
    """The span of a request or a task."""

    def __init__(self, span: trace.Span) -> None:
        self._span = span
        self.trace_id = trace.format_trace_id(span.get_span_context().trace_id)

    def finish(self, name: str, facts: Mapping[str, Any], error: BaseException | None = None) -> None:
        self._span.update_name(name)
        for field, value in facts.items():
            reader = FIELDS.get(field)
            kept = reader(value) if reader and value is not None else None
            if kept is not None and field not in ("exception", "stack"):
                shown = kept if isinstance(kept, bool | int | float | str) else str(kept)
                self._span.set_attribute(NAMES.get(field, f"cryptotrader.{field}"), shown)
        if error is not None:
            fail(self._span, error)


def fail(span: trace.Span, error: BaseException) -> None:
    """Marks a span as failed, with the error's kind and its redacted text, and without its traceback."""
    span.set_status(Status(StatusCode.ERROR, type(error).__name__))
    span.add_event(
        "exception", {"exception.type": type(error).__name__, "exception.message": redacted(str(error), 300)}
    )


class OtlpTracing:
    """Makes the spans of this process."""

    def __init__(self, provider: TracerProvider) -> None:
        self._tracer = provider.get_tracer("cryptotrader")

    @contextmanager
    def request(self, traceparent: str) -> Iterator[OtlpSpan]:
        with self._span("request", SpanKind.SERVER, traceparent) as span:
            yield OtlpSpan(span)

    @contextmanager
    def task(self, traceparent: str) -> Iterator[OtlpSpan]:
        with self._span("task", SpanKind.CONSUMER, traceparent) as span:
            yield OtlpSpan(span)

    def pass_on(self, headers: MutableMapping[str, Any]) -> None:
        _CARRIER.inject(headers)

    @contextmanager
    def service(self, name: str) -> Iterator[None]:
        """The span of a service's call. A refusal is an answer, not a failure."""
        with self._tracer.start_as_current_span(name, record_exception=False, set_status_on_exception=False) as span:
            try:
                yield
            except Refusal as refusal:
                span.set_attribute("cryptotrader.code", refusal.code)
                raise
            except Exception as error:
                fail(span, error)
                raise

    @contextmanager
    def _span(self, name: str, kind: SpanKind, traceparent: str) -> Iterator[trace.Span]:
        with self._tracer.start_as_current_span(
            name,
            _CARRIER.extract({"traceparent": traceparent}),
            kind,
            record_exception=False,
            set_status_on_exception=False,
        ) as span:
            yield span


def start() -> None:
    """Begins to send the traces of this process, in a thread of its own. A collector that is away delays nothing."""
    resource = Resource.create({"service.name": f"cryptotrader-{log_name()}"})
    provider = TracerProvider(resource=resource, shutdown_on_exit=False)
    provider.add_span_processor(BatchSpanProcessor(QuietExporter(OTLPSpanExporter())))
    made = OtlpTracing(provider)
    use_tracing(made)
    use_tracer(made.service)
    atexit.register(_stop, provider)


def _stop(provider: TracerProvider) -> None:
    """Sends the rest, but doesn't wait long for a collector that is away."""
    sending = Thread(target=provider.shutdown, daemon=True)
    sending.start()
    sending.join(STOP_SECONDS)
