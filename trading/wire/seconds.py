"""The evidence for one second's price, in the form of a proof: with its neighbours, conversions, days and paths."""

from datetime import datetime
from typing import Any

from accounts.domain.notation import write_decimal, write_instant
from trading.domain.proof.proof import Purpose, Span
from trading.selectors.proof.proofs import conversions_of
from trading.selectors.seconds import Second
from trading.wire.chains import chain, days, window


def evidence(second: Second, *, now: datetime) -> dict[str, Any]:
    """What shows that this price follows from its venues, and that it is a link of the chain. It has a price."""
    around = [price for price in (second.before, second.price, second.after) if price is not None]
    # It decides no trade: only this second has to have its conversions.
    windows = [(Span(Purpose.EXIT, second.at, second.at), around)]
    return {
        "issued_at": write_instant(now),
        "trade": {"instrument": second.instrument.symbol},
        "pip": write_decimal(second.instrument.pip),
        "windows": [window(span, prices) | {"purpose": "second"} for span, prices in windows],
        **days(second.instrument, windows),
        "conversions": [chain(instrument, pieces) for instrument, pieces in conversions_of(windows)],
    }
