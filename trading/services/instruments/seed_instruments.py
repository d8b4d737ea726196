from decimal import Decimal

from trading.domain.terms import Status
from trading.models import Instrument

DURATIONS = [15, 30, 60, 120, 300, 900, 3600]
PIPS = {"BTC-USDT": Decimal("0.01"), "ETH-USDT": Decimal("0.01"), "XRP-USDT": Decimal("0.0001")}

CONVERSION = {"symbol": "USDT-USD", "pip": Decimal("0.000001"), "venues_min": 2}
"""The live feed converts dollars with this index. Nobody trades it."""


def seed_instruments() -> int:
    """Create the instruments of a new installation; existing ones stay unchanged. Returns the number of new ones."""
    before = Instrument.objects.count()
    Instrument.objects.bulk_create(
        [
            *(Instrument(symbol=symbol, pip=pip, durations=DURATIONS) for symbol, pip in PIPS.items()),
            Instrument(**CONVERSION, currency="USD", durations=[], status=Status.RETIRED, tradable=False),
        ],
        ignore_conflicts=True,
    )
    return Instrument.objects.count() - before
