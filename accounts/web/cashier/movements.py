"""The shared parts of the deposit pages and the withdrawal pages."""

from dataclasses import dataclass
from uuid import UUID

from django import forms
from django.http import Http404, HttpRequest
from django.utils.translation import gettext

from accounts.domain.cashier.real_money import AmountOutOfBounds, DailyMaximumReached
from accounts.domain.errors import InsufficientFunds, Refusal
from accounts.domain.notation import parse_id
from accounts.models import Deposit, User, Withdrawal
from accounts.selectors.cashier.real_money import Allowance
from accounts.web.cashier.amounts import shown

PAGE_SIZE = 20


@dataclass(frozen=True, slots=True)
class Line:
    """A deposit or a withdrawal, formatted for a page."""

    it: Deposit | Withdrawal
    amount: str
    fee: str

    @classmethod
    def of(cls, it: Deposit | Withdrawal) -> "Line":
        return cls(it, shown(it.amount, it.currency), shown(it.fee, it.currency) if it.fee else "")


@dataclass(frozen=True, slots=True)
class TermsShown:
    """The terms of one currency for one kind of movement."""

    currency: str
    least: str
    left_today: str
    fee: str

    @classmethod
    def of_deposits(cls, allowance: Allowance) -> "TermsShown":
        return cls._of(allowance, "deposit")

    @classmethod
    def of_withdrawals(cls, allowance: Allowance) -> "TermsShown":
        return cls._of(allowance, "withdrawal")

    @classmethod
    def _of(cls, allowance: Allowance, kind: str) -> "TermsShown":
        currency, bounds = allowance.terms.currency, getattr(allowance, kind)
        fee = getattr(allowance.terms, f"{kind}_fee")
        return cls(
            currency,
            shown(bounds.least, currency),
            shown(bounds.left_today, currency),
            shown(fee, currency) if fee else gettext("none"),
        )


def explain(form: forms.Form, refusal: Refusal) -> None:
    """Shows a refusal in the form, at the amount if the refusal is about it."""
    if isinstance(refusal, AmountOutOfBounds):
        text = gettext("At least {least}, with at most {places} decimal places.")
        bounds = {"least": refusal.extra["amount_min"], "places": refusal.extra["decimal_places"]}
        form.add_error("amount", text.format(**bounds))
    elif isinstance(refusal, DailyMaximumReached):
        text = gettext("More than the rest of today's maximum: {left}")
        form.add_error("amount", text.format(left=refusal.extra["left_today"]))
    elif isinstance(refusal, InsufficientFunds):
        form.add_error("amount", gettext(refusal.title))
    else:
        form.add_error(None, gettext(refusal.title))


def before_of(request: HttpRequest) -> UUID | None:
    """Returns `?before=`: the last id of the previous page."""
    text = request.GET.get("before")
    before = parse_id(text)
    if text and before is None:
        raise Http404("no such page")
    return before


def user_of(request: HttpRequest) -> User:
    """Returns the signed-in user. The page has already required a login."""
    if not isinstance(request.user, User):
        raise TypeError("a visitor has no money")
    return request.user
