"""HAProxy before PostgreSQL: one port leads to the primary, another to the standbys."""

from collections.abc import Sequence

from deploy.ha import forms
from deploy.ha.nodes import Ground, Node
from deploy.ha.postgres import PatroniNode


def proxy(ground: Ground, program: str, nodes: Sequence[PatroniNode], primary: int, replicas: int) -> Node:
    """Returns HAProxy with these two ports, for the nodes of PostgreSQL."""
    servers = {node.name: (f"127.0.0.1:{node.port}", node.rest_port) for node in nodes}
    text = forms.haproxy(servers, "127.0.0.1", primary, replicas)
    path = ground.write(ground.directory("haproxy") / "haproxy.cfg", text)
    return Node("haproxy", [program, "-db", "-f", str(path)], ground)
