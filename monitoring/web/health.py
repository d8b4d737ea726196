"""Probes: `live` tells that the process answers, `ready` that it can work, dependency by dependency."""

from collections.abc import Mapping

from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.domain.notation import write_instant
from monitoring.services.check_health import recent_health
from monitoring.wire import health as wire_health
from trading.streams.draining import is_draining


@require_safe
def live(request: HttpRequest) -> JsonResponse:
    return _answer(200, {"status": "live", "time": write_instant(timezone.now())})


@require_safe
def ready(request: HttpRequest) -> JsonResponse:
    """503 when requests should go to other servers: see `Health.is_ready`. All other faults are told with 200."""
    if is_draining():
        return _answer(503, {"status": "draining", "time": write_instant(timezone.now())})
    health = recent_health(clock=timezone.now)
    told = {"time": write_instant(timezone.now()), **wire_health.health(health)}
    return _answer(200 if health.is_ready else 503, told)


def _answer(status: int, body: Mapping[str, object]) -> JsonResponse:
    return JsonResponse(dict(body), status=status, headers={"Cache-Control": "no-store"})
