from decimal import Decimal

from trading.domain.terms import Status
from trading.models import Instrument

DURATIONS = [15, 30, 60, 120, 300, 900, 3600]
PIPS = {"BTC-USDT": Decimal("0.01"), "ETH-USDT": Decimal("0.01"), "XRP-USDT": Decimal("0.0001")}

CONVERSION = {"symbol": "USDT-USD", "pip": Decimal("0.000001"), "venues_min": 2}
"""What the live feed converts dollars with: an index of its own, which nobody trades."""


def seed_instruments() -> int:
    """The instruments that a new installation starts with; those already there stay as they are. How many are new."""
    before = Instrument.objects.count()
    Instrument.objects.bulk_create(
        [
            *(Instrument(symbol=symbol, pip=pip, durations=DURATIONS) for symbol, pip in PIPS.items()),
            Instrument(**CONVERSION, currency="USD", durations=[], status=Status.RETIRED, tradable=False),
        ],
        ignore_conflicts=True,
    )
    return Instrument.objects.count() - before
