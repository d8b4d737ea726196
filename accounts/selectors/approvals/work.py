"""Reads who has taken which work, and the requests that wait."""

from collections.abc import Collection
from datetime import datetime, timedelta

from django.db.models import BigIntegerField, Case, Count, JSONField, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Cast, JSONObject, Substr

from accounts.domain.approvals.requests import Decision, RequestState
from accounts.models import AlertAnswer, ApprovalRequest, LedgerAccount, TradingLimit, WorkClaim

CLAIM_LASTS = timedelta(days=1)
"""After it, work counts as nobody's: the member of staff has gone home, or an alert is back that was over."""

ANSWER_LASTS = timedelta(hours=4)
"""So long an answered alert stays out of the queue. One whose cause is still there comes back then."""


def claims(subjects: Collection[str], now: datetime) -> dict[str, WorkClaim]:
    """Returns by subject who has taken it; work that nobody has taken is missing."""
    rows = WorkClaim.objects.filter(subject__in=list(subjects), taken_at__gt=now - CLAIM_LASTS).select_related(
        "taken_by"
    )
    return {claim.subject: claim for claim in rows}


def answers_now(now: datetime) -> list[AlertAnswer]:
    """Returns the answers that keep alerts out of the queue, the newest first."""
    rows = AlertAnswer.objects.filter(answered_at__gt=now - ANSWER_LASTS).select_related("answered_by")
    return list(rows.order_by("-answered_at", "-id"))


def answers_to(subject: str, *, limit: int) -> list[AlertAnswer]:
    """Returns the last answers to an alert, of any time, the newest first."""
    rows = AlertAnswer.objects.filter(subject=subject).select_related("answered_by")
    return list(rows.order_by("-answered_at", "-id")[:limit])


def requests_waiting(now: datetime) -> QuerySet[ApprovalRequest]:
    """Requests that wait for a decision, the oldest first, each with `approved`: the approvals that it has."""
    waiting = ApprovalRequest.objects.filter(state=RequestState.PENDING, expires_at__gt=now)
    approved = Count("decisions", filter=Q(decisions__decision=Decision.APPROVE))
    return waiting.annotate(approved=approved).select_related("requested_by").order_by("requested_at")


def requests_on(subjects: Collection[str]) -> QuerySet[ApprovalRequest]:
    """Requests about these subjects, of any state."""
    return ApprovalRequest.objects.filter(subject__in=subjects)


def with_units(rows: QuerySet[ApprovalRequest]) -> QuerySet[ApprovalRequest]:
    """Adds `unit`, in which a request's amount counts: currency, book and kind of its limit (empty for a wallet).

    None for a request about anything else.
    """
    wallet, limit = (Cast(Substr(OuterRef("subject"), len(f"{kind}:") + 1), BigIntegerField()) for kind in UNITS)
    of_wallet = LedgerAccount.objects.filter(pk=wallet).values(of=JSONObject(**BOOK, kind=Value("")))
    of_limit = TradingLimit.objects.filter(pk=limit).values(of=JSONObject(**BOOK, kind="kind"))
    cases = (
        When(subject__regex=f"^{kind}:[0-9]{{1,18}}$", then=Subquery(found))
        for kind, found in zip(UNITS, (of_wallet, of_limit), strict=True)
    )
    return rows.annotate(unit=Case(*cases, default=None, output_field=JSONField()))


UNITS = ("wallet", "limit")
BOOK = {"currency": "currency", "demo": "demo"}
