"""The tables of this room. Other rooms use its services and selectors, never these."""

from trading.models.flash_trade import FlashTrade
from trading.models.instrument import Instrument
from trading.models.price import IndexPrice
from trading.models.trade_correction import TradeCorrection

__all__ = ["FlashTrade", "IndexPrice", "Instrument", "TradeCorrection"]
