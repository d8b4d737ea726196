"""The JSON shape of a quote: in REST's answer, and in the refusal of an order."""

from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from accounts.domain.money import write_money
from accounts.domain.notation import write_decimal, write_instant
from trading.domain.payouts import break_even
from trading.domain.prices import Source
from trading.domain.quotes import Quote
from trading.domain.terms import Direction
from trading.selectors.listings import Listing
from trading.wire.market import write_price, write_rate

MILLISECOND = timedelta(milliseconds=1)


def quote(quote: Quote, *, token: str, listing: Listing, now: datetime) -> dict[str, object]:
    """A quote, signed as `token`, with the facts that a trader needs to take it. `break_even` is a share: 0.5405."""
    request, offer, instrument, newest = quote.request, quote.offer, listing.instrument, listing.newest
    return {
        "quote": token,
        "instrument": request.instrument,
        "direction": request.direction,
        "duration": request.duration_seconds,
        "demo": request.demo,
        "currency": instrument.currency,
        "payout_rate": write_rate(offer.rate),
        "base_rate": write_rate(offer.base),
        "rate_skew": write_rate(offer.rate_skew),
        "break_even": write_decimal(break_even(offer.rate)),
        "stake_min": write_money(instrument.stake_min, instrument.currency),
        "stake_max": write_money(instrument.stake_max, instrument.currency),
        "tie": "stake-returned",
        "rule_version": quote.rule_version,
        "payout_version": offer.version,
        "issued_at": write_instant(quote.issued_at),
        "expires_at": write_instant(quote.expires_at),
        "price": write_price(newest.price, instrument.pip) if newest else None,
        "priced_at": write_instant(newest.priced_at) if newest else None,
        "price_age_ms": (now - newest.priced_at) // MILLISECOND if newest else None,
        "simulated": newest.source != Source.LIVE if newest else None,
        "description": _description(quote),
    }


def _description(quote: Quote) -> str:
    words = {
        Direction.UP: _(
            "{instrument} up, {seconds} s. You gain {gain} of the stake if the exit price is higher than the entry"
            " price, and lose the stake if it is lower. If they are equal, the stake is returned."
        ),
        Direction.DOWN: _(
            "{instrument} down, {seconds} s. You gain {gain} of the stake if the exit price is lower than the"
            " entry price, and lose the stake if it is higher. If they are equal, the stake is returned."
        ),
    }
    request = quote.request
    gain = f"{write_decimal(quote.offer.rate * 100)} %"  # "% of" in a text would look like a placeholder to Babel
    return words[request.direction].format(instrument=request.instrument, seconds=request.duration_seconds, gain=gain)
