import ipaddress

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe
from django_prometheus.exports import ExportToDjangoView

# Each of these headers shows that the client uses a proxy.
PROXY_HEADERS = {"X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-Ip", "Forwarded", "Via"}


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Serves metrics to Prometheus: only to the networks in METRICS_NETWORKS, and never through a proxy."""
    if not PROXY_HEADERS.isdisjoint(request.headers) or not _near(request.META.get("REMOTE_ADDR", "")):
        raise Http404
    response: HttpResponse = ExportToDjangoView(request)
    return response


def _near(address: str) -> bool:
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return False
    return any(ip in network for network in settings.METRICS_NETWORKS)
