"""The JSON shape of people's own limits, and of their trades in a session."""

from datetime import datetime
from decimal import Decimal

from accounts.domain.limits.own_limits import write_amount
from accounts.domain.money import write_money
from accounts.domain.notation import write_instant
from trading.selectors.limits import LimitStanding
from trading.selectors.sessions import SessionTrades


def limit(standing: LimitStanding) -> dict[str, object]:
    """A limit that a person set for themselves, with its use."""
    limit = standing.limit

    def amount(value: Decimal | None) -> str | None:
        return None if value is None else write_amount(value, limit.kind, limit.currency)

    return {
        "kind": str(limit.kind),
        "currency": limit.currency or None,
        "demo": limit.demo,
        "period_days": limit.period_days,
        "amount": amount(limit.amount),
        "used": amount(standing.used),
        "left": amount(standing.left),
        "resets_at": _instant(standing.resets_at),
        "next_amount": amount(standing.next_amount),
        "next_from": _instant(standing.next_from),
    }


def session_trades(trades: SessionTrades) -> dict[str, object]:
    """The trades of a session, with one wallet."""
    return {
        "currency": trades.currency,
        "demo": trades.demo,
        "trades": trades.trades,
        "turnover": write_money(trades.turnover, trades.currency),
        "net_result": write_money(trades.result, trades.currency),
    }


def _instant(instant: datetime | None) -> str | None:
    return None if instant is None else write_instant(instant)
