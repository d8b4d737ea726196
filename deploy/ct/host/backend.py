"""The processes of this host for the commands that look: status, logs, manage, smoke, doctor, down."""

from collections.abc import Sequence
from pathlib import Path

from deploy.ct.backend import KEPT, Instance
from deploy.ct.host.environment import environment
from deploy.ct.host.processes import Record
from deploy.ct.host.stage import Host
from deploy.ct.outcome import Exit, Stopped
from deploy.ct.programs import become
from deploy.ct.rollout.state import Journal
from deploy.ct.settings import Settings


class HostBackend:
    """This host. PostgreSQL and Redis are others' here: nothing starts or stops them."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._host = Host(settings)

    def check(self) -> str:
        return self._host.nginx.version()

    def stop(self) -> None:
        self._host.nginx.stop()
        for record in self._host.processes.running():
            self._host.processes.stop(record)

    def instances(self) -> list[Instance]:
        found = [self._instance(record) for record in self._host.processes.running()]
        if self._host.nginx.master() is not None:
            found.append(Instance("nginx", "nginx", "running", ""))
        return found

    def wanted(self) -> dict[str, int]:
        return {"nginx": 1, **self._host.counts(), **Journal(self._settings.state).read().scale}

    def logs(self, services: Sequence[str], *, follow: bool, lines: int) -> None:
        directory = self._settings.state / "log"
        paths = [path for path in sorted(directory.glob("*.log")) if _is_of(path.name, services)]
        if not paths:
            raise Stopped(f"there is no such log in {directory}", Exit.USAGE)
        become(["tail", "-n", str(lines), *(["-F"] if follow else []), *map(str, paths)], environ={})

    def manage(self, command: Sequence[str]) -> None:
        self._become(command, "web")

    def backup(self, words: Sequence[str]) -> None:
        self._become(["backup", *words], "backup")

    def base_backup(self, words: Sequence[str]) -> None:
        self._become(["base_backup", *words], "migrate")

    def restore(self, words: Sequence[str]) -> None:
        self._become(["restore", *words], "migrate")

    def ask(self, command: Sequence[str]) -> str:
        return self._host.ask(command)

    def _become(self, command: Sequence[str], service: str) -> None:
        root, python = self._live()
        become([python, str(root / "manage.py"), *command], environ=environment(self._settings, service))

    def _live(self) -> tuple[Path, str]:
        release = self._host.live_release()
        return self._host.installed.root(release), self._host.installed.python(release)

    def _instance(self, record: Record) -> Instance:
        kept = Journal(self._settings.state).read().kept
        if kept is not None and record.colour == kept.colour:
            health = KEPT
        else:
            health = "healthy" if self._host.health.is_well(record) else "unhealthy"
        return Instance(record.service, record.name, "running", health, record.release)


def _is_of(name: str, services: Sequence[str]) -> bool:
    return not services or any(name.startswith(service) for service in services)
