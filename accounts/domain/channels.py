"""Messages between processes over Redis: their format, their topics, and the channels that this room fills."""

import json
import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Literal, Self

WALLET = "wallet"
"""A person's wallets."""

TRADES = "trades"
"""A person's trades."""

ORDERS = "orders"
"""The ends of a person's orders, each with the client's id of the order."""

ANNOUNCEMENTS = "announcements"
"""The announcements that everybody sees; the channel and its topic have one name."""

KEPT = (WALLET, TRADES, ORDERS)
"""The private channels whose last messages are kept for a client that comes back."""

ACCESS = "access"
"""A person's ended accesses. Only stream processes read it: no client can subscribe to it."""

LOST = "lost"
"""The topic of marks: news of other topics did not reach Redis. Only stream processes read it."""

LOST_TOPICS_MAX = 1000
"""A mark names at most this many topics; above, it stands for all of them."""

_PERSONAL = re.compile(r"user\.([0-9]+)(?:\..+)?")


def user_topic(user_id: int | Literal["*"], channel: str | None = None) -> str:
    """Returns the topic of a person's private messages. With `channel`: the topic of a channel that has its own.

    Such a channel is filled only while a client listens. `*` gives the pattern that matches every person.
    """
    return f"user.{user_id}" if channel is None else f"user.{user_id}.{channel}"


def user_of(topic: str) -> int | None:
    """Returns the owner of a topic; None for a public topic."""
    found = _PERSONAL.fullmatch(topic)
    return int(found[1]) if found else None


class MalformedMessage(ValueError):
    """The content of a topic isn't a message of the platform."""


@dataclass(frozen=True)
class Message:
    """A message of a channel for the listeners of a topic. With `seq` None, each socket counts its own frames."""

    topic: str
    channel: str
    data: Any
    seq: int | None = None

    @property
    def is_kept(self) -> bool:
        """Whether Redis numbers and keeps this message of a person."""
        return self.channel in KEPT and user_of(self.topic) is not None

    @property
    def content(self) -> str:
        """The data as JSON."""
        return compact_json(self.data)

    def encode(self) -> str:
        """Returns the message in the format for Redis."""
        seq = {} if self.seq is None else {"seq": self.seq}
        return compact_json({"channel": self.channel, **seq, "data": self.data})

    @classmethod
    def decode(cls, topic: str, content: bytes) -> Self:
        """Reads the content of a topic. Raises MalformedMessage."""
        try:
            members = json.loads(content)
        except (ValueError, RecursionError) as error:
            raise MalformedMessage("not JSON") from error
        match members:
            case {"channel": str(channel), "seq": int(seq), "data": data} if not isinstance(seq, bool):
                return cls(topic, channel, data, seq)
            case {"channel": str(channel), "data": data} if "seq" not in members:
                return cls(topic, channel, data)
        raise MalformedMessage("not a channel, its data, and a whole number or none")


def lost_message(topics: Collection[str]) -> Message:
    """Returns the mark that news of these topics did not reach Redis: their listeners read the state anew."""
    return Message(LOST, LOST, sorted(topics) if len(topics) <= LOST_TOPICS_MAX else None)


def lost_topics(data: object) -> list[str] | None:
    """Reads the data of a mark; None stands for all topics."""
    if isinstance(data, list) and all(isinstance(topic, str) for topic in data):
        return data
    return None


def compact_json(value: object) -> str:
    """Returns JSON without spaces. All stream messages use it."""
    return json.dumps(value, separators=(",", ":"))
