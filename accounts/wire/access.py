"""The JSON shape of API keys."""

from decimal import Decimal

from accounts.domain.notation import write_decimal, write_instant
from accounts.models import ApiKey
from accounts.selectors.access.trading_stops import TradingStop


def trading_stop(stop: TradingStop) -> dict[str, object]:
    """The stop of a person's keys, for all of them or for single ones."""
    return {
        "stopped_at": write_instant(stop.stopped_at) if stop.stopped_at else None,
        "keys": [
            {"id": key.pk, "name": key.name, "stopped_at": write_instant(key.stopped_at)}
            for key in stop.keys
            if key.stopped_at
        ],
    }


def api_key(key: ApiKey) -> dict[str, object]:
    """An API key for its owner; never its secret."""
    return {
        "id": key.pk,
        "name": key.name,
        "prefix": key.prefix,
        "mode": "hmac" if key.signs else "bearer",
        "scopes": key.scopes,
        "networks": key.networks,
        "stake_max": _amount(key.stake_max),
        "stake_a_day": _amount(key.stake_a_day),
        "open_trades_max": key.open_trades_max,
        "created_at": write_instant(key.created_at),
        "expires_at": write_instant(key.expires_at) if key.expires_at else None,
        "last_used_at": write_instant(key.last_used_at) if key.last_used_at else None,
        "last_used_from": key.last_used_from,
    }


def _amount(amount: Decimal | None) -> str | None:
    """Without the zeros of the column: it is an amount of any currency."""
    return None if amount is None else write_decimal(amount)
