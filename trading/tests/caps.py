"""Sets the operator's caps for a test."""

from trading.models import Instrument
from trading.tests.cast import Stage


def cap(stage: Stage, **caps: object) -> None:
    Instrument.objects.filter(pk=stage.instrument.pk).update(**caps)
