"""Probes: `live` tells that the process answers, `ready` that it can work, dependency by dependency."""

from collections.abc import Mapping
from dataclasses import asdict

from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.domain.notation import write_instant
from monitoring.services.check_health import check_health


@require_safe
def live(request: HttpRequest) -> JsonResponse:
    return _answer(200, {"status": "live", "time": write_instant(timezone.now())})


@require_safe
def ready(request: HttpRequest) -> JsonResponse:
    """503 when PostgreSQL or Redis doesn't answer, or this server's clock is wrong.

    A stale index stops only trading, so it is reported with 200. A server with a wrong clock refuses orders that others
    take.
    """
    health = check_health(clock=timezone.now)
    own = health.clock
    body = {
        "status": "ready" if health.is_ready else "unavailable",
        "time": write_instant(timezone.now()),
        "dependencies": [asdict(dependency) for dependency in health.dependencies],
        "indexes": [
            {"instrument": a.instrument, "source": a.source, "age_seconds": a.seconds, "fresh": a.fresh}
            for a in health.indexes
        ],
        "clock": {"ahead_seconds": own.ahead.total_seconds(), "right": own.is_right} if own else None,
        "faults": [asdict(fault) for fault in health.faults],
    }
    return _answer(200 if health.is_ready else 503, body)


def _answer(status: int, body: Mapping[str, object]) -> JsonResponse:
    return JsonResponse(dict(body), status=status, headers={"Cache-Control": "no-store"})
