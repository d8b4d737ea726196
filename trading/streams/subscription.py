"""One channel on one socket: a snapshot first, then updates that are newer than it."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from trading.domain.channels import Channel
from trading.streams.outbox import Outbox
from trading.streams.protocol import Published
from trading.streams.snapshots import Snapshot


@dataclass
class Subscription:
    """`seq` is that of the newest message where messages have one; elsewhere it counts the frames of this socket."""

    channel: Channel
    topic: str
    outbox: Outbox
    seq: int = 0
    ready: bool = False
    early: list[Published] = field(default_factory=list)

    def hear(self, published: Published, *, late: bool = False) -> None:
        """A message of this channel; it waits until the snapshot is sent. A `late` one has waited: a newer one, which
        may be late too, doesn't replace it.
        """
        if not self.ready:
            self.early.append(published)
        elif published.seq is None:
            self.seq += 1
            self.outbox.put(published.frame_numbered(self.seq))
        elif published.seq > self.seq:
            had, self.seq = self.seq, published.seq
            published = published.after(had)
            if self.channel.is_private or late:
                self.outbox.put(published.frame)
            else:
                self.outbox.put_newest(published)

    def pause(self) -> None:
        """Send nothing until the next `start`: earlier messages are in the state that it brings."""
        self.ready = False
        self.early.clear()

    def start(self, snapshot: Snapshot) -> None:
        """Send the snapshot, then the messages that came while it was read."""
        if snapshot.seq is None:
            self.seq += 1
        elif self.channel.is_private:  # a log that began anew may have a lower number
            self.seq = snapshot.seq
        else:
            self.seq = max(self.seq, snapshot.seq)
        self.outbox.forget(self.channel.name)
        self.outbox.put(snapshot.frame("snapshot", self.seq))
        self._catch_up()

    def go_on(self, seq: int, missed: Sequence[Snapshot]) -> None:
        """Send the updates after `seq` that the client has missed, then the messages that came meanwhile."""
        self.seq = seq
        for each in missed:
            self.seq = each.seq or seq
            self.outbox.put(each.frame("update", self.seq))
        self._catch_up()

    def _catch_up(self) -> None:
        self.ready = True
        early, self.early = self.early, []
        for published in early:
            self.hear(published, late=True)
