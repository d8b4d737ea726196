"""What a push of results says. It shows on a locked phone, so it names neither money nor a person."""

from collections import Counter
from collections.abc import Sequence
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext, pgettext

from trading.models import FlashTrade

SYMBOLS_MAX = 3


def told(user_id: int, trade_ids: Sequence[UUID]) -> dict[str, str] | None:
    """One result with its instrument, or the counts of several; None if there is none."""
    mine = FlashTrade.objects.filter(user_id=user_id, pk__in=trade_ids, outcome__isnull=False)
    found = list(mine.select_related("instrument").order_by("-id"))
    if not found:
        return None
    symbols = sorted({trade.instrument.symbol for trade in found})
    listed = ", ".join(symbols[:SYMBOLS_MAX]) + (" …" if len(symbols) > SYMBOLS_MAX else "")
    one = found[0] if len(found) == 1 else None
    return {
        "title": _outcomes(found),
        "body": f"{listed} {'▲' if one.direction == 'up' else '▼'}" if one else listed,
        "tag": "results",
        "url": reverse("result", args=[one.pk]) if one else reverse("history"),
    }


def _outcomes(trades: Sequence[FlashTrade]) -> str:
    words = {
        "won": pgettext("count", "{n} won"),
        "lost": pgettext("count", "{n} lost"),
        "tied": pgettext("count", "{n} tied"),
        "sold": pgettext("count", "{n} closed early"),
        "voided": pgettext("count", "{n} voided"),
    }
    counts = Counter(str(trade.outcome) for trade in trades)
    if len(trades) == 1:
        return {
            "won": gettext("Won"),
            "lost": gettext("Lost"),
            "tied": gettext("Tied"),
            "sold": gettext("Closed early"),
            "voided": gettext("Voided"),
        }[str(trades[0].outcome)]
    return ", ".join(word.format(n=counts[outcome]) for outcome, word in words.items() if counts[outcome])
