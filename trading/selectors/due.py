"""Due trades: the second of their entry, of their close order or of their expiry has come.

Three callers ask, each by its own clock. The feed asks by the second that it has priced, the sweep by the time. The
settlement asks by the series: see `decidable_by`.
"""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Exists, OuterRef, Q

from trading.domain.rules import LONGEST_ENTRY_WAIT, SHORTEST_GRACE, Rules, rules_of
from trading.domain.settlement import Window
from trading.domain.terms import Direction
from trading.models import CloseOrder, FlashTrade, Instrument, PriceHead


def to_enter(at: datetime) -> Q:
    """Condition on trades: without an entry price, though its second has come."""
    return Q(state=FlashTrade.State.PENDING, entry_at__lte=at)


def to_settle(at: datetime) -> Q:
    """Condition on trades: without a result, though the expiry second has come."""
    return ~Q(state=FlashTrade.State.SETTLED) & Q(expires_at__lte=at)


def to_close(at: datetime) -> Q:
    """Condition on close orders: undecided, though the deciding second has come."""
    return Q(state=CloseOrder.State.WAITING, close_at__lte=at)


def decidable_by(newest: PriceHead | None, now: datetime) -> datetime:
    """The last second whose results may be decided: the series has reached it, or the shortest grace has run out."""
    grace_over = now - SHORTEST_GRACE
    return max(newest.priced_at, grace_over) if newest else grace_over


def instruments_with_due_trades(at: datetime, *, among: Iterable[str] | None = None) -> list[str]:
    """The symbols of instruments with trades to enter, to close or to settle; `among` limits the search."""
    trades = FlashTrade.objects.filter(instrument=OuterRef("pk"))
    closes = CloseOrder.objects.filter(trade__instrument=OuterRef("pk"))
    asked = Instrument.objects.all() if among is None else Instrument.objects.filter(symbol__in=list(among))
    due = asked.filter(
        Exists(trades.filter(to_enter(at))) | Exists(trades.filter(to_settle(at))) | Exists(closes.filter(to_close(at)))
    )
    return list(due.values_list("symbol", flat=True))


def due_entries(instrument: Instrument, at: datetime) -> list[tuple[datetime, Rules]]:
    """The entry seconds of this instrument's trades to enter, each with the rules of these trades."""
    due = FlashTrade.objects.filter(to_enter(at), instrument=instrument)
    rows = due.values_list("entry_at", "rule_version").distinct()
    return [(entry_at, rules_of(version)) for entry_at, version in rows]


def due_closes(instrument: Instrument, *, newest: PriceHead | None, now: datetime, limit: int) -> list[CloseOrder]:
    """The earliest `limit` close orders of this instrument that are due, with their trades."""
    due = CloseOrder.objects.filter(to_close(decidable_by(newest, now)), trade__instrument=instrument)
    return list(due.order_by("close_at", "id").select_related("trade__instrument")[:limit])


def due_windows(instrument: Instrument, *, newest: PriceHead | None, now: datetime, limit: int) -> list[Window]:
    """The groups of this instrument's trades to settle, the earliest expiry first.

    They include trades that may have missed their entry price: these needn't wait for their expiry.
    """
    due = to_settle(decidable_by(newest, now))
    if newest:
        due |= to_enter(newest.priced_at - LONGEST_ENTRY_WAIT)
    rows = (
        FlashTrade.objects.filter(due, instrument=instrument)
        .values_list("direction", "entry_at", "expires_at", "demo", "rule_version")
        .distinct()
        .order_by("expires_at", "entry_at", "direction", "demo", "rule_version")
    )
    return [
        Window(Direction(way), entry, expiry, instrument.pip, demo, version)
        for way, entry, expiry, demo, version in rows[:limit]
    ]
