"""Lets the code of all rooms work on another database than the site's."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connections
from django.db.backends.postgresql.base import DatabaseWrapper

from monitoring.recovery.server import Server


@contextmanager
def on_database(server: Server, name: str) -> Iterator[None]:
    """Within, this thread's default connection leads to another database, without a pool and without time limits."""
    usual: dict[str, Any] = connections.settings["default"]
    options = {key: value for key, value in usual["OPTIONS"].items() if key not in {"pool", "options"}}
    before = connections["default"]
    own = DatabaseWrapper({**usual, **server.settings(name), "OPTIONS": options}, "default")
    connections["default"] = own
    try:
        yield
    finally:
        own.close()
        connections["default"] = before
