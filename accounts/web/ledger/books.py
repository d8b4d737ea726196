"""Remembers the wallet that a person trades with: the demo wallet, until they choose another."""

from collections.abc import Sequence
from functools import cache, partial

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from accounts.selectors.ledger.wallets import Wallet, wallets_of
from accounts.selectors.people.person import id_of
from accounts.web.present import WalletShown

CHOSEN = "wallet"


def choose_wallet(request: HttpRequest, wallet: Wallet) -> None:
    """Remembers this wallet until the session ends."""
    request.session[CHOSEN] = wallet.id


def chosen_wallet(request: HttpRequest, wallets: Sequence[Wallet], currency: str | None = None) -> Wallet | None:
    """Returns the wallet in use, or with `currency` the one of the same book. It never picks a real one by itself."""
    chosen = next((wallet for wallet in wallets if wallet.id == request.session.get(CHOSEN)), None)
    demo = chosen is None or chosen.demo
    of_book = [wallet for wallet in wallets if wallet.demo == demo]
    if chosen is not None and currency in (None, chosen.currency):
        return chosen
    return next((wallet for wallet in of_book if currency in (None, wallet.currency)), None)


def header(request: HttpRequest) -> dict[str, object]:
    """Template context of every page: the wallet in use and all wallets, read when a template asks."""
    if not hasattr(request, "user") or not request.user.is_authenticated:
        return {}
    wallets = cache(partial(_in_order, request))
    return {
        "wallets": SimpleLazyObject(lambda: [WalletShown.of(wallet) for wallet in wallets()]),
        "wallet": SimpleLazyObject(lambda: _shown(chosen_wallet(request, wallets()))),
    }


def _in_order(request: HttpRequest) -> list[Wallet]:
    return sorted(wallets_of(id_of(request.user)), key=lambda wallet: not wallet.demo)


def _shown(wallet: Wallet | None) -> WalletShown | None:
    return WalletShown.of(wallet) if wallet else None
