"""`ct status`: what runs, and whether the site answers."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict

from deploy.ct.backend import KEPT, Backend, Instance
from deploy.ct.console import Console
from deploy.ct.outcome import Exit
from deploy.ct.settings import Settings
from deploy.ct.smoke.web import Web


def status(settings: Settings, backend: Backend, console: Console) -> Exit:
    """Prints each process with its health. Returns FAULTS if one is missing or not well, or the site isn't ready."""
    url = settings.site_url
    found = sorted(backend.instances(), key=lambda item: (item.service, item.name))
    faults = faults_of(found, backend.wanted())
    site = _site(settings)
    value = {
        "environment": settings.name,
        "url": url,
        "ready": site == "ready",
        "instances": [asdict(item) | {"well": item.well} for item in found],
        "faults": faults,
    }
    lines = [
        f"{item.service:<12} {item.name:<40} {item.state:<10} {item.health or '-':<10} {item.release}" for item in found
    ]
    console.result(value, [*lines, *faults, f"{url}: {site}"])
    return Exit.DONE if not faults and site == "ready" else Exit.FAULTS


def faults_of(found: list[Instance], wanted: Mapping[str, int]) -> list[str]:
    """Returns a line for each service with too few processes, and for each process that isn't well.

    A server that is kept for a rollback has no traffic, so it doesn't count.
    """
    there = Counter(item.service for item in found if item.health != KEPT)
    ill = [item for item in found if not item.well and item.service != "migrate"]
    return [
        *(_too_few(name, there[name], count) for name, count in wanted.items() if there[name] < count),
        *(f"{item.name}: {item.state} {item.health}".rstrip() for item in ill),
    ]


def _too_few(service: str, number: int, wanted: int) -> str:
    return f"{service}: {number} of {wanted} run" if number else f"{service}: nothing runs"


def _site(settings: Settings) -> str:
    try:
        answer = Web.of(settings).get("/api/health/ready")
    except OSError as error:
        return f"doesn't answer: {error}"
    return "ready" if answer.status == 200 else f"not ready ({answer.status})"
