"""The losses that a rehearsal causes, each followed by the repair of the lost server."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from deploy.ha.nodes import Failed, Node, wait_until
from deploy.ha.postgres import PatroniNode
from deploy.ha.stores import Stores

SUCCESSOR_SECONDS = 60.0
Found = TypeVar("Found", bound=Node)


@dataclass(frozen=True, slots=True)
class Loss:
    """A server whose loss began `at` and was complete at `gone` (Unix seconds), and its successor after `seconds`."""

    fault: str
    lost: str
    at: float
    gone: float
    successor: str
    seconds: float


Cause = Callable[[Stores], tuple[Loss, Callable[[], None]]]
"""Loses a server. Returns the loss, and how to repair it."""


def primary_process(stores: Stores) -> tuple[Loss, Callable[[], None]]:
    """kill -9 of the primary's PostgreSQL; Patroni beside it lives, and repairs it by itself."""
    node = _there(stores.postgres.primary(), "PostgreSQL has no primary")
    return _lose("primary", node, node.kill_postgres, stores.postgres.primary), lambda: None


def primary_machine(stores: Stores) -> tuple[Loss, Callable[[], None]]:
    """kill -9 of the primary's PostgreSQL and Patroni, as when a machine loses its power."""
    node = _there(stores.postgres.primary(), "PostgreSQL has no primary")
    return _lose("machine", node, node.kill, stores.postgres.primary), node.start


def primary_partition(stores: Stores) -> tuple[Loss, Callable[[], None]]:
    """SIGSTOP of the primary's PostgreSQL and Patroni: its connections stay, and it answers nothing."""
    node = _there(stores.postgres.primary(), "PostgreSQL has no primary")
    return _lose("partition", node, node.freeze, stores.postgres.primary), node.thaw


def standby_machine(stores: Stores) -> tuple[Loss, Callable[[], None]]:
    """kill -9 of the synchronous standby: each commit waits for it until another one takes its part."""
    node = _there(stores.postgres.standby(), "PostgreSQL has no synchronous standby")
    return _lose("standby", node, node.kill, stores.postgres.standby), node.start


def etcd_leader(stores: Stores) -> tuple[Loss, Callable[[], None]]:
    """kill -9 of etcd's leader."""
    node = _there(stores.etcd.leader(), "etcd has no leader")
    return _lose("etcd", node, node.kill, stores.etcd.leader), node.start


def redis_master(stores: Stores) -> tuple[Loss, Callable[[], None]]:
    """kill -9 of Redis' master."""
    node = _there(stores.redis.master(), "Redis has no master")
    return _lose("redis", node, node.kill, stores.redis.master), node.start


FAULTS: dict[str, Cause] = {
    "primary": primary_process,
    "machine": primary_machine,
    "partition": primary_partition,
    "standby": standby_machine,
    "etcd": etcd_leader,
    "redis": redis_master,
}


def _lose(fault: str, node: Node, lose: Callable[[], None], successor: Callable[[], Node | PatroniNode | None]) -> Loss:
    at, began = time.time(), time.monotonic()
    lose()
    gone = time.time()
    found: list[Node] = []

    def follows() -> bool:
        now = successor()
        if now is not None and now is not node:
            found.append(now)
        return bool(found)

    wait_until(follows, f"{node.name} has no successor", SUCCESSOR_SECONDS)
    return Loss(fault, node.name, at, gone, found[0].name, round(time.monotonic() - began, 1))


def _there(node: Found | None, otherwise: str) -> Found:
    if node is None:
        raise Failed(otherwise)
    return node
