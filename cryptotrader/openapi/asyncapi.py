"""The description of the socket `/ws/v1` in AsyncAPI 3, from the types of its messages.

`python -m cryptotrader.openapi.asyncapi` prints it; the committed file is served, and a test compares the two.
"""

import json
import re
import sys
from collections.abc import Iterator
from typing import Any

from cryptotrader.openapi.shapes import SHAPES
from cryptotrader.openapi.words import (
    FLAG,
    INSTANT,
    UID,
    Schema,
    about,
    choice,
    many,
    named,
    nullable,
    record,
    text,
    whole,
)
from trading.domain.candles import Interval
from trading.domain.channels import PRIVATE, Kind
from trading.streams.protocol import CHANNELS_MAX, MEMBERS, MESSAGE_LENGTH_MAX, Close, Op

SYMBOL = "[A-Z0-9]{1,12}-[A-Z0-9]{1,12}"
NAMES = {
    Kind.PRICES: rf"prices\.{SYMBOL}",
    Kind.CANDLES: rf"candles\.{SYMBOL}\.({'|'.join(Interval)})",
}
"""The forms of channels' names; the others are the kind alone."""

DATA = {
    Kind.PRICES: named("IndexPrice"),
    Kind.CANDLES: named("Candle"),
    Kind.INSTRUMENTS: named("StatusChange"),
    Kind.TICKERS: named("Ticker"),
    Kind.ANNOUNCEMENTS: named("Announcement"),
    Kind.TRADES: named("ListedTrade"),
    Kind.WALLET: named("Wallet"),
    Kind.OFFERS: named("Offer"),
    Kind.ORDERS: named("OrderNews"),
}
ID: Schema = {"type": ["string", "integer", "null"], "description": "of your choice; the answer carries it back"}
CHANNEL = text(pattern=f"^({'|'.join(NAMES.get(kind, str(kind)) for kind in Kind)})$")
BODIES = {Op.ORDER: named("Order"), Op.CLOSE: named("CloseRequest"), Op.QUOTE: named("QuoteRequest")}
"""The bodies of the REST requests that these stand for."""
MEMBER = {"trade": about(UID, "its id"), "id": ID, "channel": CHANNEL, "seq": whole(least=0, most=2**63 - 1)}
BEARER = {"$ref": "#/components/securitySchemes/bearer"}
CLOSES = {
    Close.ACCESS_ENDED: "the access has ended; the reason names why",
    Close.UNKNOWN_PATH: "there is only /ws/v1",
    Close.TOO_SLOW: "the client doesn't read fast enough",
    Close.MESSAGE_TOO_LONG: f"a message over {MESSAGE_LENGTH_MAX} characters, or a binary one",
    Close.TOO_MANY: "more than 200 messages at once",
    Close.RESTART: "this process ends, and another one serves already: come back within the time that the reason names",
    Close.TRY_AGAIN: "the state can't be read at the moment: come back within the time that the reason names",
}


def requests() -> dict[str, Schema]:
    """The messages of a client, by their names."""
    return {
        f"{op}Request": {
            "type": "object",
            "properties": {
                "op": {"const": str(op)},
                **{name: _member(op, name) for name in sorted(MEMBERS[op] - {"op"})},
            },
            "required": ["op", *sorted(MEMBERS[op] - OPTIONAL.get(op, {"op", "id"}))],
            "additionalProperties": False,
        }
        for op in Op
    }


OPTIONAL = {Op.CLOSE: {"op", "id", "body"}}


def _member(op: Op, name: str) -> Schema:
    return BODIES[op] if name == "body" else MEMBER[name]


def frames() -> dict[str, Schema]:
    """The frames of the server, by their names. New types and new members may come: ignore them."""
    answers = {
        "subscribed": record(type={"const": "subscribed"}, id=ID, channel=CHANNEL),
        "unsubscribed": record(type={"const": "unsubscribed"}, id=ID, channel=CHANNEL),
        "pong": record(type={"const": "pong"}, id=ID, time=INSTANT),
        "heartbeat": record(type={"const": "heartbeat"}, time=INSTANT),
        "answer": record(
            type={"const": "answer"},
            id=ID,
            op=choice(BODIES),
            status=about(whole(), "as REST answers it"),
            replayed=FLAG,
            retry_after=about(nullable(whole(least=0)), "seconds"),
            body=about({"type": ["object", "null"]}, "that of REST: a trade, a quote, or a problem"),
        ),
        "error": record(type={"const": "error"}, id=ID, code=text(), title=text()),
    }
    return answers | {str(kind): _of_channel(kind) for kind in Kind}


def _of_channel(kind: Kind) -> Schema:
    whose = "for everyone" if kind not in PRIVATE else "private: your own"
    return about(
        record(
            type=choice(["snapshot", "update"]),
            channel=text(pattern=f"^{NAMES.get(kind, str(kind))}$"),
            seq=about(nullable(whole(least=0)), "counts within the channel"),
            data=many(DATA[kind]),
        ),
        f"The state of a channel, or its changes ({whose})",
    )


def description() -> dict[str, Any]:
    """The whole document."""
    messages = requests() | frames()
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "cryptotrader streams",
            "version": "1",
            "description": "One WebSocket for prices, your trades and your wallet. The guide is at /docs/streams.",
            "license": {"name": "Apache-2.0"},
        },
        "defaultContentType": "application/json",
        "servers": {"site": {"host": "127.0.0.1:8000", "protocol": "wss", "security": [BEARER]}},
        "channels": {
            "socket": {
                "address": "/ws/v1",
                "description": f"At most {CHANNELS_MAX} channels for each socket.",
                "messages": {name: {"$ref": _at("messages", name)} for name in messages},
                "x-close-codes": {str(int(code)): CLOSES[code] for code in Close},
            }
        },
        "operations": {
            "takeRequests": _operation("receive", requests()),
            "sendFrames": _operation("send", frames()),
        },
        "components": {
            "messages": {name: {"name": name, "payload": payload} for name, payload in messages.items()},
            "schemas": dict(sorted(_used([*DATA.values(), *BODIES.values()]))),
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}},
        },
    }  # fmt: skip


def _at(kind: str, name: str) -> str:
    return f"#/components/{kind}/{name}"


def _operation(action: str, messages: dict[str, Schema]) -> dict[str, Any]:
    listed = [{"$ref": f"#/channels/socket/messages/{name}"} for name in messages]
    return {"action": action, "channel": {"$ref": "#/channels/socket"}, "messages": listed}


def _used(shapes: list[Schema]) -> Iterator[tuple[str, Schema]]:
    """The shapes that these name, and those that they name."""
    waiting, seen = list(shapes), set()
    while waiting:
        for name in re.findall(r'"#/components/schemas/(\w+)"', json.dumps(waiting.pop())):
            if name not in seen:
                seen.add(name)
                waiting.append(SHAPES[name])
                yield name, SHAPES[name]


if __name__ == "__main__":
    sys.stdout.write(json.dumps(description(), ensure_ascii=False, indent=1) + "\n")
