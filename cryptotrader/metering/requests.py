"""Counts the requests of the order gateway in the metrics of all requests (django_prometheus)."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from django_prometheus.middleware import Metrics

from trading.gateway.site import Told


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


def count(answered: Sequence[Told]) -> None:
    """Counts requests that have been answered: each counter once for all that are alike."""
    metrics = _metrics()
    for (view, method, status), many in Counter(map(_kind, answered)).items():
        for counter in _alike(view, method, status):
            counter.inc(many)
    for each in answered:
        error = getattr(each.answer, "log_error", None)
        if error is not None:
            metrics.exceptions_by_type.labels(type=type(error).__name__).inc()
            metrics.exceptions_by_view.labels(view=each.sent.route.view).inc()
    _observe(metrics.requests_body_bytes, [int(each.sent.headers.get("content-length") or 0) for each in answered])
    _observe(metrics.responses_body_bytes, [each.length for each in answered])
    _observe(metrics.requests_latency_before, [each.seconds for each in answered])
    for view, method in {_kind(each)[:2] for each in answered}:
        _observe(_latency(view, method), [each.seconds for each in answered if _kind(each)[:2] == (view, method)])


def _kind(each: Told) -> tuple[str, str, str]:
    route = each.sent.route
    return route.view, route.method, str(each.answer.status_code)


def _observe(histogram: Any, amounts: Sequence[float]) -> None:
    """As `Histogram.observe` of each, by as many additions as there are buckets among them."""
    histogram._sum.inc(sum(amounts))
    for bucket, many in Counter(bisect_left(histogram._upper_bounds, amount) for amount in amounts).items():
        histogram._buckets[bucket].inc(many)
