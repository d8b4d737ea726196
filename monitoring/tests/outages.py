"""A database that doesn't answer."""

import socket
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connections
from django.db.backends.postgresql.base import DatabaseWrapper


@pytest.fixture
def closed_port() -> Iterator[int]:
    """Returns a local port that refuses connections: bound, but not listening."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield taken.getsockname()[1]


@pytest.fixture
def no_database(transactional_db: None, closed_port: int) -> Iterator[None]:
    """New threads find a database that doesn't answer."""
    pools: dict[str, Any] = {}
    options = {"pool": {"min_size": 1, "max_size": 4, "timeout": 0.2, "reconnect_timeout": 0.1}}
    with pytest.MonkeyPatch.context() as patch:
        for name, value in (("HOST", "127.0.0.1"), ("PORT", str(closed_port)), ("OPTIONS", options)):
            patch.setitem(connections.settings["default"], name, value)
        patch.setattr(DatabaseWrapper, "_connection_pools", pools)
        yield
    for pool in pools.values():
        pool.close()
