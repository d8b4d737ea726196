"""The queue's transports over Redis, for a worker that outlives a broker which is gone or refuses to write."""

from typing import Any

import structlog
from kombu.transport import redis
from redis import RedisError

log = structlog.get_logger(__name__)


class QoS(redis.QoS):
    """Puts messages back that weren't acknowledged, if the broker lets it.

    If not, the worker must not end of it: they stay in the broker, which gives them out again when
    `visibility_timeout` is over, and the sweeps do their work before.
    """

    def restore_unacked(self, client: Any = None) -> None:
        try:
            super().restore_unacked(client)
        except (RedisError, OSError) as error:
            log.warning("unacknowledged messages can't be put back", reason=str(error))
            if self._delivered is not None:
                self._delivered.clear()


class Channel(redis.Channel):
    QoS = QoS


class Transport(redis.Transport):
    """To one server."""

    Channel = Channel


class SentinelChannel(redis.SentinelChannel):
    QoS = QoS


class SentinelTransport(redis.SentinelTransport):
    """To the master that sentinels name."""

    Channel = SentinelChannel
