"""Counts each answer by its view, its method and its status."""

from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django_prometheus.middleware import PrometheusAfterMiddleware, Time

from cryptotrader.requests.routes import is_static, match_of


class AnswersMiddleware(PrometheusAfterMiddleware):  # type: ignore[misc]  # it has no types
    """Stands before all middlewares that answer instead of a view, so that their refusals are counted as well: a site
    that turns everybody away is not available. The latency is that of the whole request, waiting included.

    Files aren't counted: they would hide the answers that cost something.
    """

    async_capable = False  # as all of ours

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        answer: HttpResponseBase = (self.get_response if is_static(request) else super().__call__)(request)
        return answer

    def process_request(self, request: Any) -> None:
        try:
            super().process_request(request)
        except ValueError:  # the length of the body is no number: the request is refused as unreadable
            request.prometheus_after_middleware_event = Time()

    def label_metric(self, metric: Any, request: Any, response: Any = None, **labels: Any) -> Any:
        """A method that nobody knows has one name: the caller could make as many series as there are words."""
        if "method" in labels:
            labels["method"] = self._method(request)
        return super().label_metric(metric, request, response, **labels)

    def _get_view_name(self, request: HttpRequest) -> str:
        match = match_of(request)
        return (match and match.view_name) or "<unnamed view>"
