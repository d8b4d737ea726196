"""Three members of etcd, which remember the leader of PostgreSQL."""

from collections.abc import Sequence

import httpx

from deploy.ha.nodes import Ground, Node

SECONDS = 1.0


class Etcd:
    """The members; one of them leads."""

    def __init__(self, ground: Ground, program: str, ports: Sequence[int], *, api: int) -> None:
        """`api`: 2 lets programs speak the old interface too, which etcd 3.6 no longer has."""
        self.clients, peers = ports[:3], ports[3:6]
        names = [f"etcd{number}" for number in (1, 2, 3)]
        cluster = ",".join(f"{name}=http://127.0.0.1:{port}" for name, port in zip(names, peers, strict=True))
        self.members = []
        for name, client, peer in zip(names, self.clients, peers, strict=True):
            command = [
                *(program, "--name", name, "--data-dir", str(ground.directory(name) / "data")),
                *("--listen-client-urls", f"http://127.0.0.1:{client}"),
                *("--advertise-client-urls", f"http://127.0.0.1:{client}"),
                *("--listen-peer-urls", f"http://127.0.0.1:{peer}"),
                *("--initial-advertise-peer-urls", f"http://127.0.0.1:{peer}"),
                *(["--enable-v2=true"] if api == 2 else []),
                *("--initial-cluster", cluster, "--initial-cluster-state", "new"),
            ]
            self.members.append(Node(name, command, ground))

    @property
    def hosts(self) -> list[str]:
        return [f"127.0.0.1:{port}" for port in self.clients]

    def leader(self) -> Node | None:
        """Returns the member that leads, or None while there is none."""
        for node, port in zip(self.members, self.clients, strict=True):
            mine, leading = _ids(port)
            if mine and mine == leading:
                return node
        return None

    def is_whole(self) -> bool:
        """Whether all members answer, and agree on a leader."""
        leaders = {_ids(port)[1] for port in self.clients}
        return len(leaders) == 1 and "" not in leaders


def _ids(port: int) -> tuple[str, str]:
    """Returns the id of the member behind this port, and that of its leader; empty ones for none."""
    try:
        answer = httpx.post(f"http://127.0.0.1:{port}/v3/maintenance/status", json={}, timeout=SECONDS)
        status = answer.raise_for_status().json()
        return str(status["header"]["member_id"]), str(status.get("leader") or "")
    except (httpx.HTTPError, ValueError, KeyError):
        return "", ""
