from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from monitoring.host.exposition import host_text
from monitoring.host.neighbours import is_near
from monitoring.metrics import PLATFORM


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Serves the metrics of this host and of the platform: to METRICS_NETWORKS only, and never through a proxy."""
    if not is_near(request.META.get("REMOTE_ADDR", ""), request.headers, settings.METRICS_NETWORKS):
        raise Http404
    return HttpResponse([host_text(), generate_latest(PLATFORM)], content_type=CONTENT_TYPE_LATEST)
