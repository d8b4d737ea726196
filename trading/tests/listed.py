"""A trade as lists show it, for tests that know it from another answer."""

from typing import Any


def listed(trade: dict[str, Any]) -> dict[str, Any]:
    """The trade without its receipt, and without that of its close order."""
    close = trade["close"] and {name: value for name, value in trade["close"].items() if name != "receipt"}
    return {name: value for name, value in trade.items() if name != "receipt"} | {"close": close}
