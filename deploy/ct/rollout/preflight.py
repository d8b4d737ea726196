"""What must be well before a deployment begins. It changes nothing."""

import json
import shlex
from collections.abc import Iterator

from deploy.ct.outcome import Stopped
from deploy.ct.programs import run
from deploy.ct.rollout.stage import Server, Stage
from deploy.ct.rollout.state import State
from deploy.ct.settings import ROOT, Settings
from deploy.ct.smoke.web import Web

BACKUP_HOURS_MAX = "26"
"""One is made each night; it may take a while."""
LOOKS = 3
READY = "/api/health/ready"


def faults(stage: Stage, settings: Settings, state: State) -> Iterator[str]:
    """Yields each reason not to deploy now, with its remedy."""
    free, least = stage.free_bytes() / 10**9, float(settings.get("CT_DISK_FREE_MIN_GB", "2"))
    if free < least:
        yield f"only {free:.1f} GB are free, fewer than {least:g} (CT_DISK_FREE_MIN_GB)"
    if state.live is not None:
        servers = stage.servers(state.live.colour)
        for server in servers:
            yield from of_server(stage, server)
        if servers:  # after `ct down` none answers
            yield from _of_the_site(settings)
        yield from of_backups(stage, settings)
    if lint := settings.get("CT_MIGRATION_LINT"):
        yield from _of_migrations(lint)


def of_server(stage: Stage, server: Server) -> Iterator[str]:
    """Yields why a server of the running release isn't ready. On a busy host a single answer may be late."""
    reason = None
    for _ in range(LOOKS):
        reason = stage.readiness(server)
        if not reason:
            return
    yield f"{server.name} of the running release is not ready: {reason}"


def _of_the_site(settings: Settings) -> Iterator[str]:
    """The site's own faults."""
    try:
        answer = Web.of(settings).get(READY)
        told = answer.body.get("faults", []) if answer.status == 200 else [{"code": f"{answer.status}"}]
    except (OSError, ValueError) as error:
        yield f"{settings.site_url} doesn't answer: {error}"
        return
    for fault in told:
        yield f"the running site has the fault {fault['code']} {fault.get('about', '')}".rstrip()


def of_backups(stage: Stage, settings: Settings) -> Iterator[str]:
    """Yields why the last backup would be of little help. 0 hours: others make backups, and watch them."""
    most = float(settings.get("CT_BACKUP_HOURS_MAX", "0" if settings.is_development else BACKUP_HOURS_MAX))
    if not most:
        return
    try:
        told = json.loads(stage.ask(["backup", "--last", "--json"]))
        name, hours = told["name"], told["age_hours"]
    except (Stopped, ValueError, KeyError, TypeError) as error:
        yield f"the running release doesn't tell its last backup: {error}"
        return
    if name is None:
        yield "there is no backup: `ct backup` makes one (CT_BACKUP_HOURS_MAX)"
    elif hours > most:
        yield f"{name} is the last backup, {hours:.0f} hours old, more than {most:g} (CT_BACKUP_HOURS_MAX): `ct backup`"


def _of_migrations(command: str) -> Iterator[str]:
    try:
        run(shlex.split(command), environ={}, directory=ROOT)
    except Stopped as error:
        yield f"the check of the migrations (CT_MIGRATION_LINT) failed: {error}"
