"""One channel on one socket: a snapshot first, then updates that are newer than it."""

import json
from dataclasses import dataclass, field

from accounts.publish import apart_topic, own_topic
from trading.domain.candles import Interval
from trading.publish import OFFERS
from trading.streams.outbox import Outbox
from trading.streams.protocol import Message, frame
from trading.streams.snapshots import Snapshot


@dataclass
class Subscription:
    """`seq` of prices and candles is the newest price's place in the chain, elsewhere it counts this socket's frames.

    `instrument` is None for channels that aren't of one, `interval` for all but candles.
    """

    channel: str
    instrument: str | None
    interval: Interval | None
    topic: str
    outbox: Outbox
    seq: int = 0
    ready: bool = False
    early: list[bytes] = field(default_factory=list)

    def hear(self, content: bytes) -> None:
        """A published message; before the snapshot is there it waits."""
        if not self.ready:
            self.early.append(content)
            return
        message = json.loads(content)
        if message["channel"] != self.channel:
            return
        if self.instrument is None:
            self.seq += 1
            self.outbox.put(frame("update", channel=self.channel, seq=self.seq, data=message["data"]))
        elif message["seq"] > self.seq:
            self.seq = message["seq"]
            # Published as the frame's own members: only the type is put before them.
            self.outbox.put_newest(self.channel, '{"type":"update",' + content.decode()[1:])

    def start(self, snapshot: Snapshot, *, type: str = "snapshot") -> None:
        """The state is known: send it, then what came while it was read."""
        self.seq = max(self.seq, snapshot.seq) if self.instrument else self.seq + 1
        self.outbox.forget(self.channel)
        self.outbox.put(frame(type, channel=self.channel, seq=self.seq, data=snapshot.data))
        self.ready = True
        early, self.early = self.early, []
        for content in early:
            self.hear(content)


def topic_of(message: Message, private_topic: str) -> str:
    """The topic that carries a channel: each public one has its own, most private ones of a person share one."""
    if not message.is_private:
        return own_topic(message.channel)
    return apart_topic(private_topic, OFFERS) if message.channel == OFFERS else private_topic
