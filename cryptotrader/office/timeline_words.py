"""The rows of a person's timeline in words. Each function words the rows of one source."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from django.urls import reverse
from django.utils.translation import gettext

from accounts.admin import columns
from accounts.admin.approval_words import arguments_of, book_of
from accounts.admin.audit_words import author_of, changes_of, name_of
from accounts.approval_actions import action_named
from accounts.domain.access.devices import device_name
from accounts.domain.errors import mark
from accounts.domain.limits.own_limits import LABELS, PERIOD_LABELS, LimitKind, write_amount
from accounts.models import (
    ApprovalRequest,
    AuditEvent,
    Beneficiary,
    Deposit,
    Exclusion,
    Login,
    PersonNote,
    TradingLimit,
    User,
    Withdrawal,
)
from accounts.selectors.ledger.wallets import Wallet
from accounts.selectors.people.dossier import keys_by_id, limits_by_id
from trading.models import FlashTrade
from trading.selectors.trades import correction_of


@dataclass(frozen=True, slots=True)
class About:
    """The person whose timeline it is, their wallets, and whether its reader may open audit events."""

    user: User
    wallets: Sequence[Wallet]
    opens_audit: bool


@dataclass(frozen=True, slots=True)
class Told:
    """A row in words: its title, details, and its author if that isn't the person. Texts may be HTML that is safe."""

    title: str
    details: Sequence[str] = ()
    by: str = ""
    address: str = ""


def trades(rows: Iterable[FlashTrade], about: About) -> Iterable[Told]:
    for trade in rows:
        details = [columns.book(trade.demo), columns.money(trade.stake, trade.currency)]
        if trade.outcome:
            details += [trade.get_outcome_display(), columns.gain(trade.profit, trade.currency)]
        else:
            details.append(columns.badge(trade.get_state_display(), real=True))
        if correction_of(trade):
            details.append(columns.badge(gettext("voided afterwards"), care=True))
        details.append(columns.short_id(trade.pk))
        address = reverse("admin:trading_flashtrade_change", args=[trade.pk])
        yield Told(columns.pair(trade.instrument.symbol, columns.arrow(trade.direction)), details, address=address)


def deposits(rows: Iterable[Deposit], about: About) -> Iterable[Told]:
    for each in rows:
        address = reverse("admin:accounts_deposit_change", args=[each.pk])
        yield Told(gettext("Deposit"), _payment(each), _decider(each), address)


def withdrawals(rows: Iterable[Withdrawal], about: About) -> Iterable[Told]:
    for each in rows:
        address = reverse("admin:accounts_withdrawal_change", args=[each.pk])
        yield Told(gettext("Withdrawal"), _payment(each), _decider(each), address)


def _payment(row: Deposit | Withdrawal) -> list[str]:
    ended = columns.instant(row.ended_at) if row.ended_at else ""
    amount, state = columns.money(row.amount, row.currency), row.get_state_display()
    return [amount, state, ended, row.reason, columns.short_id(row.pk)]


def _decider(row: Deposit | Withdrawal) -> str:
    return row.decided_by.email if row.decided_by else ""


def beneficiaries(rows: Iterable[Beneficiary], about: About) -> Iterable[Told]:
    for each in rows:
        removed = columns.pair(gettext("removed"), columns.instant(each.removed_at)) if each.removed_at else ""
        address = reverse("admin:accounts_beneficiary_change", args=[each.pk])
        yield Told(gettext("Beneficiary added"), [each.label, each.currency, removed], address=address)


def logins(rows: Iterable[Login], about: About) -> Iterable[Told]:
    for each in rows:
        ok, failed = (
            columns.pair("✓", gettext("signed in")),
            columns.badge(columns.pair("✕", gettext("failed")), care=True),
        )
        title = ok if each.succeeded else failed
        yield Told(title, [each.get_method_display(), each.address or "", device_name(each.device)])


def exclusions(rows: Iterable[Exclusion], about: About) -> Iterable[Told]:
    for each in rows:
        until = columns.pair(gettext("until"), columns.instant(each.ends_at))
        yield Told(columns.badge(each.get_kind_display(), care=True), [until])


def notes(rows: Iterable[PersonNote], about: About) -> Iterable[Told]:
    for each in rows:
        yield Told(each.text, by=each.written_by.email)


def requests(rows: Iterable[ApprovalRequest], about: About) -> Iterable[Told]:
    for each in rows:
        details = [*arguments_of(each), book_of(each), each.get_state_display(), each.reason]
        address = reverse("admin:accounts_approvalrequest_change", args=[each.pk])
        yield Told(gettext(action_named(each.action).title), details, each.requested_by.email, address)


def changes(rows: Iterable[AuditEvent], about: About) -> Iterable[Told]:
    for each in rows:
        yield _change(each, name_of(each.table).capitalize(), about)


def limits(rows: Sequence[AuditEvent], about: About) -> Iterable[Told]:
    known = limits_by_id(int(each.object_id) for each in rows)
    for each in rows:
        limit = known[int(each.object_id)]  # limits are kept
        kind, period = gettext(LABELS[LimitKind(limit.kind)]), PERIOD_LABELS[limit.period_days]
        title = " ".join(filter(None, [kind, period and gettext(period), limit.currency]))
        told = _change(each, title, about)
        yield replace(told, details=list(_amounts(each, limit)))


def _amounts(event: AuditEvent, limit: TradingLimit) -> Iterable[str]:
    """The amount before and after, and the next one with its time."""
    before, after, kind = event.before or {}, event.after or {}, LimitKind(limit.kind)

    def shown(amount: object) -> str:
        return columns.NOTHING if amount is None else write_amount(Decimal(str(amount)), kind, limit.currency)

    if "amount" in after:
        yield f"{shown(before.get('amount'))} → {shown(after['amount'])}"
    if after.get("next_from"):
        at = columns.instant(datetime.fromisoformat(after["next_from"]))
        yield columns.pair(gettext("changes"), at, "→", shown(after.get("next_amount")))


def keys(rows: Sequence[AuditEvent], about: About) -> Iterable[Told]:
    known = keys_by_id(int(each.object_id) for each in rows)
    for each in rows:
        key = known.get(int(each.object_id))
        yield _change(each, " ".join(filter(None, [gettext("API key"), str(key or "")])), about)


FACTORS = {"totp": mark("App"), "webauthn": mark("Passkey"), "recovery_codes": mark("Recovery codes")}
"""By the type of allauth's authenticator; marked for translation."""


def factors(rows: Iterable[AuditEvent], about: About) -> Iterable[Told]:
    for each in rows:
        known = FACTORS.get((each.after or each.before or {}).get("type", ""), "")
        yield _change(each, gettext(known) if known else name_of(each.table), about)


def _change(event: AuditEvent, title: str, about: About) -> Told:
    """What was changed; of a new row and of one that went, only that."""
    details = changes_of(event) if event.operation == "UPDATE" else event.get_operation_display()
    author = author_of(event)
    address = reverse("admin:accounts_auditevent_change", args=[event.pk]) if about.opens_audit else ""
    return Told(title, [details], author if author != about.user.email else "", address)
