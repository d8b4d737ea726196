"""The health check of a container: `python -m cryptotrader.start.check`. Without Django: it runs every few seconds."""

import http.client
import os
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from cryptotrader.start.records import Records

PULSE_AGE_MAX = 30
"""Seconds. A feed gives a sign of life each second, beat every two, a worker every five."""
READY = "/api/health/ready"


def fault(records: Records, environ: Mapping[str, str], now: float) -> str | None:
    """Returns the fault of the process of this container, or None if it is well.

    A server must be ready. The other processes touch a file as long as their loop turns; workers and beat only while
    they reach their queue.
    """
    if records.serves:
        return _unreadiness(int(environ.get("PORT") or 8000), urlsplit(_site(environ)).netloc or "localhost")
    return _silence(records.pulse, now)


def _silence(pulse: Path, now: float) -> str | None:
    try:
        age = now - pulse.stat().st_mtime
    except FileNotFoundError:
        return "no sign of life yet"
    return f"no sign of life for {age:.0f} s" if age > PULSE_AGE_MAX else None


def _unreadiness(port: int, host: str) -> str | None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=4)
    try:
        connection.request("GET", READY, headers={"Host": host})
        answer = connection.getresponse()
        return None if answer.status == http.HTTPStatus.OK else f"{answer.status}: {answer.read(2000).decode()}"
    except (OSError, http.client.HTTPException) as error:
        return f"no answer: {error}"
    finally:
        connection.close()


def _site(environ: Mapping[str, str]) -> str:
    path = environ.get("SITE_URL_FILE")
    return Path(path).read_text().strip() if path else environ.get("SITE_URL", "")


def main() -> int:
    """Prints the fault, and returns 1 if there is one."""
    found = fault(Records.of(os.environ), os.environ, time.time())
    sys.stdout.write(f"{found or 'well'}\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
