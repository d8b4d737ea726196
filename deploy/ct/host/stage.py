"""The processes of this host as a place for rollouts (deploy/ct/rollout/stage.py)."""

import shutil
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from deploy.ct import files
from deploy.ct.backend import DATABASE_TOO, SETTINGS_CHECK
from deploy.ct.host.environment import environment, fingerprint
from deploy.ct.host.health import Health, as_server
from deploy.ct.host.install import Installed
from deploy.ct.host.nginx import Nginx
from deploy.ct.host.processes import Processes, Record
from deploy.ct.host.sockets import connections_to, is_taken
from deploy.ct.keys import keep_keys
from deploy.ct.outcome import Exit, Stopped
from deploy.ct.programs import run
from deploy.ct.rollout.log import Request, requests_in
from deploy.ct.rollout.prometheus import Prometheus
from deploy.ct.rollout.stage import BACKGROUND, BEAT, SERVERS, Server
from deploy.ct.rollout.state import Colour, Journal, Serving
from deploy.ct.settings import Settings
from deploy.ct.targets import Target, write_targets
from deploy.ct.tls import certified_hosts, keep_certificate
from deploy.ct.upstreams import upstreams

LOG_BYTES = 20_000_000
PORTS_A_POOL = 10
METRICS_PORT = 40
"""Of the beat, after CT_PORT_BASE: it also tells the metrics of the other processes without pages."""


