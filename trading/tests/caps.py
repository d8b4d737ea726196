"""Sets the operator's caps for a test."""

from cryptotrader.tests.cast import Stage
from trading.models import Instrument


def cap(stage: Stage, **caps: object) -> None:
    Instrument.objects.filter(pk=stage.instrument.pk).update(**caps)
