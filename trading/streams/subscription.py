"""One channel on one socket: a snapshot first, then updates that are newer than it."""

from dataclasses import dataclass, field

from trading.domain.channels import Channel
from trading.streams.outbox import Outbox
from trading.streams.protocol import Published
from trading.streams.snapshots import Snapshot


@dataclass
class Subscription:
    """`seq` is that of the newest price where messages have one; elsewhere it counts the frames of this socket."""

    channel: Channel
    topic: str
    outbox: Outbox
    seq: int = 0
    ready: bool = False
    early: list[Published] = field(default_factory=list)

    def hear(self, published: Published) -> None:
        """A message of this channel; it waits until the snapshot is sent."""
        if not self.ready:
            self.early.append(published)
        elif published.seq is None:
            self.seq += 1
            self.outbox.put(published.frame_numbered(self.seq))
        elif published.seq > self.seq:
            self.seq = published.seq
            self.outbox.put_newest(published)

    def pause(self) -> None:
        """Send nothing until the next `start`: earlier messages are in the state that it brings."""
        self.ready = False
        self.early.clear()

    def start(self, snapshot: Snapshot, *, type: str = "snapshot") -> None:
        """Send the snapshot, then the messages that came while it was read."""
        self.seq = self.seq + 1 if snapshot.seq is None else max(self.seq, snapshot.seq)
        self.outbox.forget(self.channel.name)
        self.outbox.put(snapshot.frame(type, self.seq))
        self.ready = True
        early, self.early = self.early, []
        for published in early:
            self.hear(published)
