"""The action of raising a limit that a trader has set themselves, at their wish, with four eyes.

It spares nobody the day that a raise waits, and gives way to whatever the trader has wished since.
"""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext

from accounts.domain.approvals import Role
from accounts.domain.errors import FieldError, InvalidInput, NotFound, _
from accounts.domain.exclusions import PersonExcluded
from accounts.domain.limit_wishes import Wish, read_amount
from accounts.domain.limits import LimitChanged, LimitKind, is_more, write_amount
from accounts.domain.notation import write_decimal, write_instant
from accounts.models import TradingLimit
from accounts.selectors.restrictions import restrictions_on
from accounts.services.approval_actions import Action, Arguments, Field, Request
from accounts.services.lock_person import lock_person
from accounts.services.set_trading_limits import set_limit
from accounts.services.tell_by_mail import tell_by_mail


def read_arguments(subject: str, arguments: Arguments) -> dict[str, object]:
    """`amount`: what the limit shall be, above what it is; `none` for no limit any more."""
    limit = raised_limit(subject)
    typed = arguments.get("amount")
    amount = None if typed == "none" else read_amount(LimitKind(limit.kind), typed, limit.currency)
    if isinstance(amount, str):
        raise _invalid("invalid-number", amount.replace("null", "none"))
    if not is_more(amount, limit.amount):
        raise _invalid("not-a-raise", "above what the limit is now; its owner can lower it themselves, at once")
    return {"amount": None if amount is None else write_decimal(amount)}


def raised_limit(subject: str) -> TradingLimit:
    """The limit that `limit:<id>` names. Raises NotFound."""
    kind, _colon, id = subject.partition(":")
    known = kind == "limit" and id.isascii() and id.isdigit() and len(id) <= 18
    limit = TradingLimit.objects.select_related("user").filter(pk=int(id)).first() if known else None
    if limit is None:
        raise NotFound(subject)
    return limit


def execute(request: Request, now: datetime) -> None:
    """Let the limit rise a day from now, and tell its owner, who can lower it again at once.

    Raises LimitChanged when its owner has changed it since this was asked for, PersonExcluded, AccountFrozen,
    AccountClosed.
    """
    owner = raised_limit(request.subject).user_id
    lock_person(owner)
    limit = raised_limit(request.subject)
    restrictions = restrictions_on(owner, now=now)
    restrictions.check_active()
    if restrictions.exclusion is not None:
        raise PersonExcluded(f"until {write_instant(restrictions.exclusion.ends_at)}")
    if limit.changed_at > request.requested_at:
        raise LimitChanged(f"at {write_instant(limit.changed_at)}")
    wanted = request.arguments["amount"]
    wish = Wish(
        kind=LimitKind(limit.kind),
        currency=limit.currency,
        demo=limit.demo,
        period_days=limit.period_days,
        amount=None if wanted is None else Decimal(wanted),
    )
    after = set_limit(owner, wish, now)
    tell_by_mail(
        owner,
        "limit_raised",
        now=_amount(limit, after.amount),
        then=_amount(limit, after.next_amount),
        since=write_instant(after.next_from or now),
    )


def describe(request: Request) -> Sequence[tuple[str, str]]:
    limit = raised_limit(request.subject)
    lines = [
        (gettext("Owner"), limit.user.email),
        (gettext("Limit"), _name(limit)),
        (gettext("Now"), _amount(limit, limit.amount)),
    ]
    if "amount" in request.arguments:
        wanted = request.arguments["amount"]
        lines.insert(0, (gettext("Raise to"), _amount(limit, None if wanted is None else Decimal(wanted))))
    return lines


def _name(limit: TradingLimit) -> str:
    book = [] if limit.kind == LimitKind.SESSION else [gettext("demo") if limit.demo else gettext("real")]
    days = [gettext("%(days)s days") % {"days": limit.period_days}] if limit.period_days else []
    return ", ".join([limit.kind, *days, *book])


def _amount(limit: TradingLimit, amount: Decimal | None) -> str:
    if amount is None:
        return "∞"
    return f"{write_amount(amount, LimitKind(limit.kind), limit.currency)} {limit.currency}".strip()


def _invalid(code: str, message: str) -> InvalidInput:
    return InvalidInput(fields=(FieldError("amount", code, message),))


RAISE_LIMIT = Action(
    name="raise_limit",
    title=_("Raise a limit"),
    read_arguments=read_arguments,
    execute=execute,
    describe=describe,
    requesters=(Role.SUPPORT,),
    approvers=(Role.RISK,),
    fields=(Field("amount", _("Raise to"), _("It holds a day after the approval. “none” takes the limit away.")),),
    subject_page="admin:accounts_tradinglimit_change",
)
