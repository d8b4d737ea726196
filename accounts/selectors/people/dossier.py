"""Reads what staff see of a person besides money: payments, requests about them, changes of their data."""

from accounts.models import ApprovalRequest, AuditEvent, Deposit, User, Withdrawal
from accounts.selectors.ledger.wallets import Wallet


def payments_of(user_id: int, *, limit: int) -> list[Deposit | Withdrawal]:
    """Returns a person's newest deposits and withdrawals together, newest first."""
    deposits = Deposit.objects.filter(user_id=user_id).order_by("-id")[:limit]
    withdrawals = Withdrawal.objects.filter(user_id=user_id).select_related("beneficiary").order_by("-id")[:limit]
    both: list[Deposit | Withdrawal] = [*deposits, *withdrawals]
    return sorted(both, key=lambda each: each.requested_at, reverse=True)[:limit]


def requests_about(user_id: int, wallets: list[Wallet], *, limit: int) -> list[ApprovalRequest]:
    """Returns the newest approval requests about a person and their wallets."""
    subjects = [f"user:{user_id}", *(f"wallet:{wallet.id}" for wallet in wallets)]
    rows = ApprovalRequest.objects.filter(subject__in=subjects).select_related("requested_by")
    return list(rows.order_by("-requested_at")[:limit])


def changes_about(user_id: int, *, limit: int) -> list[AuditEvent]:
    """Returns the newest audit events about a person, newest first."""
    return list(AuditEvent.objects.filter(person_id=user_id).select_related("actor").order_by("-id")[:limit])


def user_with_roles(user_id: int) -> User | None:
    """Returns a person with their groups; None if there is no such person."""
    return User.objects.prefetch_related("groups").filter(pk=user_id).first()
