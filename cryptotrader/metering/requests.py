"""Counts the requests of the order gateway in the metrics of all requests (django_prometheus)."""

from functools import lru_cache
from typing import Any

from django_prometheus.middleware import Metrics
from rest_framework.response import Response

from trading.gateway.sent import Sent


@lru_cache(maxsize=1)
def _metrics() -> Any:
    return Metrics.get_instance()


@lru_cache(maxsize=1000)
def _alike(view: str, method: str, status: str) -> tuple[Any, ...]:
    """The counters of requests that are alike: to find them costs more than to count."""
    metrics = _metrics()
    return (
        metrics.requests_total,
        metrics.responses_total,
        metrics.requests_by_method.labels(method=method),
        metrics.requests_by_transport.labels(transport="http"),
        metrics.requests_by_view_transport_method.labels(view=view, transport="http", method=method),
        metrics.responses_by_templatename.labels(templatename="None"),
        metrics.responses_by_status.labels(status=status),
        metrics.responses_by_status_view_method.labels(status=status, view=view, method=method),
        metrics.responses_by_charset.labels(charset="utf-8"),
    )


@lru_cache(maxsize=100)
def _latency(view: str, method: str) -> Any:
    return _metrics().requests_latency_by_view_method.labels(view=view, method=method)


def count(sent: Sent, answer: Response, length: int, seconds: float) -> None:
    """Counts a request that has been answered."""
    view, method = sent.route.view, sent.route.method
    for counter in _alike(view, method, str(answer.status_code)):
        counter.inc()
    metrics = _metrics()
    metrics.requests_body_bytes.observe(int(sent.headers.get("content-length") or 0))
    metrics.responses_body_bytes.observe(length)
    metrics.requests_latency_before.observe(seconds)
    _latency(view, method).observe(seconds)
