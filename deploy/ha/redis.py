"""A Redis with a replica, and three sentinels that watch them."""

import secrets
from collections.abc import Sequence
from contextlib import suppress

from redis import Redis, RedisError
from redis.backoff import NoBackoff
from redis.retry import Retry

from deploy.ha.forms import MASTER, SENTINEL
from deploy.ha.nodes import Ground, Node

SECONDS = 1.0

SERVER = """\
bind 127.0.0.1
port {port}
dir {directory}
requirepass {password}
masterauth {password}
maxmemory-policy noeviction
appendonly yes
save ""
repl-diskless-sync-delay 0
{follows}
"""


class Redises:
    """The servers and their sentinels. The program is that of Redis or Valkey."""

    def __init__(self, ground: Ground, program: str, ports: Sequence[int], down_after_milliseconds: int = 3000) -> None:
        self._password = secrets.token_urlsafe(24)
        self._ports, self._watching = ports[:2], ports[2:5]
        self.servers, self.sentinels = [], []
        for number, port in enumerate(self._ports, 1):
            follows = "" if number == 1 else f"replicaof 127.0.0.1 {self._ports[0]}"
            self.servers.append(self._node(ground, program, f"redis{number}", SERVER, port, follows=follows))
        for number, port in enumerate(self._watching, 1):
            node = self._node(
                *(ground, program, f"sentinel{number}", SENTINEL, port),
                master=MASTER,
                first=f"127.0.0.1 {self._ports[0]}",
                names="",
                down_after=down_after_milliseconds,
            )
            self.sentinels.append(node)

    def _node(self, ground: Ground, program: str, name: str, form: str, port: int, **values: object) -> Node:
        directory = ground.directory(name)
        text = form.format(bind="127.0.0.1", port=port, directory=directory, password=self._password, **values)
        path = ground.write(directory / f"{name}.conf", text)
        kind = ["--sentinel"] if form is SENTINEL else []
        return Node(name, [program, str(path), *kind], ground)

    def url(self) -> str:
        """Returns the value of REDIS_URL: the sentinels, and the name of the master."""
        hosts = ",".join(f"127.0.0.1:{port}" for port in self._watching)
        return f"sentinel://:{self._password}@{hosts}/{MASTER}"

    def master(self) -> Node | None:
        """Returns the server that the sentinels name, if it says itself that it is the master."""
        for port in self._watching:
            with suppress(RedisError, OSError), self._client(port) as sentinel:
                address = sentinel.execute_command("SENTINEL", "get-master-addr-by-name", MASTER)
                named = self._ports.index(int(address[1]))
                return self.servers[named] if self._role(self._ports[named]) == "master" else None
        return None

    def is_whole(self) -> bool:
        """Whether one server is the master, the other follows it, and all sentinels know all others."""
        roles = sorted(str(self._role(port)) for port in self._ports)
        return roles == ["master", "slave"] and all(self._knows_all(port) for port in self._watching)

    def _knows_all(self, port: int) -> bool:
        with suppress(RedisError, OSError, IndexError), self._client(port) as sentinel:
            told = sentinel.sentinel_master(MASTER)
            knows_others = told["num-other-sentinels"] == 2 and len(sentinel.sentinel_slaves(MASTER)) == 1
            return not told["is_sdown"] and not told["is_odown"] and knows_others
        return False

    def _role(self, port: int) -> str | None:
        with suppress(RedisError, OSError), self._client(port) as server:
            answer = server.execute_command("ROLE")
            if _text(answer[0]) == "slave" and _text(answer[3]) != "connected":
                return None
            return str(_text(answer[0]))
        return None

    def _client(self, port: int) -> Redis:
        never = Retry(NoBackoff(), 0)
        return Redis("127.0.0.1", port, password=self._password, socket_timeout=SECONDS, retry=never)


def _text(value: object) -> object:
    return value.decode() if isinstance(value, bytes) else value
