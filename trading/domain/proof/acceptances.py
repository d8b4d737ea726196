"""The acceptances that a proof claims: of the order, and of each close order."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from trading.domain.proof.proof import Acceptance, ClaimedClose
from trading.domain.proof.receipts import TERMS, Accepted
from trading.domain.terms import Terms


def acceptances_of(
    trade: Mapping[str, Any], terms: Terms, closes: Sequence[Mapping[str, Any]], read: Sequence[ClaimedClose]
) -> Iterator[Acceptance]:
    """The order's first, then those of the close orders, in their order; `read` are these as they are read.

    Raises KeyError or TypeError.
    """
    told = {"kind": Accepted.ORDER.value, "trade": trade["id"]} | {name: trade.get(name) for name in TERMS}
    yield Acceptance("the order", _receipt(trade), told, terms.accepted_at, terms.entry_at)
    for close, claimed in zip(closes, read, strict=True):
        told = {
            "kind": Accepted.CLOSE.value,
            "trade": trade["id"],
            "accepted_at": close["asked_at"],
            "close_at": close["close_at"],
            "min_price": close["min_price"],
        }
        name = f"the close order of {close['asked_at']}"
        yield Acceptance(name, _receipt(close), told, claimed.asked_at, claimed.close_at)


def _receipt(accepted: Mapping[str, Any]) -> str | None:
    """Proofs from before receipts have no such member."""
    receipt = accepted.get("receipt")
    if receipt is not None and not isinstance(receipt, str):
        raise TypeError(f"not a receipt: {receipt!r:.60}")
    return receipt
