"""Whether the processes of this host are well."""

import http.client
import time
from collections.abc import Callable, Sequence
from urllib.parse import urlsplit

from deploy.ct.host.processes import Processes, Record
from deploy.ct.outcome import Stopped
from deploy.ct.rollout.stage import SERVERS, Server
from deploy.ct.settings import Settings

READY = "/api/health/ready"
PROBE_SECONDS = 5.0
PULSE_AGE_MAX = 30.0
WELL_SECONDS = 90.0


class Health:
    """Asks servers, and looks for the signs of life of the others."""

    def __init__(self, settings: Settings, processes: Processes, *, wait: Callable[[float], None]) -> None:
        self._settings, self._processes, self._wait = settings, processes, wait

    def readiness(self, server: Server) -> str | None:
        """Returns why a server isn't ready, or None. The answer of another process on its port doesn't count."""
        host, _, port = server.address.partition(":")
        connection = http.client.HTTPConnection(host, int(port), timeout=PROBE_SECONDS)
        try:
            connection.request("GET", READY, headers={"Host": urlsplit(self._settings.site_url).netloc})
            answer = connection.getresponse()
            text = answer.read(2000).decode("utf-8", "replace")
        except (OSError, http.client.HTTPException) as error:
            return f"no answer: {error}"
        finally:
            connection.close()
        if answer.status != http.client.OK:
            return f"{answer.status}: {text[:300]}"
        return None if self._processes.listens(server.name, int(port)) else f"another process answers on port {port}"

    def is_well(self, record: Record) -> bool:
        """Whether a server is ready, or another process gives signs of life."""
        if record.service in SERVERS:
            return self.readiness(as_server(record)) is None
        pulse = self._processes.directory(record.name) / "pulse"
        return pulse.exists() and time.time() - pulse.stat().st_mtime < PULSE_AGE_MAX

    def wait_until_well(self, records: Sequence[Record]) -> None:
        """Waits for a sign of life of each. Raises Stopped after 90 s."""
        deadline = time.monotonic() + WELL_SECONDS
        for record in records:
            while not self.is_well(record):
                if time.monotonic() > deadline:
                    raise Stopped(f"{record.name} gives no sign of life")
                self._wait(0.2)


def as_server(record: Record) -> Server:
    """Returns a server as nginx sees it."""
    return Server(record.service, record.name, f"127.0.0.1:{record.port}")
