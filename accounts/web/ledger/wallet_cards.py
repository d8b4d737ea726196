"""The cards of the wallet page: the possible actions of each wallet, and the reasons why others are closed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from accounts.domain.ledger.wallets import DEMO_GRANT
from accounts.selectors.cashier.real_money import Allowance
from accounts.selectors.ledger.wallets import Wallet
from accounts.web.present import WalletShown


@dataclass(frozen=True, slots=True)
class WalletCard:
    """`top_up` and `reset` are for demo money, `deposit` and `withdraw` for real. Only possible actions are offered."""

    it: WalletShown
    top_up: bool
    reset: bool
    deposit: bool
    withdraw: bool
    closed: str
    """A sentence about the closed actions in this currency; empty if all are open."""


def cards_of(wallets: Iterable[Wallet], allowances: Iterable[Allowance], *, excluded: bool) -> list[WalletCard]:
    """An `excluded` person brings no money in, but may withdraw, and may return demo money."""
    at = {allowance.terms.currency: allowance for allowance in allowances}
    return [_card(wallet, at.get(wallet.currency), excluded) for wallet in wallets]


def _card(wallet: Wallet, allowance: Allowance | None, excluded: bool) -> WalletCard:
    takes = allowance is not None and allowance.takes_deposits
    pays = allowance is not None and allowance.terms.withdrawals_open
    return WalletCard(
        it=WalletShown.of(wallet),
        top_up=wallet.demo and not excluded,
        reset=wallet.demo and (not excluded or wallet.balance > DEMO_GRANT),
        deposit=not wallet.demo and takes and not excluded,
        withdraw=not wallet.demo and pays,
        closed="" if wallet.demo else _closed(takes, pays),
    )


def _closed(takes: bool, pays: bool) -> str:
    if not takes and not pays:
        return _("Deposits and withdrawals aren't open in this currency at the moment.")
    if not takes:
        return _("Deposits aren't open in this currency at the moment.")
    return "" if pays else _("Withdrawals aren't open in this currency at the moment.")
