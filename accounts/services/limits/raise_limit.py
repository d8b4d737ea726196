"""The action that raises a trader's own limit at the trader's request, with four eyes.

The raise still waits a day. A later change by the trader wins over it.
"""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext

from accounts.approval_actions import Action, Arguments, Field, Request
from accounts.domain.approvals.requests import Role
from accounts.domain.approvals.subjects import Subject
from accounts.domain.errors import FieldError, InvalidInput, NotFound, Said, mark
from accounts.domain.limits.exclusions import PersonExcluded
from accounts.domain.limits.limit_changes import LimitChange, read_amount
from accounts.domain.limits.own_limits import (
    LABELS,
    PERIOD_LABELS,
    UNITS,
    LimitChanged,
    LimitKind,
    is_more,
    write_amount,
)
from accounts.domain.notation import parse_typed_decimal, write_decimal, write_instant
from accounts.models import TradingLimit
from accounts.selectors.limits.restrictions import restrictions_on
from accounts.services.limits.set_trading_limits import set_limit
from accounts.steps.tell_by_mail import tell_by_mail

NONE = "none"
MINUTE = "%Y-%m-%d %H:%M UTC"


def read_arguments(subject: Subject, arguments: Arguments) -> dict[str, object]:
    """Takes `amount`: the new limit, above the present and the coming one; `none` removes the limit."""
    limit = raised_limit(subject)
    typed = arguments.get("amount")
    number = parse_typed_decimal(typed)
    amount = None if typed == NONE else read_amount(LimitKind(limit.kind), number, limit.currency)
    if isinstance(amount, str):
        raise _invalid("invalid-number", amount.replace("null", NONE))
    # A raise that the owner has asked for comes without staff, and sooner.
    if not (is_more(amount, limit.amount) and is_more(amount, limit.setting.last)):
        message = "it must be above what the limit is and will be; its owner can lower it at any time"
        raise _invalid("not-a-raise", message)
    return {"amount": NONE if amount is None else write_decimal(amount)}


def raised_limit(subject: Subject) -> TradingLimit:
    """Return the limit of `limit:<id>`. Raises NotFound."""
    limit = TradingLimit.objects.select_related("user").filter(pk=subject.number("limit")).first()
    if limit is None:
        raise NotFound(str(subject))
    return limit


def execute(request: Request, now: datetime) -> None:
    """Raise the limit a day from now, and tell its owner, who can lower it again at once.

    Raises LimitChanged if the owner has changed it since the request, or has asked for a raise that waits or is in
    force; PersonExcluded, AccountFrozen, AccountClosed.
    """
    limit = raised_limit(request.about)
    _check_person(limit.user_id, now)
    wanted = _wanted(request)
    standing = limit.setting.settled(now)
    if limit.changed_at > request.requested_at or standing.next_from or not is_more(wanted, standing.amount):
        raise LimitChanged(Said(mark("at {time}"), time=f"{limit.changed_at:{MINUTE}}"))
    change = LimitChange(LimitKind(limit.kind), limit.currency, limit.demo, limit.period_days, wanted)
    after = set_limit(limit.user_id, change, now)
    tell_by_mail(
        limit.user_id,
        "limit_raised",
        limit=LABELS[change.kind],
        period=PERIOD_LABELS[change.period_days],
        book=_book(limit),
        unit=_unit(limit),
        now=_number(limit, after.amount),
        then=_number(limit, wanted),
        since=f"{after.next_from:{MINUTE}}",
    )


def _check_person(user_id: int, now: datetime) -> None:
    restrictions = restrictions_on(user_id, now=now)
    restrictions.check_active()
    if restrictions.exclusion is not None:
        raise PersonExcluded(Said(mark("until {time}"), time=write_instant(restrictions.exclusion.ends_at)))


def owner(subject: Subject) -> int:
    return raised_limit(subject).user_id


def describe(request: Request) -> Sequence[tuple[str, str]]:
    limit = raised_limit(request.about)
    lines = [
        (gettext("Owner"), limit.user.email),
        (gettext("Limit"), limit_name(limit)),
        (gettext("Now"), written_amount(limit, limit.amount)),
    ]
    if limit.next_from:
        lines.append(
            (
                gettext("From %(time)s") % {"time": f"{limit.next_from:{MINUTE}}"},
                written_amount(limit, limit.next_amount),
            )
        )
    if "amount" in request.arguments:
        lines.insert(0, (gettext("Raise to"), written_amount(limit, _wanted(request))))
    return lines


def limit_name(limit: TradingLimit) -> str:
    """Return the limit's name in the reader's language: Loss, 7 days, demo."""
    parts = [LABELS[LimitKind(limit.kind)], PERIOD_LABELS[limit.period_days], _book(limit)]
    return ", ".join(gettext(part) for part in parts if part)


def _wanted(request: Request) -> Decimal | None:
    amount = request.arguments["amount"]
    return None if amount == NONE else Decimal(amount)


def _book(limit: TradingLimit) -> str:
    return "" if limit.kind == LimitKind.SESSION else mark("demo") if limit.demo else mark("real")


def _unit(limit: TradingLimit) -> str:
    return UNITS.get(LimitKind(limit.kind), limit.currency)


def _number(limit: TradingLimit, amount: Decimal | None) -> str:
    return "" if amount is None else write_amount(amount, LimitKind(limit.kind), limit.currency)


def written_amount(limit: TradingLimit, amount: Decimal | None) -> str:
    """Return the amount with its unit in the reader's language: 500.00 USDT, 20 trades, no limit."""
    return gettext("no limit") if amount is None else " ".join([_number(limit, amount), gettext(_unit(limit))])


def _invalid(code: str, message: str) -> InvalidInput:
    return InvalidInput(fields=(FieldError("amount", code, message),))


RAISE_LIMIT = Action(
    name="raise_limit",
    title=mark("Raise a limit"),
    read_arguments=read_arguments,
    execute=execute,
    locks_owner=True,
    describe=describe,
    owner=owner,
    requesters=(Role.SUPPORT,),
    approvers=(Role.RISK,),
    fields=(
        Field(
            "amount",
            mark("Raise to"),
            mark("It takes effect a day after the approval. “none” removes the limit."),
            amount=True,
        ),
    ),
    subject_page="admin:accounts_tradinglimit_change",
)
