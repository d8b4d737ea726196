"""Reads nginx's log (deploy/nginx/log.conf)."""

import json
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Request:
    """One line of nginx's log."""

    pool: str
    status: int
    seconds: float


def requests_in(text: str, since: float) -> list[Request]:
    """Returns the requests since a moment, a second more rather than less. Lines that aren't whole don't count."""
    found = []
    for line in text.splitlines():
        start = line.find("{")  # Compose may write a name before it
        try:
            told = json.loads(line[start:])
            at = datetime.fromisoformat(told["time"]).timestamp()
            request = Request(told["pool"], int(told["status"]), float(told["seconds"]))
        except (ValueError, KeyError, TypeError):
            continue
        if at >= since - 1 and request.pool:
            found.append(request)
    return found
