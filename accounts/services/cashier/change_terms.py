"""The action that changes the cashier's terms of a currency, with four eyes: they bound the decisions of one person."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import cast

from django.utils.translation import gettext

from accounts.approval_actions import Action, Arguments, Field, Request
from accounts.domain.approvals.requests import Role
from accounts.domain.approvals.subjects import Subject
from accounts.domain.cashier.terms import AMOUNTS, NO, SWITCHES, YES, read_terms
from accounts.domain.errors import FieldError, InvalidInput, NotFound, mark
from accounts.domain.money import SCALES, tell_money
from accounts.domain.notation import write_decimal
from accounts.models import CashierTerms

KIND = "cashier_terms"
NEW = {"deposit_instructions": "", "deposit_provider": "manual", "deposit_fee": "0", "withdrawal_fee": "0"}
"""The terms that a currency without any begins with; its amounts have to be typed."""

_YES_NO = ((YES, mark("yes")), (NO, mark("no")))


def currency_of(subject: Subject) -> str:
    """Returns the currency of `cashier_terms:<currency>`. Raises NotFound."""
    if subject.kind != KIND or subject.key not in SCALES:
        raise NotFound(str(subject))
    return subject.key


def written_terms(subject: Subject) -> dict[str, str]:
    """Returns the present terms as people type them; for a currency without terms, those that a new one begins with."""
    terms = CashierTerms.objects.filter(currency=currency_of(subject)).first()
    if terms is None:
        return NEW | dict.fromkeys(SWITCHES, NO)
    return {
        "deposit_provider": terms.deposit_provider,
        "deposit_instructions": terms.deposit_instructions,
        **{name: YES if getattr(terms, name) else NO for name in SWITCHES},
        **{name: write_decimal(getattr(terms, name)) for name in AMOUNTS},
    }


def read_arguments(subject: Subject, arguments: Arguments) -> dict[str, object]:
    """Takes the terms by name; those left out stay. Stores only the changes. Raises NotFound, InvalidInput."""
    present = written_terms(subject)
    wanted = read_terms(currency_of(subject), {**present, **arguments})
    changes = {name: text for name, text in wanted.items() if present.get(name) != text}
    if not changes:
        raise InvalidInput(fields=(FieldError("terms", "unchanged", "nothing differs from the present terms"),))
    return cast(dict[str, object], changes)


def execute(request: Request, now: datetime) -> None:
    """Store the changes. Raises InvalidInput if they don't fit the terms of this moment."""
    currency = currency_of(request.about)
    terms = CashierTerms.objects.select_for_update(no_key=True).filter(currency=currency).first()
    wanted = read_terms(currency, {**written_terms(request.about), **request.arguments})
    terms = terms or CashierTerms(currency=currency)
    for name, text in wanted.items():
        setattr(terms, name, _value(name, text))
    terms.save()


def describe(request: Request) -> Sequence[tuple[str, str]]:
    """Each change with the present value, while they differ."""
    present, changes, currency = written_terms(request.about), request.arguments, currency_of(request.about)
    lines = [
        (gettext(field.label), _compared(_shown(field, present.get(field.name), currency), wanted))
        for field in FIELDS
        if (wanted := _shown(field, changes.get(field.name), currency)) is not None
    ]
    return [(gettext("Currency"), currency), *lines]


def _shown(field: Field, text: str | None, currency: str) -> str | None:
    """The term in the reader's words; None where there is none."""
    if text is None or not field.amount:
        return text if text is None else field.chosen(text)
    return tell_money(Decimal(text), currency)


def _compared(present: str | None, wanted: str) -> str:
    return wanted if present in (None, wanted) else f"{present or '–'} → {wanted}"


def _value(name: str, text: str) -> object:
    if name in SWITCHES:
        return text == YES
    return Decimal(text) if name in AMOUNTS else text


FIELDS = (
    Field("deposits_open", mark("Deposits open"), choices=_YES_NO),
    Field("withdrawals_open", mark("Withdrawals open"), choices=_YES_NO),
    Field(
        "deposit_provider",
        mark("Deposits are taken by"),
        choices=(("manual", mark("staff, by these instructions")), ("btcpay", "BTCPay Server")),
    ),
    Field(
        "deposit_instructions",
        mark("Instructions for paying in"),
        mark("Traders read these. Each deposit has an id: ask for it as the payment's text."),
        long=True,
    ),
    Field("deposit_min", mark("Smallest deposit"), amount=True),
    Field("deposit_daily_max", mark("Most deposited a day"), amount=True),
    Field("deposit_fee", mark("Deposit fee"), amount=True),
    Field("withdrawal_min", mark("Smallest withdrawal"), amount=True),
    Field("withdrawal_daily_max", mark("Most withdrawn a day"), amount=True),
    Field("withdrawal_fee", mark("Withdrawal fee"), amount=True),
    Field(
        "four_eyes_from",
        mark("Second approval from"),
        mark("A decision on a deposit or withdrawal of this amount or more takes two members of staff."),
        amount=True,
    ),
)
CHANGE_TERMS = Action(
    name="change_terms",
    title=mark("Change the cashier's terms"),
    read_arguments=read_arguments,
    execute=execute,
    describe=describe,
    owner=lambda subject: None,
    requesters=(Role.FINANCE,),
    approvers=(Role.RISK,),
    fields=FIELDS,
    present=written_terms,
)
