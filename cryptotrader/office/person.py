"""A person on one screen: money, trades, limits, access, notes and changes, with the actions beside them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext

from accounts.admin.approvals import ask_address
from accounts.admin.refusals import refusal_text
from accounts.approval_actions import action_named
from accounts.domain.approvals.requests import may_request
from accounts.domain.approvals.subjects import Subject
from accounts.domain.errors import NotFound, Refusal
from accounts.domain.ledger.statement import Line, StatementFilter
from accounts.domain.limits.own_limits import LABELS as LIMIT_LABELS
from accounts.domain.limits.own_limits import PERIOD_LABELS, write_amount
from accounts.models import User
from accounts.selectors.access.api_keys import keys_of
from accounts.selectors.access.second_factors import second_factors_of
from accounts.selectors.access.signed_in_devices import devices_of
from accounts.selectors.ledger.statement import statement_page
from accounts.selectors.ledger.wallets import Wallet, wallets_of
from accounts.selectors.limits.own_limits import own_exclusions, own_limits
from accounts.selectors.people.dossier import user_with_roles
from accounts.selectors.people.notes import notes_on
from accounts.selectors.people.person import id_of
from accounts.services.people.write_note import write_note
from accounts.web.present import kind_names
from cryptotrader.office.timeline import UnknownPosition, timeline
from cryptotrader.office.timeline_words import About
from cryptotrader.office.work import waiting_about
from trading.selectors.office.trader_results import trader_results
from trading.selectors.trades import current_trades_of

ROWS = 10
RESULT_DAYS = 30
VIEW, ADD_NOTE = "accounts.view_user", "accounts.add_personnote"
EVERYTHING = StatementFilter()


@dataclass(frozen=True, slots=True)
class Subjects:
    """The person whose page is shown, and their wallets."""

    user: User
    wallets: list[Wallet]
    now: datetime


def person(request: HttpRequest, user_id: int) -> HttpResponse:
    """Shows the page, with the timeline of `?kind=` from `?older=` on; `?part=1` the timeline alone."""
    if request.method not in ("GET", "HEAD"):
        return HttpResponseNotAllowed(["GET"])
    return _page(request, user_id)


def _page(request: HttpRequest, user_id: int, note_text: str = "") -> HttpResponse:
    """The page; `note_text` is what was typed in a note that was refused."""
    if not request.user.has_perm(VIEW):
        raise PermissionDenied
    user = user_with_roles(user_id)
    if user is None:
        raise Http404(str(user_id))
    about = Subjects(user, wallets_of(user.pk), timezone.now())
    stream = _timeline(request, about)
    if "part" in request.GET:
        return TemplateResponse(request, "office/parts/timeline.html", stream)
    parts = {name: read(about) for name, (permission, read) in PARTS.items() if request.user.has_perm(permission)}
    context = {
        **admin.site.each_context(request),
        "title": user.email,
        "person": user,
        "wallets": about.wallets if request.user.has_perm("accounts.view_ledgeraccount") else None,
        "actions": actions(request, about),
        "may_note": request.user.has_perm(ADD_NOTE) and user.pk != id_of(request.user),
        "note_text": note_text,
        "result_days": RESULT_DAYS,
        "waiting": waiting_about(request, user.pk, about.wallets, about.now),
        **stream,
        **parts,
    }
    return TemplateResponse(request, "office/person.html", context)


def _timeline(request: HttpRequest, about: Subjects) -> dict[str, Any]:
    kind, older = request.GET.get("kind", ""), request.GET.get("older", "")
    subject = About(about.user, about.wallets, request.user.has_perm("accounts.view_auditevent"))
    try:
        shown = timeline(subject, request.user.get_all_permissions(), kind=kind, older=older)
    except UnknownPosition as fault:
        raise Http404("no such page") from fault
    return {"timeline": shown, "kind": kind, "is_later": bool(older)}


def note(request: HttpRequest, user_id: int) -> HttpResponse:
    """Handles POST with `text`: a note on the person."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    if not request.user.has_perm(ADD_NOTE):
        raise PermissionDenied
    text = request.POST.get("text", "")
    try:
        write_note(person_id=user_id, text=text, written_by=id_of(request.user), now=timezone.now())
    except NotFound as refusal:
        raise Http404(str(user_id)) from refusal
    except Refusal as refusal:
        messages.error(request, refusal_text(refusal))
        return _page(request, user_id, text)
    return HttpResponseRedirect(reverse("admin:accounts_user_change", args=[user_id]) + "#notes")


def actions(request: HttpRequest, about: Subjects) -> list[dict[str, str]]:
    """The changes that this member of staff may ask for, of the person and of each wallet."""
    person = Subject.of("user", about.user.pk)
    wanted = [("unfreeze_user" if about.user.frozen_at else "freeze_user", person, "")]
    for wallet in about.wallets:
        book = " ".join((wallet.currency, gettext("demo") if wallet.demo else gettext("real")))
        wanted += [(name, Subject.of("wallet", wallet.id), book) for name in ("adjust_balance", "grant_bonus")]
    wanted.append(("change_staff", person, ""))
    if about.user.pk == id_of(request.user):
        return []
    return [
        {"title": gettext(action_named(name).title), "about": detail, "address": ask_address(name, subject)}
        for name, subject, detail in wanted
        if request.user.has_perm(f"accounts.{may_request(name)}")
    ]


def _statement(about: Subjects) -> list[tuple[Wallet, Any]]:
    names = kind_names()
    return [
        (wallet, [(line, names.get(line.entry.kind, line.entry.kind)) for line in _lines(wallet)])
        for wallet in about.wallets
    ]


def _lines(wallet: Wallet) -> list[Line]:
    return statement_page(wallet.id, EVERYTHING, limit=ROWS)


def _limits(about: Subjects) -> list[dict[str, Any]]:
    return [
        {
            "title": " ".join(filter(None, [gettext(LIMIT_LABELS[each.kind]), _period(each.period_days)])),
            "amount": write_amount(each.setting.amount or Decimal(0), each.kind, each.currency),
            "currency": each.currency,
            "demo": each.demo,
            "next_from": each.setting.next_from,
        }
        for each in own_limits(about.user.pk, now=about.now)
    ]


def _period(days: int) -> str:
    return gettext(PERIOD_LABELS[days]) if days in PERIOD_LABELS else ""


PARTS: Mapping[str, tuple[str, Callable[[Subjects], Any]]] = {
    "statement": ("accounts.view_transfer", _statement),
    "trades": ("trading.view_flashtrade", lambda each: current_trades_of(each.user.pk, recent=0)),
    "results": (
        "trading.view_flashtrade",
        lambda each: trader_results(each.user.pk, days=RESULT_DAYS, now=each.now),
    ),
    "limits": ("accounts.view_tradinglimit", _limits),
    "exclusions": ("accounts.view_exclusion", lambda each: own_exclusions(each.user.pk, now=each.now)),
    "devices": ("accounts.view_login", lambda each: devices_of(each.user.pk, this_session_key=None, now=each.now)),
    "keys": ("accounts.view_login", lambda each: keys_of(each.user.pk)),
    "factors": ("accounts.view_login", lambda each: second_factors_of(each.user.pk)),
    "notes": ("accounts.view_personnote", lambda each: notes_on(each.user.pk)),
}
"""By the name of a part: the permission that opens it, and how it is read."""
