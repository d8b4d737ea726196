"""Reads of this room, for itself and for the rooms above, one module per subject."""

from accounts.selectors.access.devices import is_new_device
from accounts.selectors.access.logins import LoginTry, id_of_email, locale_of_email, logins_of
from accounts.selectors.cashier.currencies import check_real_currency, real_currencies
from accounts.selectors.ledger.wallets import Wallet, wallet_of, wallets_by_id, wallets_of
from accounts.selectors.people.person import Person, id_of, person, settings_of

__all__ = [
    "LoginTry",
    "Person",
    "Wallet",
    "check_real_currency",
    "id_of",
    "id_of_email",
    "is_new_device",
    "locale_of_email",
    "logins_of",
    "person",
    "real_currencies",
    "settings_of",
    "wallet_of",
    "wallets_by_id",
    "wallets_of",
]
