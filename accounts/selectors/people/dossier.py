"""Reads what staff see of a person besides money: slices of their history, each newest first.

With `upto`, a slice begins at the row with this id instead of the newest.
"""

from collections.abc import Collection, Iterable
from uuid import UUID

from django.db.models import Q, QuerySet, Subquery

from accounts.models import (
    ApiKey,
    ApprovalRequest,
    AuditEvent,
    Beneficiary,
    Deposit,
    Exclusion,
    Login,
    TradingLimit,
    User,
    Withdrawal,
)
from accounts.selectors.approvals.work import with_units
from accounts.selectors.slices import newest


def deposits_of(user_id: int, *, upto: UUID | None, limit: int) -> list[Deposit]:
    """Returns a person's deposits, each with the member of staff who decided on it."""
    return newest(Deposit.objects.filter(user_id=user_id).select_related("decided_by"), upto, limit)


def withdrawals_of(user_id: int, *, upto: UUID | None, limit: int) -> list[Withdrawal]:
    """Returns a person's withdrawals, each with the member of staff who decided on it."""
    return newest(Withdrawal.objects.filter(user_id=user_id).select_related("decided_by"), upto, limit)


def beneficiaries_of(user_id: int, *, upto: UUID | None, limit: int) -> list[Beneficiary]:
    """Returns a person's beneficiaries, removed ones too."""
    return newest(Beneficiary.objects.filter(user_id=user_id), upto, limit)


def exclusions_of(user_id: int, *, upto: int | None, limit: int) -> list[Exclusion]:
    """Returns a person's exclusions, past ones too."""
    return newest(Exclusion.objects.filter(user_id=user_id), upto, limit)


def attempts_of(user_id: int, *, upto: int | None, limit: int) -> list[Login]:
    """Returns a person's attempts to sign in."""
    return newest(Login.objects.filter(user_id=user_id), upto, limit)


def newest_requests(rows: QuerySet[ApprovalRequest], *, upto: UUID | None, limit: int) -> list[ApprovalRequest]:
    """Returns the newest of these approval requests. Their ids are random: the time of asking orders them."""
    rows = with_units(rows).select_related("requested_by")
    if upto is not None:
        at = Subquery(ApprovalRequest.objects.filter(pk=upto).values("requested_at"))
        rows = rows.filter(Q(requested_at__lt=at) | Q(requested_at=at, pk__lte=upto))
    return list(rows.order_by("-requested_at", "-pk")[:limit])


def changes_about(user_id: int, tables: Collection[str], *, upto: int | None, limit: int) -> list[AuditEvent]:
    """Returns the audit events about a person in these tables."""
    rows = AuditEvent.objects.filter(person_id=user_id, table__in=tables).select_related("actor")
    return newest(rows, upto, limit)


def factors_about(user_id: int, *, upto: int | None, limit: int) -> list[AuditEvent]:
    """Returns when a person's second factors came and went. Each use changes one, too: that is no event of theirs."""
    rows = AuditEvent.objects.filter(person_id=user_id, table="mfa_authenticator").exclude(operation="UPDATE")
    return newest(rows.select_related("actor"), upto, limit)


def limits_by_id(ids: Iterable[int]) -> dict[int, TradingLimit]:
    """Returns these limits of any person."""
    return TradingLimit.objects.in_bulk(list(ids))


def keys_by_id(ids: Iterable[int]) -> dict[int, ApiKey]:
    """Returns these API keys of any person, revoked ones too."""
    return ApiKey.objects.in_bulk(list(ids))


def user_with_roles(user_id: int) -> User | None:
    """Returns a person with their groups; None if there is no such person."""
    return User.objects.prefetch_related("groups").filter(pk=user_id).first()
