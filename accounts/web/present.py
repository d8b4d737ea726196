"""Formats this room's data for pages: grouped digits, real signs, words in the reader's language."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.contrib.humanize.templatetags.humanize import intcomma
from django.utils.translation import gettext as _

from accounts.domain.ledger.statement import Line, description
from accounts.domain.ledger.transfers import TransferKind
from accounts.domain.ledger.wallets import DEMO_GRANT
from accounts.domain.money import write_money
from accounts.selectors.ledger.wallets import Wallet

MINUS = "−"


@dataclass(frozen=True, slots=True)
class WalletShown:
    id: int
    currency: str
    demo: bool
    available: str
    held: str
    balance: str
    can_top_up: bool
    can_reset: bool

    @classmethod
    def of(cls, wallet: Wallet) -> WalletShown:
        return cls(
            id=wallet.id,
            currency=wallet.currency,
            demo=wallet.demo,
            available=money(wallet.available, wallet.currency),
            held=money(wallet.held, wallet.currency),
            balance=money(wallet.balance, wallet.currency),
            can_top_up=wallet.demo and wallet.balance < DEMO_GRANT,
            can_reset=wallet.demo and not wallet.held and wallet.balance != DEMO_GRANT,
        )

    @property
    def book(self) -> str:
        """The text of its badge."""
        return _("Demo") if self.demo else _("Real money")


@dataclass(frozen=True, slots=True)
class LineShown:
    id: int
    at: datetime
    what: str
    amount: str
    held_change: str
    balance: str
    held: str
    tone: str
    """The colour of the amount: up, down or none."""

    reference: UUID

    @classmethod
    def of(cls, line: Line, currency: str) -> LineShown:
        entry = line.entry
        return cls(
            id=entry.id,
            at=entry.at,
            what=_(description(entry)),
            amount=signed(entry.amount, currency),
            held_change=signed(entry.held_change, currency),
            balance=money(line.balance, currency),
            held=money(line.held, currency),
            tone="" if not entry.amount else "up" if entry.amount > 0 else "down",
            reference=entry.reference,
        )


def kind_names() -> dict[TransferKind, str]:
    """Returns the names of the kinds of transfer for people."""
    return {
        TransferKind.STAKE: _("Stakes"),
        TransferKind.PAYOUT: _("Wins"),
        TransferKind.SALE: _("Trades sold early"),
        TransferKind.DEPOSIT: _("Deposits"),
        TransferKind.WITHDRAWAL: _("Withdrawals"),
        TransferKind.FEE: _("Fees"),
        TransferKind.BONUS: _("Bonuses"),
        TransferKind.ADJUSTMENT: _("Adjustments"),
        TransferKind.REVERSAL: _("Void trades"),
        TransferKind.GRANT: _("Demo money granted"),
        TransferKind.RETURN: _("Demo money returned"),
    }


def signed(amount: Decimal, currency: str) -> str:
    """Formats +1,234.50 or −1,234.50; a zero as an empty string."""
    if not amount:
        return ""
    return ("+" if amount > 0 else MINUS) + money(abs(amount), currency)


def money(amount: Decimal, currency: str) -> str:
    """Formats 1,234.50."""
    return str(intcomma(write_money(amount, currency)))
