"""The tables of this room. Other rooms use its services and selectors, never these."""

from accounts.models.ledger import LedgerAccount, Transfer
from accounts.models.user import User

__all__ = ["LedgerAccount", "Transfer", "User"]
