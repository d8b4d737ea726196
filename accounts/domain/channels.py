"""What processes tell each other over Redis: the message, its topic, and the channels that this room fills."""

import json
import re
from dataclasses import dataclass
from typing import Any, Literal, Self

WALLET = "wallet"
"""A person's wallets."""

ACCESS = "access"
"""A person's ended accesses. It is for the stream processes: no client can subscribe to it."""

_PERSONAL = re.compile(r"user\.([0-9]+)(?:\..+)?")


def user_topic(user_id: int | Literal["*"], channel: str | None = None) -> str:
    """The topic of a person's private messages; with a channel, its own topic, where it is filled only while heard.

    `*` makes the pattern that matches everybody's.
    """
    return f"user.{user_id}" if channel is None else f"user.{user_id}.{channel}"


def user_of(topic: str) -> int | None:
    """The person whose topic it is; None of a public topic."""
    found = _PERSONAL.fullmatch(topic)
    return int(found[1]) if found else None


class MalformedMessage(ValueError):
    """The content of a topic is no message of ours."""


@dataclass(frozen=True)
class Message:
    """News of a channel, for the listeners of a topic. `seq` is None where each socket counts its own frames."""

    topic: str
    channel: str
    data: Any
    seq: int | None = None

    def encode(self) -> str:
        """The content, as Redis carries it."""
        seq = {} if self.seq is None else {"seq": self.seq}
        return compact_json({"channel": self.channel, **seq, "data": self.data})

    @classmethod
    def decode(cls, topic: str, content: bytes) -> Self:
        """Read the content of a topic. Raises MalformedMessage."""
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


def compact_json(value: object) -> str:
    """JSON without spaces, for everything that a stream carries."""
    return json.dumps(value, separators=(",", ":"))
