"""The tables of this room. Other rooms use its services and selectors, never these."""

from trading.models.candle import Candle
from trading.models.close_order import CloseOrder
from trading.models.flash_trade import FlashTrade
from trading.models.instrument import Instrument
from trading.models.key_trade import KeyTrade
from trading.models.liability_slot import LiabilitySlot
from trading.models.market_day import MarketDay
from trading.models.payout_version import PayoutVersion
from trading.models.price import IndexPrice
from trading.models.price_head import PriceHead
from trading.models.price_pruning import PricePruning
from trading.models.proof import DailyDigest, SigningKey
from trading.models.receipt import Receipt
from trading.models.trade_correction import TradeCorrection
from trading.models.wallet_day import WalletDay

__all__ = [
    "Candle",
    "CloseOrder",
    "DailyDigest",
    "FlashTrade",
    "IndexPrice",
    "Instrument",
    "KeyTrade",
    "LiabilitySlot",
    "MarketDay",
    "PayoutVersion",
    "PriceHead",
    "PricePruning",
    "Receipt",
    "SigningKey",
    "TradeCorrection",
    "WalletDay",
]
