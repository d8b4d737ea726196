"""What must be well before a deployment begins. It changes nothing."""

import shlex
from collections.abc import Iterator

from deploy.ct.outcome import Stopped
from deploy.ct.programs import run
from deploy.ct.rollout.stage import Stage
from deploy.ct.rollout.state import State
from deploy.ct.settings import ROOT, Settings
from deploy.ct.smoke.web import Web

READY = "/api/health/ready"


def faults(stage: Stage, settings: Settings, state: State) -> Iterator[str]:
    """Yields each reason not to deploy now, with its remedy."""
    free, least = stage.free_bytes() / 10**9, float(settings.get("CT_DISK_FREE_MIN_GB", "2"))
    if free < least:
        yield f"only {free:.1f} GB are free, fewer than {least:g} (CT_DISK_FREE_MIN_GB)"
    if state.live is not None:
        for server in stage.servers(state.live.colour):
            if reason := stage.readiness(server):
                yield f"{server.name} of the running release is not ready: {reason}"
        yield from _of_the_site(settings)
    if lint := settings.get("CT_MIGRATION_LINT"):
        yield from _of_migrations(lint)


def _of_the_site(settings: Settings) -> Iterator[str]:
    """The site's own faults. One of them is the age of the last backup."""
    try:
        answer = Web.of(settings).get(READY)
        told = answer.body.get("faults", []) if answer.status == 200 else [{"code": f"{answer.status}"}]
    except (OSError, ValueError) as error:
        yield f"{settings.site_url} doesn't answer: {error}"
        return
    for fault in told:
        yield f"the running site has the fault {fault['code']} {fault.get('about', '')}".rstrip()


def _of_migrations(command: str) -> Iterator[str]:
    try:
        run(shlex.split(command), environ={}, directory=ROOT)
    except Stopped as error:
        yield f"the check of the migrations (CT_MIGRATION_LINT) failed: {error}"
