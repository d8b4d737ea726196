"""The staff pages of this room, one module per subject. Django looks for admin classes here."""

from accounts.admin import (
    announcements,
    approvals,
    audit,
    cashier,
    cashier_sources,
    cashier_terms,
    columns,
    ledger,
    limits,
    office,
    people,
)
from accounts.admin.approval_links import WithApprovalLinks
from accounts.admin.audit import Audited
from accounts.admin.large_lists import LargeList, by_part, by_person, by_uuid, one_of
from accounts.admin.list_exports import Exported
from accounts.admin.read_only import ReadOnlyAdmin

__all__ = [
    "Audited",
    "Exported",
    "LargeList",
    "ReadOnlyAdmin",
    "WithApprovalLinks",
    "announcements",
    "approvals",
    "audit",
    "by_part",
    "by_person",
    "by_uuid",
    "cashier",
    "cashier_sources",
    "cashier_terms",
    "columns",
    "ledger",
    "limits",
    "office",
    "one_of",
    "people",
]
