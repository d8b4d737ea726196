"""The channels of `/ws/v1`: their names, their owners, and the topics that carry them."""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Self

from accounts.domain import channels
from accounts.domain.channels import Message, user_topic
from trading.domain.candles import Interval


class Kind(StrEnum):
    """The first part of a channel's name."""

    PRICES = "prices"
    CANDLES = "candles"
    INSTRUMENTS = "instruments"
    TICKERS = "tickers"
    ANNOUNCEMENTS = channels.ANNOUNCEMENTS
    TRADES = channels.TRADES
    WALLET = channels.WALLET
    OFFERS = "offers"
    ORDERS = channels.ORDERS


PRIVATE = frozenset({Kind.TRADES, Kind.WALLET, Kind.OFFERS, Kind.ORDERS})
ON_THEIR_OWN = frozenset({Kind.OFFERS, Kind.ORDERS})
"""Private channels with a topic of their own: they are filled only for those who listen."""
_PLAIN = frozenset(Kind) - {Kind.PRICES, Kind.CANDLES}
_SYMBOL = re.compile("[A-Z0-9]{1,12}-[A-Z0-9]{1,12}")


class UnknownChannel(ValueError):
    """No channel has this name."""


@dataclass(frozen=True, slots=True)
class Channel:
    """One subscription target. Prices and candles belong to an instrument; candles have an interval too."""

    kind: Kind
    symbol: str | None = None
    interval: Interval | None = None

    @classmethod
    def parse(cls, name: str) -> Self:
        """Read a channel's name, such as `candles.BTC-USDT.1m`. Raises UnknownChannel."""
        match name.split("."):
            case [Kind.PRICES, symbol] if _SYMBOL.fullmatch(symbol):
                return cls(Kind.PRICES, symbol)
            case [Kind.CANDLES, symbol, interval] if _SYMBOL.fullmatch(symbol) and interval in list(Interval):
                return cls(Kind.CANDLES, symbol, Interval(interval))
            case [kind] if kind in _PLAIN:
                return cls(Kind(kind))
        raise UnknownChannel(name)

    @property
    def name(self) -> str:
        """The channel's name in clients' requests and in messages."""
        return ".".join(part for part in (self.kind, self.symbol, self.interval) if part)

    @property
    def is_private(self) -> bool:
        """Whether each person has a channel of their own."""
        return self.kind in PRIVATE

    @property
    def is_kept(self) -> bool:
        """Whether the last messages of this channel are kept for a client that comes back."""
        return self.kind in channels.KEPT

    def topic(self, user_id: int | None = None) -> str:
        """The topic that carries this channel. A public channel has its own; most private ones of a person share
        one."""
        if not self.is_private:
            return self.name
        if user_id is None:
            raise ValueError(f"{self.name} is private: each person has a topic")
        return user_topic(user_id, self.kind if self.kind in ON_THEIR_OWN else None)

    def message(self, data: Any, *, seq: int | None = None, user_id: int | None = None) -> Message:
        """An update of this channel; of a private channel, for this person."""
        return Message(self.topic(user_id), self.name, data, seq)
