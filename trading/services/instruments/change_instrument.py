from collections.abc import Collection

from accounts.domain.approvals.made_from import require_unchanged
from trading.models import Instrument

TERMS = (
    *("stake_min", "stake_max", "durations", "liability_max", "bucket_liability_max", "open_trades_max", "staked_max"),
    "stake_window_seconds",
)


def terms_of(instrument: Instrument) -> dict[str, object]:
    """The bounds and caps of future trades, without the status."""
    return {name: getattr(instrument, name) for name in TERMS}


def change_instrument(wanted: Instrument, *, changed: Collection[str], made_from: str | None) -> None:
    """Store the changed fields; a status that a colleague sets at this moment stays. Django's form page opens the
    transaction, so this opens none.

    Raises ChangedMeanwhile if the terms aren't those of `made_from` any more, the mark of those that the caller knew.
    """
    held = Instrument.objects.select_for_update(no_key=True).get(pk=wanted.pk)
    require_unchanged(terms_of(held), made_from)
    wanted.save(update_fields=changed)
