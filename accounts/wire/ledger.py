"""The JSON shape of wallets and of the lines of their statements, the same over REST and WebSocket."""

from django.utils.translation import gettext

from accounts.domain.ledger.statement import Line, description
from accounts.domain.money import write_money
from accounts.domain.notation import write_instant
from accounts.selectors.ledger.wallets import Wallet


def wallet(wallet: Wallet) -> dict[str, object]:
    """A wallet for programs; amounts are strings at the currency's scale."""
    return {
        "id": wallet.id,
        "currency": wallet.currency,
        "demo": wallet.demo,
        "balance": write_money(wallet.balance, wallet.currency),
        "held": write_money(wallet.held, wallet.currency),
        "available": write_money(wallet.available, wallet.currency),
        "revision": wallet.revision,
    }


STATEMENT_LINE = ("id", "time", "kind", "phase", "amount", "held_change", "balance", "held", "reference", "description")


def statement_line(line: Line, currency: str) -> dict[str, object]:
    """One line of a statement, with the fields in STATEMENT_LINE; `amount` is the signed change of the balance."""
    entry = line.entry
    return {
        "id": entry.id,
        "time": write_instant(entry.at),
        "kind": str(entry.kind),
        "phase": str(entry.phase),
        "amount": write_money(entry.amount, currency),
        "held_change": write_money(entry.held_change, currency),
        "balance": write_money(line.balance, currency),
        "held": write_money(line.held, currency),
        "reference": str(entry.reference),
        "description": gettext(description(entry)),
    }
