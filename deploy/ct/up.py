"""`ct up`: from a clone to a running site. It may be killed at any step, and run again."""

import time
from collections.abc import Callable, Sequence

from deploy.ct import failover, files
from deploy.ct.backend import Whole
from deploy.ct.console import Console
from deploy.ct.keys import keep_secrets
from deploy.ct.outcome import Stopped
from deploy.ct.proxy import Proxy, render
from deploy.ct.releases import note_parts, note_release
from deploy.ct.rollout.state import Journal
from deploy.ct.settings import Settings
from deploy.ct.smoke.web import Web
from deploy.ct.targets import expected, write_exporters, write_targets
from deploy.ct.tls import certified_hosts, keep_certificate
from deploy.ct.upstreams import upstreams, write_upstreams

READY_SECONDS = 60
POOLS = {"web": ["web:8000"], "stream": ["stream:8000"]}


def up(settings: Settings, backend: Whole, console: Console, release: str, parts: Sequence[str] = ()) -> None:
    """Starts everything and waits until the site answers over TLS. Raises Stopped with the reason if it doesn't."""
    url = settings.site_url
    console.say(f"{settings.name}: release {release}, Docker Compose {backend.check()}")
    if console.would("make the missing secrets, and nginx's configuration"):
        prepare(settings, console)
        note_parts(settings, parts)
    backend.obtain(release)
    if not (settings.state / "tls" / "site.crt").exists() and console.would("make a certificate for tests"):
        keep_certificate(settings.state / "tls", backend.certificate(release, certified_hosts(settings)))
    backend.start_stores()
    backend.migrate(release)
    if not settings.is_development:
        backend.check_deployment(release)
    backend.start(release)
    backend.reload_proxy()
    if console.would(f"wait until {url} is ready"):
        wait_until_ready(settings)
        note_release(settings, release)
    if not console.dry:
        console.result({"environment": settings.name, "release": release, "url": url}, _welcome(settings))


def prepare(settings: Settings, console: Console) -> None:
    """Makes what the containers mount, in a directory that only the operator can enter."""
    files.private(settings.state)
    deployed = Journal(settings.state).deployed
    for name in keep_secrets(settings.state / "secrets", ha=settings.is_ha, deployed=deployed):
        console.say(f"    made {settings.state / 'secrets' / name}")
    directory = settings.state / "nginx"
    for open_directory in (directory, settings.state / "tls", settings.state / "acme"):
        files.readable(open_directory)
    if settings.is_ha:
        files.write(files.readable(settings.state / "haproxy") / "haproxy.cfg", failover.haproxy())
    targets = files.readable(settings.state / "targets")
    write_exporters(targets, settings.host)
    write_targets(targets, expected(settings))
    render(directory, settings, Proxy())
    write_upstreams(directory, upstreams(POOLS, resolver=resolver(settings)))


def resolver(settings: Settings) -> str:
    """Returns the name server that nginx asks for addresses again and again: Docker's, unless NGINX_RESOLVER is off."""
    address = settings.get("NGINX_RESOLVER", "127.0.0.11")
    return "" if address == "off" else address


def wait_until_ready(settings: Settings, *, wait: Callable[[float], None] = time.sleep) -> None:
    """Waits until the site is ready. Raises Stopped with its last answer after a minute."""
    web = Web.of(settings)
    last = ""
    for _ in range(READY_SECONDS):
        try:
            answer = web.get("/api/health/ready")
        except OSError as error:
            last = str(error)
        else:
            if answer.status == 200:
                return
            last = f"{answer.status} {answer.text[:300]}"
        wait(1)
    raise Stopped(f"{settings.site_url} is not ready: {last}")


def _welcome(settings: Settings) -> list[str]:
    command = "deploy/bin/ct" + ("" if settings.is_development else f" --env {settings.name}")
    lines = [
        f"Ready: {settings.site_url}/",
        f"The first member of staff:  {command} manage createsuperuser",
        f"                            {command} manage vouch_for_email EMAIL",
        f"Is it well?                 {command} status; {command} smoke; {command} doctor",
    ]
    if (settings.state / "tls" / "authority.crt").exists():
        lines.append(f"The certificate is for tests; its authority: {settings.state / 'tls' / 'authority.crt'}")
    return lines
