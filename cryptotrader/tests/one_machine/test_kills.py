"""kill -9 under a load of orders: no order that was answered is lost, none is doubled, and soon all goes on."""

import csv
import http.client
import io
import json
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from accounts.tests.patience import PATIENCE_SECONDS
from cryptotrader.tests.support.homes import furnish
from cryptotrader.tests.support.platforms import Platform

pytestmark = [pytest.mark.process, pytest.mark.long]
ORDERS = "/api/v1/flash-trades"
DOORS = {"gateway": {}, "DRF": {"Accept": "application/json;q=1"}}
"""The gateway passes an unusual header on."""

PEOPLE_A_DOOR = 3
QUIET_SECONDS = 2.0


@pytest.fixture
def platform() -> Iterator[Platform]:
    # Not pytest's own directory: another session of root's closes that to PostgreSQL's account.
    with tempfile.TemporaryDirectory(prefix="cryptotrader-") as home:
        furnish(Path(home))
        running = Platform(Path(home))
        yield running
        running.end()


@dataclass
class Client:
    """Orders one after the other; an order without an answer is sent again, under its key, until it has one."""

    port: int
    door: str
    token: str
    answered: dict[str, str] = field(default_factory=dict)
    """The id of the trade by the key of the order."""

    tries: list[tuple[float, bool]] = field(default_factory=list)
    """When an order was answered, or had no answer."""

    faults: list[str] = field(default_factory=list)
    number: int = 0

    def ask(self, method: str, path: str, body: object = None, **headers: str) -> tuple[int, Any]:
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_SECONDS)) as connection:
            sent = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"} | headers
            connection.request(method, path, json.dumps(body) if body else None, sent)
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read())

    def play(self, stop: threading.Event) -> None:
        while not stop.is_set():
            self.number += 1
            self._order(f"{self.door}-{self.number}")

    def _order(self, key: str) -> None:
        order = {"amount": 1, "direction": "up", "duration": 15}
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            try:
                status, body = self.ask("POST", ORDERS, order, **DOORS[self.door], **{"Idempotency-Key": key})
            except (OSError, http.client.HTTPException):
                status, body = 503, None
            self.tries.append((time.monotonic(), status == 201))
            if status == 201:
                self.answered[key] = body["id"]
                return
            if status < 500:
                self.faults.append(f"{status} {body}")
                return
            time.sleep(0.05)
        self.faults.append(f"{key} got no answer")

    def trades(self) -> list[str]:
        """The ids of all trades, as the pages list them."""
        found: list[str] = []
        path = f"{ORDERS}?limit=200"
        while path:
            _, page = self.ask("GET", path)
            found += [trade["id"] for trade in page["results"]]
            path = (page["next"] or "").partition(f":{self.port}")[2]
        return found


def clients_of(platform: Platform) -> list[Client]:
    told = platform.do("manage", "load_people", "--count", str(2 * PEOPLE_A_DOOR))
    assert told.returncode == 0, told.stderr
    people = list(csv.reader(io.StringIO(told.stdout)))[-2 * PEOPLE_A_DOOR :]
    clients = []
    for number, (email, password, *_) in enumerate(people):
        client = Client(platform.port, list(DOORS)[number % 2], "")
        status, tokens = client.ask("POST", "/api/v1/auth/token", {"email": email, "password": password})
        assert status == 200, tokens
        client.token = tokens["access"]
        clients.append(client)
    return clients


def recovered(since: float, clients: list[Client], door: str) -> float:
    """Waits until each client of this door has an answer that came after its last trouble.

    Returns the seconds from the kill to the first answer after a trouble; 0 for a door that had none.
    """
    deadline = time.monotonic() + PATIENCE_SECONDS
    mine = [each for each in clients if each.door == door]
    while not all(each.tries and each.tries[-1][0] > since and each.tries[-1][1] for each in mine):
        assert time.monotonic() < deadline, [each.faults[-3:] for each in mine]
        time.sleep(0.02)
    tries = sorted(one for each in mine for one in list(each.tries) if one[0] > since)
    troubled = [at for at, is_good in tries if not is_good]
    return min((at for at, is_good in tries if is_good and at > troubled[0]), default=since) - since if troubled else 0


def test_no_answered_order_is_lost_or_doubled_by_a_kill(platform: Platform) -> None:
    platform.wait_for("Ready")
    clients, stop = clients_of(platform), threading.Event()
    threads = [threading.Thread(target=client.play, args=(stop,)) for client in clients]
    for thread in threads:
        thread.start()
    waited = {}
    for door in DOORS:
        recovered(0, clients, door)
    for victim in ("postgres -D", "uvicorn", "valkey-server"):
        time.sleep(QUIET_SECONDS)
        killed = time.monotonic()
        platform.child(victim).kill()
        time.sleep(QUIET_SECONDS)
        for door in DOORS:
            waited[victim, door] = round(recovered(killed, clients, door), 1)
    time.sleep(QUIET_SECONDS)
    stop.set()
    for thread in threads:
        thread.join()
    sys.stderr.write(f"first success, seconds after the kill: {waited}\n")
    for client in clients:
        assert client.faults == []
        ids = client.trades()
        assert sorted(ids) == sorted(client.answered.values())  # each answered order is there, once
        assert len(set(ids)) == len(ids) > 0
    told = platform.do("manage", "reconcile_ledger")
    assert told.returncode == 0, told.stdout + told.stderr
