"""Requests beside a load, from a process of their own: the load's own work must not count as theirs."""

import time
from http.client import HTTPConnection
from multiprocessing.connection import Connection

PAUSE_SECONDS = 0.05
PATHS = ("/api/v1/wallets", "/api/v1/instruments")


def probe(port: int, cookie: str, wire: Connection) -> None:
    """Send one request after the other until the other end says so; then send (began, seconds, status) of each."""
    connection, number, noted = HTTPConnection("127.0.0.1", port, timeout=30), 0, []
    while not wire.poll(PAUSE_SECONDS):
        number += 1
        began = time.monotonic()
        try:
            connection.request("GET", PATHS[number % 2], headers={"Cookie": cookie})
            answer = connection.getresponse()
            answer.read()
        except OSError:  # the server is away
            connection.close()
            continue
        noted.append((began, time.monotonic() - began, answer.status))
    wire.send(noted)
