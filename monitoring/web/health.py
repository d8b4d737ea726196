"""Probes: `live` tells that the process answers, `ready` that it can work, dependency by dependency."""

from collections.abc import Mapping
from dataclasses import asdict

from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.domain.notation import write_instant
from monitoring.selectors import dependencies, index_ages


@require_safe
def live(request: HttpRequest) -> JsonResponse:
    return _answer(200, {"status": "live", "time": write_instant(timezone.now())})


@require_safe
def ready(request: HttpRequest) -> JsonResponse:
    """503 when PostgreSQL or Redis doesn't answer. A stale index stops only trading, so it is reported with 200."""
    now = timezone.now()
    asked = dependencies()
    healthy = all(dependency.healthy for dependency in asked)
    database = next(dependency for dependency in asked if dependency.name == "postgresql")
    ages = index_ages(now) if database.healthy else []
    body = {
        "status": "ready" if healthy else "unavailable",
        "time": write_instant(now),
        "dependencies": [asdict(dependency) for dependency in asked],
        "indexes": [
            {"instrument": a.instrument, "source": a.source, "age_seconds": a.seconds, "fresh": a.fresh} for a in ages
        ],
    }
    return _answer(200 if healthy else 503, body)


def _answer(status: int, body: Mapping[str, object]) -> JsonResponse:
    return JsonResponse(dict(body), status=status, headers={"Cache-Control": "no-store"})
