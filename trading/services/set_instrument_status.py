from collections.abc import Sequence

from django.db import transaction

from trading.domain.terms import Status
from trading.models import Instrument


def set_instrument_status(*, symbols: Sequence[str], status: Status) -> int:
    """Open, pause or close instruments; how many changed. Trades that are under way settle whatever the status."""
    with transaction.atomic(durable=True):
        return Instrument.objects.filter(symbol__in=symbols).exclude(status=status).update(status=status)
