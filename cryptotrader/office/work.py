"""The work that waits for staff, in queues, with who has taken what."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import quote

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext

from accounts.admin import columns
from accounts.admin.refusals import refusal_text
from accounts.approval_actions import action_named
from accounts.domain.approvals.requests import RequestState, may_approve
from accounts.domain.approvals.roles import only_reads
from accounts.domain.approvals.work import TakenMeanwhile
from accounts.domain.notation import parse_whole
from accounts.models import AlertAnswer, ApprovalRequest, Deposit, Withdrawal, WorkClaim
from accounts.selectors.approvals.work import answers_now, claims, requests_on, requests_waiting
from accounts.selectors.cashier.waiting import deposits_to_credit, withdrawals_to_pay
from accounts.selectors.ledger.wallets import Wallet
from accounts.selectors.people.person import id_of
from accounts.services.approvals.return_work import return_work
from accounts.services.approvals.take_work import take_work
from cryptotrader.office.alerts import SUBJECT_LENGTH_MAX, alerts_now, words
from cryptotrader.office.requests import requests_about_person

SHOWN_MAX = 50
APPROVALS, DEPOSITS, WITHDRAWALS, ALERTS = "approvals", "deposits", "withdrawals", "alerts"
OPENED_BY = {
    APPROVALS: "accounts.view_approvalrequest",
    DEPOSITS: "accounts.view_deposit",
    WITHDRAWALS: "accounts.view_withdrawal",
    ALERTS: "trading.view_indexprice",
}
"""The permission that shows a queue."""

MAY_ANSWER = "accounts.add_alertanswer"


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece of work. `subject` names it, as a claim does; `about` is a line below its title."""

    subject: str
    title: str
    about: str
    since: datetime | None
    address: str = ""
    claim: WorkClaim | None = None


@dataclass(frozen=True, slots=True)
class Answered:
    """An alert that is still there, but was answered a short time ago."""

    title: str
    answer: AlertAnswer


@dataclass(frozen=True, slots=True)
class Queue:
    """A queue of work, the oldest piece first; `total` counts those that aren't shown, too."""

    name: str
    title: str
    pieces: Sequence[Piece]
    total: int
    answered: Sequence[Answered] = ()


def queues(request: HttpRequest, now: datetime) -> list[Queue]:
    """The queues that this member of staff sees."""
    makers = {APPROVALS: _approvals, DEPOSITS: _deposits, WITHDRAWALS: _withdrawals, ALERTS: _alerts}
    found = [makers[name](request, now) for name, permission in OPENED_BY.items() if request.user.has_perm(permission)]
    taken = claims([piece.subject for queue in found for piece in queue.pieces], now)
    return [
        replace(queue, pieces=[replace(piece, claim=taken.get(piece.subject)) for piece in queue.pieces])
        for queue in found
    ]


def waiting_about(request: HttpRequest, user_id: int, wallets: Sequence[Wallet], now: datetime) -> list[Piece]:
    """The work that waits about one person, of the queues that this member of staff sees."""
    pieces: list[Piece] = []
    if request.user.has_perm(OPENED_BY[APPROVALS]):
        about = requests_on([f"wallet:{each.id}" for each in wallets]) | requests_about_person(user_id)
        pieces += _requests(requests_waiting(now).filter(pk__in=about.filter(state=RequestState.PENDING))[:SHOWN_MAX])
    for name, rows in ((DEPOSITS, deposits_to_credit()), (WITHDRAWALS, withdrawals_to_pay())):
        if request.user.has_perm(OPENED_BY[name]):
            pieces += _payments(rows.filter(user_id=user_id).select_related("user"))
    taken = claims([piece.subject for piece in pieces], now)
    return [replace(piece, claim=taken.get(piece.subject)) for piece in pieces]


def work(request: HttpRequest) -> HttpResponse:
    """Shows the queues; `?part=1` only the part that stays fresh."""
    context = {
        "queues": queues(request, timezone.now()),
        "me": id_of(request.user),
        "may_take": not only_reads(request.user.get_all_permissions()),
        "may_answer": request.user.has_perm(MAY_ANSWER),
    }
    if "part" in request.GET:
        return TemplateResponse(request, "office/parts/work.html", context)
    shared = admin.site.each_context(request)
    return TemplateResponse(request, "office/work.html", {**shared, **context, "title": gettext("Work")})


def claim(request: HttpRequest) -> HttpResponse:
    """Handles POST with `subject`, `do` (take or return) and `instead_of`: the id of who had it on the page."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    if only_reads(request.user.get_all_permissions()):
        raise PermissionDenied
    subject = request.POST.get("subject", "")[:SUBJECT_LENGTH_MAX]
    known = {piece.subject for queue in queues(request, timezone.now()) for piece in queue.pieces}
    if request.POST.get("do") == "return":
        return_work(subject=subject, returned_by=id_of(request.user))
    elif subject in known:
        _take(request, subject)
    else:
        raise PermissionDenied
    return HttpResponseRedirect("#".join([reverse("admin:work"), quote(subject)]))  # a reader by keyboard stays there


def _take(request: HttpRequest, subject: str) -> None:
    instead_of = parse_whole(request.POST.get("instead_of"))
    try:
        take_work(subject=subject, taken_by=id_of(request.user), instead_of=instead_of, now=timezone.now())
    except TakenMeanwhile as refusal:
        messages.warning(request, refusal_text(refusal))


def _approvals(request: HttpRequest, now: datetime) -> Queue:
    """Those that this person may decide on, if they decide on any; else all."""
    rows = list(requests_waiting(now)[: SHOWN_MAX * 4])
    own = [row for row in rows if request.user.has_perm(f"accounts.{may_approve(row.action)}")]
    shown = own or rows
    return Queue(APPROVALS, gettext("Approvals"), _requests(shown[:SHOWN_MAX]), len(shown))


def _requests(rows: Iterable[ApprovalRequest]) -> list[Piece]:
    return [
        Piece(
            f"approval:{row.pk}",
            gettext(action_named(row.action).title),
            f"{row.requested_by.email} · {row.reason}",
            row.requested_at,
            reverse("admin:accounts_approvalrequest_change", args=[row.pk]),
        )
        for row in rows
    ]


def _deposits(request: HttpRequest, now: datetime) -> Queue:
    rows = deposits_to_credit()
    return Queue(DEPOSITS, gettext("Deposits to credit"), _payments(rows.select_related("user")), rows.count())


def _withdrawals(request: HttpRequest, now: datetime) -> Queue:
    rows = withdrawals_to_pay()
    return Queue(WITHDRAWALS, gettext("Withdrawals to pay"), _payments(rows.select_related("user")), rows.count())


def _payments(rows: Iterable[Deposit | Withdrawal]) -> list[Piece]:
    return [
        Piece(
            f"{row._meta.model_name}:{row.pk}",
            columns.money(row.amount, row.currency),
            f"{row.user.email} · {row.get_state_display()}",
            row.requested_at,
            reverse(f"admin:accounts_{row._meta.model_name}_change", args=[row.pk]),
        )
        for row in rows[:SHOWN_MAX]  # type: ignore[index]  # a query set
    ]


def _alerts(request: HttpRequest, now: datetime) -> Queue:
    alerts = alerts_now()
    answers = {each.subject: each for each in reversed(answers_now(now))}
    pieces = [
        Piece(subject, words(fault), gettext(fault.fix), None)
        for subject, fault in alerts.items()
        if subject not in answers
    ]
    answered = [Answered(words(fault), answers[each]) for each, fault in alerts.items() if each in answers]
    return Queue(ALERTS, gettext("Alerts to look at"), pieces, len(pieces), answered)