class Host:
    """This host. Ports: CT_PORT_BASE (8100) and the 40 after it."""

    def __init__(self, settings: Settings, *, wait: Callable[[float], None] = time.sleep) -> None:
        self.settings, self._wait = settings, wait
        self.processes = Processes(settings.state, wait=wait)
        self.health = Health(settings, self.processes, wait=wait)
        self.installed = Installed(settings)
        self.nginx = Nginx(settings, wait=wait)
        self._base = settings.port("CT_PORT_BASE", 8100, more=METRICS_PORT)

    def prepare(self) -> None:
        """Makes the keys, and nginx's files; for development a certificate for tests, by the first release."""
        keep_keys(self.settings.state / "secrets", deployed=Journal(self.settings.state).deployed)
        for service in self.counts():
            environment(self.settings, service)
        self.nginx.configure()

    def counts(self) -> dict[str, int]:
        return {
            service: self.settings.whole(
                f"{service.upper()}_REPLICAS", 1, least=1, most=1 if service == BEAT else PORTS_A_POOL
            )
            for service in (*SERVERS, *BACKGROUND, BEAT)
        }

    def certify(self, release: str) -> None:
        """Makes a certificate for tests if there is none."""
        tls = self.settings.state / "tls"
        if not (tls / "site.crt").exists():
            words = ["-m", "cryptotrader.start", "certificate", *certified_hosts(self.settings)]
            keep_certificate(tls, self._run(release, words, "web", capture=True))

    def obtain(self, release: str) -> None:
        self.installed.install(release)
        self.certify(release)

    def check_settings(self, release: str) -> None:
        """Outside development. Raises Stopped if one is missing or unsafe."""
        if not self.settings.is_development:
            self._run(release, ["manage.py", *SETTINGS_CHECK, *DATABASE_TOO], "web")

    def migrate(self, release: str) -> None:
        if not self.settings.is_development:  # before it, too: with DJANGO_DEBUG it would make demo data
            self._run(release, ["manage.py", *SETTINGS_CHECK], "web")
        self._run(release, ["-m", "cryptotrader.start", "migrate"], "migrate")
        self.check_settings(release)

    def start(self, serving: Serving, counts: Mapping[str, int], *, idle: bool = False) -> None:
        wanted = [
            self._server(service, serving, index)
            for service in SERVERS
            for index in range(1, counts.get(service, 1) + 1)
        ]
        self._refuse_taken([*wanted, self._background(BEAT, serving.release, 1)])
        today = {service: fingerprint(environment(self.settings, service)) for service in SERVERS}
        for record in self._of_colour(serving.colour):
            index = int(record.name.rpartition("-")[2])
            # One that never became ready has no clients either: with mended settings it may begin anew.
            changed = record.begun_with != today[record.service]
            is_stale = changed and (idle or not self.health.is_well(record))
            if is_stale or record.release != serving.release or index > counts.get(record.service, 1):
                self.processes.stop(record)
        for record in wanted:
            self._prepared(record)()

    def servers(self, colour: Colour) -> Sequence[Server]:
        return [as_server(record) for record in self._of_colour(colour)]

    def readiness(self, server: Server) -> str | None:
        return self.health.readiness(server)

    def route(self, pools: Mapping[str, Sequence[str]], choice: str) -> None:
        self.nginx.route(upstreams(pools, choice=choice))

    def drain(self, server: Server, *, undo: bool = False) -> None:
        file = self.processes.directory(server.name) / "draining"
        if undo:
            file.unlink(missing_ok=True)
        else:
            file.touch()

    def connections(self, server: Server) -> int:
        return connections_to(int(server.address.partition(":")[2]))

    def stop(self, server: Server) -> None:
        for record in self.processes.running():
            if record.name == server.name:
                self.processes.stop(record)

    def restart(self, server: Server) -> None:
        for record in self.processes.running():
            if record.name == server.name:
                start = self._prepared(record)
                self.processes.stop(record)
                start()

    def replace(self, service: str, release: str, count: int) -> None:
        wanted = [self._background(service, release, index) for index in range(1, count + 1)]
        others = [record for record in self._of_service(service) if record not in wanted]
        starts = [self._prepared(record) for record in wanted]
        if service == BEAT:
            self._refuse_taken(wanted)
            self._stop_all(others)
        for start in starts:
            start()
        self.health.wait_until_well(wanted)
        self._stop_all(others)

    def number(self, service: str, release: str) -> int:
        found = self._of_service(service)
        return len(found) if all(record.release == release for record in found) else 0

    def well(self, service: str, release: str) -> bool:
        found = self._of_service(service)
        return bool(found) and all(record.release == release and self.health.is_well(record) for record in found)

    def restart_background(self, service: str) -> None:
        for record in self._of_service(service):
            start = self._prepared(record)
            self.processes.stop(record)
            start()
            self.health.wait_until_well([record])

    def free_bytes(self) -> int:
        return shutil.disk_usage(self.settings.state).free

    def write_targets(self) -> None:
        servers = [record for record in self.processes.running() if record.service in SERVERS]
        ours = [Target(record.service, f"127.0.0.1:{record.port}", record.colour) for record in servers]
        background = Target("background", f"127.0.0.1:{self._base + METRICS_PORT}")
        write_targets(files.readable(self.settings.state / "targets"), [*ours, background])

    def prometheus(self) -> Prometheus | None:
        given = self.settings.get("CT_PROMETHEUS")
        return Prometheus(given) if given else None

    def ask(self, command: Sequence[str]) -> str:
        return self._run(self.live_release(), ["manage.py", *command], "web", capture=True)

    def requests(self, since: float) -> Sequence[Request]:
        if not self.nginx.log.exists():
            return []
        with self.nginx.log.open("rb") as file:
            file.seek(max(0, file.seek(0, 2) - LOG_BYTES))
            return requests_in(file.read().decode("utf-8", "replace"), since)

    def live_release(self) -> str:
        """Returns it by the journal, whether it runs now or not. Raises Stopped if there is none."""
        live = Journal(self.settings.state).read().live
        if live is None:
            raise Stopped("nothing is deployed here: `ct deploy`", Exit.USAGE)
        return live.release

    def _run(self, release: str, words: Sequence[str], service: str, *, capture: bool = False) -> str:
        root = self.installed.root(release)
        variables = environment(self.settings, service)
        return run([self.installed.python(release), *words], environ=variables, capture=capture, directory=root)

    def _of_colour(self, colour: Colour) -> list[Record]:
        return [record for record in self.processes.running() if record.colour == colour]

    def _of_service(self, service: str) -> list[Record]:
        return [record for record in self.processes.running() if record.service == service]

    def _stop_all(self, records: Sequence[Record]) -> None:
        for record in records:
            self.processes.stop(record)

    def _refuse_taken(self, wanted: Sequence[Record]) -> None:
        """Raises Stopped if a process of others listens where one of ours will: it would be taken for ours."""
        running = self.processes.running()
        for record in wanted:
            port = self._port(record)
            own = [one.name for one in running if self._port(one) == port]
            if is_taken(port) and not any(self.processes.listens(name, port) for name in own):
                needs = f"port {port}, which {record.name} needs, is taken by another process"
                raise Stopped(f"{needs}: each environment of a host has a CT_PORT_BASE of its own", Exit.USAGE)

    def _port(self, record: Record) -> int:
        return self._base + METRICS_PORT if record.service == BEAT else record.port

    def _server(self, service: str, serving: Serving, index: int) -> Record:
        pool = SERVERS.index(service) * len(Colour) + list(Colour).index(serving.colour)
        port = self._base + pool * PORTS_A_POOL + index - 1
        return Record(service, f"{service}-{serving.colour}-{index}", serving.release, serving.colour, port)

    def _background(self, service: str, release: str, index: int) -> Record:
        return Record(service, f"{service}-{release}-{index}", release)

    def _prepared(self, record: Record) -> Callable[[], None]:
        """Returns the start of a process. A missing secret is met here, before the one that it replaces has ended."""
        root = self.installed.root(record.release)
        variables = environment(self.settings, record.service)
        begun = replace(record, begun_with=fingerprint(variables))
        command = [self.installed.python(record.release), "-m", "cryptotrader.start", record.service]

        def start() -> None:
            place = {"START_DIRECTORY": str(self.processes.directory(record.name)), "HOST": "127.0.0.1"}
            place |= {"PORT": str(record.port or 8000)} | self._metrics(record)
            self.processes.start(begun, command, variables | place, root)

        return start

    def _metrics(self, record: Record) -> dict[str, str]:
        """A server counts for itself, so that a canary can be judged, and from 0; all others count together."""
        metrics = self.settings.state / "metrics"
        if record.service not in SERVERS:
            listen = {"METRICS_LISTEN": f"127.0.0.1:{self._base + METRICS_PORT}"} if record.service == BEAT else {}
            return {"METRICS_DIR": str(metrics / "background"), "METRICS_PROGRAM": record.service, **listen}
        if record not in self.processes.running():
            shutil.rmtree(metrics / record.name, ignore_errors=True)
        return {"METRICS_DIR": str(metrics / record.name), "METRICS_PROGRAM": record.service}
