"""The JSON shape of instruments, prices, candles and venues."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from accounts.domain.money import write_money
from accounts.domain.notation import places, write_decimal, write_instant
from trading.domain.candles import Bar
from trading.domain.prices import Source
from trading.domain.rules import RULES_NOW
from trading.domain.venues import VenueHealth
from trading.models import IndexPrice, Instrument, PriceHead
from trading.selectors.listings import Listing


def write_price(price: Decimal, pip: Decimal) -> str:
    """A price with as many places as its pip has."""
    return f"{price:.{places(pip)}f}"


def index_price(price: IndexPrice) -> dict[str, object]:
    """A price with its venue inputs and its place in the chain."""
    return {
        "instrument": price.instrument.symbol,
        "priced_at": write_instant(price.priced_at),
        "price": write_price(price.price, price.instrument.pip),
        "sequence": price.sequence,
        "source": price.source,
        "simulated": price.source != Source.LIVE,
        "venues": price.venues,
        "previous": price.previous,
        "digest": price.digest,
        "rule_version": price.rule_version,
        "pip": write_decimal(price.instrument.pip),
        "venues_min": price.venues_min,
    }


def ticker(instrument: Instrument, newest: IndexPrice | PriceHead) -> dict[str, object]:
    """The newest price of an instrument, without its inputs."""
    return {
        "instrument": instrument.symbol,
        "priced_at": write_instant(newest.priced_at),
        "price": write_price(newest.price, instrument.pip),
        "source": newest.source,
    }


def candles(bars: Iterable[Bar], pip: Decimal) -> list[dict[str, object]]:
    """Candles, each with the number of its prices. `simulated`: at least one of these wasn't live."""
    scale = places(pip)
    return [
        {
            "opened_at": write_instant(bar.opened_at),
            "open": f"{bar.open:.{scale}f}",
            "high": f"{bar.high:.{scale}f}",
            "low": f"{bar.low:.{scale}f}",
            "close": f"{bar.close:.{scale}f}",
            "count": bar.count,
            "simulated": bar.simulated,
        }
        for bar in bars
    ]


def listing(listing: Listing) -> dict[str, object]:
    """An instrument: its limits and terms, and the origin of its newest price."""
    instrument, newest, payouts = listing.instrument, listing.newest, listing.payouts
    return {
        **instrument_status(instrument),
        "currency": instrument.currency,
        "pip": write_decimal(instrument.pip),
        "stake_min": write_money(instrument.stake_min, instrument.currency),
        "stake_max": write_money(instrument.stake_max, instrument.currency),
        "open_trades_max": instrument.open_trades_max,
        "staked_max": _money(instrument.staked_max, instrument.currency),
        "stake_window_seconds": instrument.stake_window_seconds,
        "durations": instrument.durations,
        "payout_rates": {str(seconds): write_rate(payouts.base(seconds)) for seconds in instrument.durations},
        "payout_version": payouts.version,
        "rate_skew_max": write_rate(payouts.rate_skew_max),
        "tie": "stake-returned",
        "rule_version": RULES_NOW.version,
        "venues_min": instrument.venues_min,
        "source": newest.source if newest else None,
        "simulated": newest.source != Source.LIVE if newest else None,
        "price": write_price(newest.price, instrument.pip) if newest else None,
        "priced_at": write_instant(newest.priced_at) if newest else None,
        "price_age_max_seconds": int(RULES_NOW.price_age_max.total_seconds()),
    }


def instrument_status(instrument: Instrument) -> dict[str, object]:
    """The status of an instrument, with its reason and its start."""
    return {
        "symbol": instrument.symbol,
        "status": instrument.status,
        "status_reason": instrument.status_reason,
        "status_reason_ko": instrument.status_reason_ko,
        "status_since": _instant(instrument.status_since),
    }


def venue(venue: VenueHealth) -> dict[str, object]:
    """The state of a venue of the live feed."""
    return {
        "venue": venue.venue,
        "state": venue.state,
        "since": write_instant(venue.since),
        "heard_at": _instant(venue.heard_at),
        "clock_skew_seconds": None if venue.clock_skew is None else f"{venue.clock_skew.total_seconds():.3f}",
        "connections": venue.connections,
        "unreadable": venue.unreadable,
        "repeated": venue.repeated,
        "error": venue.error,
        "mirror": venue.mirror,
        "missing": list(venue.missing),
        "apart": [
            {"instrument": item.instrument, "market": item.market, "live": item.error is None, "error": item.error}
            for item in venue.apart
        ],
        "instruments": [
            {"instrument": symbol, "heard_at": write_instant(at)} for symbol, at in sorted(venue.heard.items())
        ],
    }


def public_venue(venue: Mapping[str, Any], out: Mapping[tuple[str, str], str]) -> dict[str, object]:
    """A venue's public state: without the texts of errors, but with the reason if it doesn't count.

    `out` has the reasons by (instrument, venue).
    """
    instruments = [
        item | {"out": out.get((item["instrument"], venue["venue"])) if venue["state"] == "live" else None}
        for item in venue["instruments"]
    ]
    apart = [{key: value for key, value in item.items() if key != "error"} for item in venue["apart"]]
    told = {key: value for key, value in venue.items() if key != "error"}
    return told | {"instruments": instruments, "apart": apart}


def write_rate(rate: Decimal) -> str:
    """A payout rate with at least two places: 0.85."""
    return f"{rate:.{max(2, places(rate))}f}"


def _money(amount: Decimal | None, currency: str) -> str | None:
    return None if amount is None else write_money(amount, currency)


def _instant(instant: datetime | None) -> str | None:
    return None if instant is None else write_instant(instant)
