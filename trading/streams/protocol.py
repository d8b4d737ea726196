"""The words of `/ws/v1`: what a client may say, and the frames it gets."""

import json
import re
from dataclasses import dataclass
from enum import IntEnum, StrEnum

from trading.domain.candles import Interval
from trading.publish import OFFERS

MESSAGE_LENGTH_MAX = 4096
CHANNELS_MAX = 50
_SYMBOL = "[A-Z0-9]{1,12}-[A-Z0-9]{1,12}"
_MARKET = re.compile(rf"prices\.({_SYMBOL})|candles\.({_SYMBOL})\.({'|'.join(Interval)})")
PUBLIC_CHANNELS = ("instruments",)
PRIVATE_CHANNELS = ("trades", "wallet", OFFERS)


class Op(StrEnum):
    SUBSCRIBE = "subscribe"
    UNSUBSCRIBE = "unsubscribe"
    RESUME = "resume"
    PING = "ping"


class Close(IntEnum):
    """Why the server closes a socket."""

    ACCESS_ENDED = 4401
    MESSAGE_TOO_LONG = 4409
    TOO_SLOW = 4408
    UNKNOWN_PATH = 4404
    TRY_AGAIN = 1013


class Refused(Exception):
    """A message that can't be done. `code` is stable English; the socket stays open."""

    def __init__(self, code: str, title: str, id: object = None) -> None:
        super().__init__(title)
        self.code, self.title, self.id = code, title, id


@dataclass(frozen=True, slots=True)
class Message:
    """What a client said. `id` is echoed; `seq` is the last one it has seen, for a resume."""

    op: Op
    id: str | int | None
    channel: str
    seq: int | None

    @property
    def instrument(self) -> str | None:
        """The symbol of a channel of prices or candles; None for any other."""
        found = _MARKET.fullmatch(self.channel)
        return found[1] or found[2] if found else None

    @property
    def is_private(self) -> bool:
        """Whether the channel is somebody's own."""
        return self.channel in PRIVATE_CHANNELS

    @property
    def interval(self) -> Interval | None:
        """Of a channel of candles; None for any other."""
        found = _MARKET.fullmatch(self.channel)
        return Interval(found[3]) if found and found[3] else None


def parse(text: str) -> Message:
    """The message in a frame. Raises Refused."""
    try:
        content = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Refused("invalid-json", "The message is not valid JSON") from error
    if not isinstance(content, dict):
        raise Refused("invalid-message", "The message must be a JSON object")
    id = content.get("id")
    if isinstance(id, bool) or not isinstance(id, str | int | None):
        raise Refused("invalid-id", "`id` must be a string or a whole number")
    op = content.get("op")
    if op not in list(Op):
        raise Refused("unknown-op", f"`op` must be one of {', '.join(Op)}", id)
    if op == Op.PING:
        return Message(Op.PING, id, "", None)
    return Message(Op(op), id, _channel(content, id), _seq(content, id, wanted=op == Op.RESUME))


def _channel(content: dict[str, object], id: object) -> str:
    channel = content.get("channel")
    if isinstance(channel, str) and (channel in PUBLIC_CHANNELS + PRIVATE_CHANNELS or _MARKET.fullmatch(channel)):
        return channel
    raise Refused(
        "unknown-channel",
        "`channel` must be instruments, prices.{instrument}, candles.{instrument}.{interval}, trades, wallet or offers",
        id,
    )


def _seq(content: dict[str, object], id: object, *, wanted: bool) -> int | None:
    seq = content.get("seq")
    if not wanted:
        return None
    if isinstance(seq, bool) or not isinstance(seq, int) or not 0 <= seq < 2**63:
        raise Refused("invalid-seq", "`seq` must be the last sequence number that was received", id)
    return seq


def frame(type: str, **members: object) -> str:
    """A server frame as text."""
    return json.dumps({"type": type, **members}, separators=(",", ":"))
