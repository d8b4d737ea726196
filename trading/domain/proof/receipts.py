"""Receipts: the platform's signed acceptance of an order or of a close order (rule 11).

Those of one wallet are a chain: each has its number, and the hash of the one before it. So the holder of the last one
notices any change of an earlier one, and any that is left out.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from typing import Any

from accounts.domain.notation import parse_instant, write_instant
from trading.domain.proof.jws import BadStatement, Signer, canonical, header_part, read, write_bytes

VERSION = 1
"""The version of a receipt's form; not of the rules."""

TYP = "trade-receipt+jws"

TERMS = (
    "instrument",
    "direction",
    "amount",
    "currency",
    "demo",
    "duration",
    "payout_rate",
    "payout",
    "payout_version",
    "rule_version",
    "accepted_at",
    "entry_at",
    "expires_at",
)
"""The members of a trade in REST that the receipt of its order has too."""


class Accepted(StrEnum):
    """The kind of order that a receipt accepts."""

    ORDER = "order"
    CLOSE = "close"


@dataclass(frozen=True, slots=True)
class Link:
    """The end of a wallet's chain: the number of its newest receipt, and its digest (SHA-256, hexadecimal)."""

    number: int
    digest: str


START = Link(0, "0" * 64)
"""The end of the chain of a wallet without receipts."""


@dataclass(frozen=True, slots=True)
class Seen:
    """The newest index price at an acceptance: its number in the chain, and its digest."""

    sequence: int
    digest: str


@dataclass(frozen=True, slots=True)
class Stamp:
    """The part of a receipt that its trade or close order doesn't have: with `told` it is the whole receipt again."""

    wallet: int
    number: int
    previous: str
    seen: Seen
    kid: str
    signature: bytes


@dataclass(frozen=True, slots=True)
class Signed:
    """A new receipt: its text, and the end of the chain that it makes."""

    text: str
    link: Link
    signature: bytes


def sign_receipt(
    told: Mapping[str, object], *, kind: Accepted, wallet: int, before: Link, seen: Seen, signer: Signer
) -> Signed:
    """Sign the acceptance of what is `told`: the terms, the trade and the client's key. It continues `before`."""
    number = before.number + 1
    text, signature = signer.sign(_content(told, kind, wallet, number, before.digest, seen))
    return Signed(text, Link(number, digest_of(text)), signature)


def text_of(told: Mapping[str, object], kind: Accepted, stamp: Stamp) -> str:
    """The receipt with this stamp, byte for byte as it was signed."""
    content = _content(told, kind, stamp.wallet, stamp.number, stamp.previous, stamp.seen)
    return f"{_header(stamp.kid)}.{write_bytes(content)}.{write_bytes(stamp.signature)}"


def digest_of(text: str) -> str:
    """The hash of a receipt: the SHA-256 of its text, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


def _content(told: Mapping[str, object], kind: Accepted, wallet: int, number: int, previous: str, seen: Seen) -> bytes:
    return canonical(
        {
            **told,
            "version": VERSION,
            "kind": kind.value,
            "wallet": wallet,
            "number": number,
            "previous": previous,
            "price_sequence": seen.sequence,
            "price_digest": seen.digest,
        }
    )


@lru_cache(maxsize=100)
def _header(kid: str) -> str:
    return header_part(kid, TYP)


@dataclass(frozen=True, slots=True)
class Receipt:
    """A receipt as its reader sees it; `told` are all its members."""

    text: str
    kind: str
    wallet: int
    number: int
    previous: str
    trade: str
    accepted_at: datetime
    seen: Seen
    told: Mapping[str, Any]

    @property
    def digest(self) -> str:
        return digest_of(self.text)


SHAPE = {
    "version": int,
    "kind": str,
    "wallet": int,
    "number": int,
    "previous": str,
    "trade": str,
    "accepted_at": str,
    "price_sequence": int,
    "price_digest": str,
}
"""The members that every receipt has."""


def read_receipt(text: str, keys: Mapping[str, str]) -> Receipt:
    """Read a receipt that one of `keys` signed (public keys by kid). Raises BadStatement and BadSignature."""
    told = read(text, keys=keys, typ=TYP)
    if told.get("version") != VERSION or not all(type(told.get(name)) is kind for name, kind in SHAPE.items()):
        raise BadStatement("not a receipt of this version")
    accepted_at = parse_instant(told["accepted_at"])
    if accepted_at is None or write_instant(accepted_at) != told["accepted_at"] or told["number"] < 1:
        raise BadStatement("not a receipt's number or time")
    return Receipt(
        text,
        kind=told["kind"],
        wallet=told["wallet"],
        number=told["number"],
        previous=told["previous"],
        trade=told["trade"],
        accepted_at=accepted_at,
        seen=Seen(told["price_sequence"], told["price_digest"]),
        told=told,
    )
