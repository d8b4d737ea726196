"""The messages of `/ws/v1`: a client's requests, and the server's frames."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import IntEnum, StrEnum
from functools import cached_property
from typing import Self
from uuid import UUID

from accounts.domain.channels import Message, compact_json
from accounts.domain.json_text import NotJson, read_json
from accounts.domain.notation import parse_id
from trading.domain.channels import Channel, Kind, UnknownChannel
from trading.streams.frames import text_frame

MESSAGE_LENGTH_MAX = 4096
CHANNELS_MAX = 50


class Op(StrEnum):
    SUBSCRIBE = "subscribe"
    UNSUBSCRIBE = "unsubscribe"
    RESUME = "resume"
    PING = "ping"
    ORDER = "order"
    CLOSE = "close"
    QUOTE = "quote"


MEMBERS: dict[Op, set[str]] = {
    Op.SUBSCRIBE: {"op", "id", "channel"},
    Op.UNSUBSCRIBE: {"op", "id", "channel"},
    Op.RESUME: {"op", "id", "channel", "seq"},
    Op.PING: {"op", "id"},
    Op.ORDER: {"op", "id", "body"},
    Op.CLOSE: {"op", "id", "trade", "body"},
    Op.QUOTE: {"op", "id", "body"},
}
"""A misspelt `seq` without effect would bring a snapshot, where its sender waits for what it has missed."""


PATHS = {
    Op.ORDER: "/api/v1/flash-trades",
    Op.CLOSE: "/api/v1/flash-trades/{trade}/close",
    Op.QUOTE: "/api/v1/quotes",
}
"""The REST requests, all of them POST, that these stand for."""


class Close(IntEnum):
    """The codes with which the server closes a socket."""

    ACCESS_ENDED = 4401
    MESSAGE_TOO_LONG = 4409
    TOO_SLOW = 4408
    UNKNOWN_PATH = 4404
    TOO_MANY = 4429
    RESTART = 1012
    TRY_AGAIN = 1013


RESTARTING = "server restarting"
"""The reason of RESTART. Another process already serves, so a client needs no growing delay."""

UNREADABLE = "the state can't be read now"
"""The reason of TRY_AGAIN."""

COMEBACKS_A_SECOND = 250
"""A process lets in up to 400 sockets a second while it is not busy; those that are closed together come back so many
a second."""


def come_back(why: str, sockets: int) -> str:
    """The reason of a close that `sockets` clients get together, with the time over which they spread their return."""
    return f"{why}: come back within {max(1, -(-sockets // COMEBACKS_A_SECOND))} s"


class Refused(Exception):
    """A refused message. `code` is stable English; the socket stays open."""

    def __init__(self, code: str, title: str, id: object = None) -> None:
        super().__init__(title)
        self.code, self.title, self.id = code, title, id


@dataclass(frozen=True, slots=True)
class Ping:
    """A client's test of the connection. `id` is echoed."""

    id: str | int | None


@dataclass(frozen=True, slots=True)
class Posted:
    """A request that REST answers: `body` is that of the REST request at `path`. `id` is echoed."""

    op: Op
    id: str | int | None
    path: str
    body: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Request:
    """A client's request for a channel. `id` is echoed; `seq` is the last one it has seen, for a resume."""

    op: Op
    id: str | int | None
    channel: Channel
    seq: int | None


@dataclass(frozen=True)
class Published(Message):
    """A published message for the sockets: they share it, so that it is encoded once."""

    @cached_property
    def frame(self) -> str:
        """The update of a channel whose messages have their own `seq`: the same text for every socket."""
        return self.frame_numbered(self.seq)

    @cached_property
    def wire(self) -> bytes:
        """`frame` as its bytes on the wire."""
        return text_frame(self.frame)

    def with_those_of(self, earlier: Self) -> Self:
        """This update of a market, and the prices of an earlier one that was not handed on.

        Only prices add up: candles replace those before.
        """
        return replace(self, data=[*earlier.data, *self.data]) if self._has_prices and earlier._has_prices else self

    def after(self, seq: int) -> Self:
        """This update without the prices up to `seq`: the same object for all sockets that have these."""
        if not self._has_prices or len(self.data) == 1:
            return self
        if seq not in self._later:
            data = [price for price in self.data if price["sequence"] > seq]
            self._later[seq] = self if len(data) == len(self.data) else replace(self, data=data)
        return self._later[seq]

    def frame_numbered(self, seq: int | None) -> str:
        """The update with the number that a socket counts: only the number is written anew for each."""
        before, after = self._around_seq
        return f"{before}{seq}{after}"

    @cached_property
    def _later(self) -> dict[int, Self]:
        return {}

    @property
    def _has_prices(self) -> bool:
        return self.channel.startswith(f"{Kind.PRICES}.") and isinstance(self.data, list)

    @cached_property
    def _around_seq(self) -> tuple[str, str]:
        channel, data = compact_json(self.channel), compact_json(self.data)
        return f'{{"type":"update","channel":{channel},"seq":', f',"data":{data}}}'


def parse(text: str) -> Ping | Request | Posted:
    """Parse a client's frame. Raises Refused."""
    try:
        content = read_json(text)
    except NotJson as error:
        raise Refused("invalid-json", "The message is not valid JSON") from error
    if not isinstance(content, dict):
        raise Refused("invalid-message", "The message must be a JSON object")
    id = content.get("id")
    if isinstance(id, bool) or not isinstance(id, str | int | None):
        raise Refused("invalid-id", "`id` must be a string or a whole number")
    op = content.get("op")
    if op not in list(Op):
        raise Refused("unknown-op", f"`op` must be one of {', '.join(Op)}", id)
    if unknown := sorted(content.keys() - MEMBERS[Op(op)]):
        raise Refused("unknown-field", f"`{op}` has no {unknown[0][:100]!a}", id)
    if op == Op.PING:
        return Ping(id)
    if op in PATHS:
        return Posted(Op(op), id, PATHS[Op(op)].format(trade=_trade(content, id, Op(op))), _body(content, id))
    return Request(Op(op), id, _channel(content, id), _seq(content, id, wanted=op == Op.RESUME))


def _trade(content: dict[str, object], id: object, op: Op) -> UUID | None:
    if op is not Op.CLOSE:
        return None
    named = content.get("trade")
    trade = parse_id(named) if isinstance(named, str) else None
    if trade is None:
        raise Refused("invalid-trade", "`trade` must be the id of a trade", id)
    return trade


def _body(content: dict[str, object], id: object) -> dict[str, object]:
    body = content.get("body", {})
    if not isinstance(body, dict):
        raise Refused("invalid-body", "`body` must be a JSON object", id)
    return body


def _channel(content: dict[str, object], id: object) -> Channel:
    channel = content.get("channel")
    try:
        return Channel.parse(channel if isinstance(channel, str) else "")
    except UnknownChannel as error:
        raise Refused(
            "unknown-channel",
            "`channel` must be instruments, tickers, announcements, prices.{instrument}, "
            "candles.{instrument}.{interval}, trades, wallet, offers or orders",
            id,
        ) from error


def _seq(content: dict[str, object], id: object, *, wanted: bool) -> int | None:
    seq = content.get("seq")
    if not wanted:
        return None
    if isinstance(seq, bool) or not isinstance(seq, int) or not 0 <= seq < 2**63:
        raise Refused("invalid-seq", "`seq` must be the last sequence number that was received", id)
    return seq


def frame(type: str, **members: object) -> str:
    """A server frame as text."""
    return compact_json({"type": type, **members})
