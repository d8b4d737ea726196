"""nginx on this host, as a process of this environment."""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

from deploy.ct import files
from deploy.ct.outcome import Exit, Stopped
from deploy.ct.programs import telling
from deploy.ct.proxy import Proxy, render
from deploy.ct.settings import Settings
from deploy.ct.upstreams import NAME, write_upstreams

RELOAD_SECONDS = 10.0


class Nginx:
    """Its configuration, its life, and its log."""

    def __init__(self, settings: Settings, *, wait: Callable[[float], None] = time.sleep) -> None:
        self._settings, self._wait = settings, wait
        self._home = settings.state
        self.directory = self._home / "nginx"
        self._runtime = self._home / "nginx-run"
        self.log = self._home / "log" / "access.log"

    @property
    def program(self) -> str:
        """Raises Stopped if nginx isn't installed."""
        found = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
        if not found:
            raise Stopped("nginx is not installed", Exit.DEPENDENCY)
        return found

    def version(self) -> str:
        told = subprocess.run([self.program, "-v"], capture_output=True, text=True, check=False)  # noqa: S603
        return told.stderr.partition("nginx/")[2].split()[0]

    def configure(self) -> None:
        """Writes all but the upstreams."""
        self._home.chmod(0o711)  # nginx's workers have an account of their own; the secrets are closed by themselves
        for name in ("acme", "kept-static", "nginx-run"):
            files.readable(self._home / name)
        for name in ("tls", "log"):  # its master opens the key and the logs, as the account that starts it
            files.private(self._home / name)
        address = self._settings.get("BIND_ADDRESS", "127.0.0.1")
        version = tuple(int(part) for part in self.version().split(".")[:3])
        proxy = Proxy(
            directory=str(self.directory),
            tls=str(self._home / "tls"),
            acme=str(self._home / "acme"),
            kept_static=str(self._home / "kept-static"),
            runtime=str(self._runtime),
            https_listen=f"{address}:{self._settings.port('HTTPS_PORT', 443)}",
            http_listen=f"{address}:{self._settings.port('HTTP_PORT', 80)}",
            status_listen=f"127.0.0.1:{self._settings.port('NGINX_STATUS_PORT', 8081)}",
            access_log=str(self.log),
            before_1_25=version < (1, 25, 1),
        )
        render(self.directory, self._settings, proxy)

    def route(self, text: str) -> None:
        """Takes other upstreams, and waits until no worker with the old ones takes requests.

        Raises Stopped, and leaves everything as it was, if nginx refuses them.
        """
        path = self.directory / NAME
        before = path.read_text(encoding="utf-8") if path.exists() else None
        write_upstreams(self.directory, text)
        try:
            self._do("-q", "-t")
        except Stopped:
            if before is not None:
                write_upstreams(self.directory, before)
            raise
        if self.master() is None:
            self._do()
        else:
            self._reload()

    def stop(self) -> None:
        """Ends it when its requests are answered."""
        if (master := self.master()) is not None:
            os.kill(master, signal.SIGQUIT)

    def master(self) -> int | None:
        """Returns the process id of the running master, or None."""
        try:
            pid = int((self._runtime / "nginx.pid").read_text())
            words = Path(f"/proc/{pid}/cmdline").read_bytes()
        except (FileNotFoundError, ValueError, ProcessLookupError):
            return None
        return pid if str(self.directory).encode() in words else None

    def _reload(self) -> None:
        old = set(self._workers())
        self._do("-s", "reload")
        deadline = time.monotonic() + RELOAD_SECONDS
        while not (set(self._workers()) - old) or any(_takes_requests(pid) for pid in old):
            if time.monotonic() > deadline:
                raise Stopped(f"nginx has not taken its new configuration: see {self._home / 'log' / 'nginx.log'}")
            self._wait(0.05)

    def _workers(self) -> Iterator[int]:
        with suppress(FileNotFoundError):
            master = self.master()
            yield from (int(pid) for pid in Path(f"/proc/{master}/task/{master}/children").read_text().split())

    def _do(self, *words: str) -> None:
        log = self._home / "log" / "nginx.log"
        known = log.stat().st_size if log.exists() else 0
        command = [self.program, "-e", str(log), "-c", str(self.directory / "nginx.conf"), *words]
        # Into a file: nginx itself would hold a pipe open for as long as it lives.
        with tempfile.TemporaryFile("w+") as told:
            done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=told, stderr=told, check=False)  # noqa: S603
            told.seek(0)
            if done.returncode:
                new = log.read_bytes()[known:].decode("utf-8", "replace") if log.exists() else ""
                fails = "refuses its configuration" if "-t" in words else "doesn't take its configuration"
                raise Stopped(f"nginx {fails}: {telling(told.read() + new)}")


def _takes_requests(pid: int) -> bool:
    try:
        return b"shutting down" not in Path(f"/proc/{pid}/cmdline").read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return False
