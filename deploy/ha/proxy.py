"""HAProxy before PostgreSQL: one port leads to the primary, another to the standbys."""

from collections.abc import Sequence

from deploy.ha.nodes import Ground, Node
from deploy.ha.postgres import PatroniNode

CONFIGURATION = """\
global
  maxconn 1000
defaults
  mode tcp
  timeout connect 2s
  timeout client 1h
  timeout server 1h
  timeout check 1s
  option clitcpka
  option srvtcpka
  # Patroni answers 200 to `/primary` on the node that holds the leader's key, to `/replica` on a standby.
  default-server inter 1s fastinter 500ms downinter 500ms fall 2 rise 1 on-marked-down shutdown-sessions
frontend primary
  bind 127.0.0.1:{primary}
  default_backend primary
backend primary
  option httpchk OPTIONS /primary
  http-check expect status 200
{servers}
frontend replicas
  bind 127.0.0.1:{replicas}
  # Better the primary than nobody: these sessions read only.
  use_backend primary if {{ nbsrv(standbys) lt 1 }}
  default_backend standbys
backend standbys
  balance leastconn
  option httpchk OPTIONS /replica?lag=16MB
  http-check expect status 200
{servers}
"""


def proxy(ground: Ground, program: str, nodes: Sequence[PatroniNode], primary: int, replicas: int) -> Node:
    """Returns HAProxy with these two ports, for the nodes of PostgreSQL."""
    servers = "\n".join(f"  server {node.name} 127.0.0.1:{node.port} check port {node.rest_port}" for node in nodes)
    text = CONFIGURATION.format(primary=primary, replicas=replicas, servers=servers)
    path = ground.write(ground.directory("haproxy") / "haproxy.cfg", text)
    return Node("haproxy", [program, "-db", "-f", str(path)], ground)
