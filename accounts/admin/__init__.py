"""This room for staff: one module per subject. Django looks for admin classes here."""

from accounts.admin import ledger, people
from accounts.admin.read_only import ReadOnlyAdmin

__all__ = ["ReadOnlyAdmin", "ledger", "people"]
