"""`ct doctor`: faults of this host and of this environment, each with its remedy. It changes nothing."""

import shutil
import stat
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from deploy.ct.backend import Backend
from deploy.ct.console import Console
from deploy.ct.keys import KEYS, LOGINS, PUT_BACK, is_key
from deploy.ct.outcome import Exit, Stopped
from deploy.ct.rollout.state import Journal
from deploy.ct.settings import Settings
from deploy.ct.smoke.certificate import expiry
from deploy.ct.smoke.web import Web
from deploy.ct.status import faults_of

FREE_BYTES_MIN = 10 * 10**9
EXPIRY_DAYS_MIN = 21


def doctor(settings: Settings, backend: Backend, console: Console) -> Exit:
    """Prints the faults. Returns FAULTS if there is one."""
    found = [
        fault
        for look in (_place, _settings, _secrets, _disk, _processes, _certificate)
        for fault in _safely(look, settings, backend)
    ]
    console.result({"environment": settings.name, "faults": found}, found or ["no faults"])
    return Exit.FAULTS if found else Exit.DONE


Look = Callable[[Settings, Backend], Iterator[str]]


def _safely(look: Look, settings: Settings, backend: Backend) -> list[str]:
    try:
        return list(look(settings, backend))
    except (Stopped, OSError) as error:
        return [str(error)]


def _place(settings: Settings, backend: Backend) -> Iterator[str]:
    version = backend.check()
    if not _in_containers(settings):
        return
    if tuple(int(part) for part in version.lstrip("v").split("-")[0].split(".")[:2]) < (2, 20):
        yield f"Docker Compose {version} is older than 2.20: it can't wait for health"


def _in_containers(settings: Settings) -> bool:
    return settings.get("CT_BACKEND", "compose") == "compose"


def _settings(settings: Settings, backend: Backend) -> Iterator[str]:
    settings.site_url  # noqa: B018  (raises with the reason)
    if not settings.is_development and settings.get("EMAIL_PROVIDER") in ("", "console", "file"):
        yield "EMAIL_PROVIDER is not set: nobody can sign up"


def _secrets(settings: Settings, backend: Backend) -> Iterator[str]:
    directory = settings.state / "secrets"
    if not directory.exists():
        yield f"{directory} is missing: `ct up` makes it"
        return
    if stat.S_IMODE(directory.stat().st_mode) != 0o700:
        yield f"{directory} is open to others: chmod 700"
    passwords = [f"postgres_{login}_password" for login in LOGINS] if _in_containers(settings) else []
    for name in (*KEYS, *passwords):
        if not is_key(directory / name):
            lost = name in KEYS and Journal(settings.state).deployed
            start = "up" if _in_containers(settings) else "deploy"
            yield f"{directory / name} is missing or short: {PUT_BACK if lost else f'delete it, and run `ct {start}`'}"


def _disk(settings: Settings, backend: Backend) -> Iterator[str]:
    free = shutil.disk_usage(settings.state if settings.state.exists() else Path.cwd()).free
    if free < FREE_BYTES_MIN:
        yield f"only {free / 10**9:.1f} GB are free: a month of prices takes about 12 GB"


def _processes(settings: Settings, backend: Backend) -> Iterator[str]:
    yield from faults_of(backend.instances(), backend.wanted())


def _certificate(settings: Settings, backend: Backend) -> Iterator[str]:
    web = Web.of(settings)
    days = (expiry(web) - datetime.now(UTC)).days
    if days < EXPIRY_DAYS_MIN:
        yield f"the certificate ends in {days} days: put a new one into {settings.state / 'tls'}, and run `ct up`"
    if web.authority and not settings.is_development:
        yield "the certificate is for tests: put your own into tls/site.crt and site.key, and remove tls/authority.crt"
