from datetime import date, datetime

import structlog
from django.conf import settings

from trading.selectors.price_months import months_to_prune
from trading.services.prices.prune_prices import Pruned, PruneRefused, prune_prices

log = structlog.get_logger(__name__)


def prune_old_prices(*, now: datetime) -> Pruned | None:
    """Prune the earliest month that is older than KEEP_PRICES_MONTHS; None if there is none, or it is refused.

    One month a call: the next call takes the next one, and settlements come between. 0 keeps all prices for ever.
    """
    if not settings.KEEP_PRICES_MONTHS:
        return None
    months = months_to_prune(before=months_before(now.date(), settings.KEEP_PRICES_MONTHS))
    if not months:
        return None
    try:
        pruned = prune_prices(month=months[0])
    except PruneRefused as refusal:
        log.warning(
            "an old month keeps its prices", month=f"{months[0]:%Y-%m}", guard=refusal.guard, reason=str(refusal)
        )
        return None
    log.info("prices pruned", month=f"{pruned.month:%Y-%m}", removed=pruned.removed, kept=pruned.kept)
    return pruned


def months_before(day: date, months: int) -> date:
    """The first day of the month that is so many months before the day's own."""
    years, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return date(years, month + 1, 1)
