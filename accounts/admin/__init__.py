"""This room for staff: one module per subject. Django looks for admin classes here."""

from accounts.admin import approvals, audit, cashier, ledger, people
from accounts.admin.asking import Asking
from accounts.admin.audit import Audited
from accounts.admin.read_only import ReadOnlyAdmin

__all__ = ["Asking", "Audited", "ReadOnlyAdmin", "approvals", "audit", "cashier", "ledger", "people"]
