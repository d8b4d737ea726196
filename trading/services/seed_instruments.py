from decimal import Decimal

from trading.models import Instrument

DURATIONS = [15, 30, 60, 120, 300, 900, 3600]
PIPS = {"BTC-USDT": Decimal("0.01"), "ETH-USDT": Decimal("0.01"), "XRP-USDT": Decimal("0.0001")}


def seed_instruments() -> int:
    """The instruments that a new installation starts with; those already there stay as they are. How many are new."""
    before = Instrument.objects.count()
    Instrument.objects.bulk_create(
        [Instrument(symbol=symbol, pip=pip, durations=DURATIONS) for symbol, pip in PIPS.items()],
        ignore_conflicts=True,
    )
    return Instrument.objects.count() - before
