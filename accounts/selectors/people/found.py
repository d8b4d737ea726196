"""Finds people, and their payments, by a part of what identifies them. Each look-up goes by an index."""

from typing import TypeVar

from django.db import connection
from django.db.models import F, QuerySet, Value

from accounts.domain.approvals.subjects import DIGITS_MAX
from accounts.domain.cashier.real_money import Provider
from accounts.domain.mailbox import mailbox_if_any
from accounts.domain.notation import id_range
from accounts.domain.texts import storable
from accounts.models import ApprovalRequest, Deposit, User, Withdrawal
from accounts.models.cashier import payment_key

Payment = TypeVar("Payment", Deposit, Withdrawal)
EMAIL_LENGTH_MIN = 2
LAST = "\x7f"
"""Behind every character of an email."""

# In the order of bytes, so that the indexes serve it in every language of the database.
BY_HALF_AN_EMAIL = """
    (SELECT id FROM users WHERE email COLLATE "C" >= %(start)s AND email COLLATE "C" < %(end)s LIMIT %(limit)s)
    UNION
    (SELECT id FROM users WHERE substring(email, strpos(email, '@') + 1) COLLATE "C" >= %(domain)s
        AND substring(email, strpos(email, '@') + 1) COLLATE "C" < %(domain_end)s LIMIT %(limit)s)
"""


def people_found(text: str, *, limit: int) -> list[User]:
    """Returns people whose email, or its domain, begins so, or whose number it is; in the order of their emails."""
    typed = mailbox_if_any(text)
    ids: set[int] = set()
    if len(typed) >= EMAIL_LENGTH_MIN and typed.isascii() and "\0" not in typed:
        domain = typed.removeprefix("@")
        with connection.cursor() as cursor:
            bounds = {"start": typed, "end": typed + LAST, "domain": domain, "domain_end": domain + LAST}
            cursor.execute(BY_HALF_AN_EMAIL, {**bounds, "limit": limit})
            ids = {id for (id,) in cursor.fetchall()}
    if typed.isascii() and typed.isdigit() and len(typed) <= DIGITS_MAX:
        ids.add(int(typed))
    return list(User.objects.filter(pk__in=ids).order_by("email")[:limit])


def deposits_found(text: str, *, limit: int) -> list[Deposit]:
    """Returns deposits whose id begins so, or whose payment has this reference; the newest first."""
    return _by_id_or_payment(Deposit.objects.select_related("user"), text, limit)


def withdrawals_found(text: str, *, limit: int) -> list[Withdrawal]:
    """Returns withdrawals whose id begins so, or whose payout has this reference; the newest first."""
    return _by_id_or_payment(Withdrawal.objects.select_related("user"), text, limit)


def requests_found(text: str, *, limit: int) -> list[ApprovalRequest]:
    """Returns approval requests whose id begins so."""
    span = id_range(text)
    return list(ApprovalRequest.objects.filter(pk__range=span).order_by("-pk")[:limit]) if span else []


def _by_id_or_payment(rows: QuerySet[Payment], text: str, limit: int) -> list[Payment]:
    """Two look-ups: with OR between them, no index of a payment would serve."""
    span = id_range(text)
    found = {row.pk: row for row in rows.filter(pk__range=span).order_by("-pk")[:limit]} if span else {}
    typed = text.strip()
    if typed and storable(typed):
        by_key = rows.exclude(provider_reference="").alias(key=payment_key(F("provider_reference")))
        named = by_key.filter(provider__in=list(Provider), key=payment_key(Value(typed)))
        found |= {row.pk: row for row in named}  # one of each provider; in an order, they would be sought in that order
    return [found[key] for key in sorted(found, reverse=True)[:limit]]
