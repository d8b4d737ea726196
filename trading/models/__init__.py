"""The tables of this room. Other rooms use its services and selectors, never these."""

from trading.models.flash_trade import FlashTrade
from trading.models.instrument import Instrument
from trading.models.price import IndexPrice

__all__ = ["FlashTrade", "IndexPrice", "Instrument"]
