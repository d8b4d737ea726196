"""The protocol of each venue."""

from collections.abc import Mapping

from trading.tests.feeds.venues import binance, bitstamp, coinbase, kraken, okx
from trading.tests.feeds.venues.dialect import Dialect

DIALECTS: Mapping[str, Dialect] = {
    "binance": binance.DIALECT,
    "okx": okx.DIALECT,
    "kraken": kraken.DIALECT,
    "coinbase": coinbase.DIALECT,
    "bitstamp": bitstamp.DIALECT,
}
