"""The search over people, trades and references."""

from dataclasses import dataclass

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext

from accounts.admin.columns import ID_SHOWN
from accounts.approval_actions import action_named
from accounts.domain.money import write_money
from accounts.selectors.people.found import deposits_found, people_found, requests_found, withdrawals_found
from trading.selectors.office.found import trades_found

EACH_MAX = 8
TEXT_LENGTH_MAX = 120


@dataclass(frozen=True, slots=True)
class Found:
    """A thing with its kind, the text that tells it apart, and a fact."""

    kind: str
    text: str
    fact: str
    address: str


def search(request: HttpRequest) -> HttpResponse:
    """Looks up `?q=`: half an email, half an id, a payment's reference; `?part=1` for the list below the field."""
    text = request.GET.get("q", "")[:TEXT_LENGTH_MAX].strip()
    context = {"searched": text, "found": found(request, text) if text else []}
    if "part" in request.GET:
        return TemplateResponse(request, "office/parts/found.html", context)
    shared = admin.site.each_context(request)
    return TemplateResponse(request, "office/search.html", {**shared, **context, "title": gettext("Search")})


def found(request: HttpRequest, text: str) -> list[Found]:
    """The things that this member of staff may see."""
    makers = {
        "accounts.view_user": _people,
        "trading.view_flashtrade": _trades,
        "accounts.view_deposit": _deposits,
        "accounts.view_withdrawal": _withdrawals,
        "accounts.view_approvalrequest": _requests,
    }
    return [each for permission, make in makers.items() if request.user.has_perm(permission) for each in make(text)]


def _people(text: str) -> list[Found]:
    rows = people_found(text, limit=EACH_MAX)
    return [Found(capfirst(gettext("person")), row.email, str(row.pk), _page("accounts_user", row.pk)) for row in rows]


def _trades(text: str) -> list[Found]:
    rows = trades_found(text, limit=EACH_MAX)
    return [
        Found(
            gettext("Trade"),
            f"{str(row.pk)[:ID_SHOWN]} · {row.user.email}",
            f"{row.instrument.symbol} {write_money(row.stake, row.currency)} {row.currency}",
            _page("trading_flashtrade", row.pk),
        )
        for row in rows
    ]


def _deposits(text: str) -> list[Found]:
    rows = deposits_found(text, limit=EACH_MAX)
    return [
        Found(gettext("Deposit"), f"{str(row.pk)[:ID_SHOWN]} · {row.user.email}",
              f"{write_money(row.amount, row.currency)} {row.currency}", _page("accounts_deposit", row.pk))
        for row in rows
    ]  # fmt: skip


def _withdrawals(text: str) -> list[Found]:
    rows = withdrawals_found(text, limit=EACH_MAX)
    return [
        Found(gettext("Withdrawal"), f"{str(row.pk)[:ID_SHOWN]} · {row.user.email}",
              f"{write_money(row.amount, row.currency)} {row.currency}", _page("accounts_withdrawal", row.pk))
        for row in rows
    ]  # fmt: skip


def _requests(text: str) -> list[Found]:
    rows = requests_found(text, limit=EACH_MAX)
    return [
        Found(gettext("Request"), " · ".join((str(row.pk)[:ID_SHOWN], gettext(action_named(row.action).title))),
              row.get_state_display(), _page("accounts_approvalrequest", row.pk))
        for row in rows
    ]  # fmt: skip


def _page(model: str, key: object) -> str:
    return reverse(f"admin:{model}_change", args=[key])
