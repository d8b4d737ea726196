"""The requests of staff about a person: their account, trades, payments and limits.

A person has trades without number, and staff ask rarely: the search begins with the requests, and looks up the owner
of each by its key.
"""

from collections.abc import Mapping

from django.db.models import BigIntegerField, Case, Field, Model, OuterRef, Q, QuerySet, Subquery, UUIDField, When
from django.db.models.functions import Cast, Substr

from accounts.models import ApprovalRequest, Deposit, TradingLimit, Withdrawal
from trading.models import FlashTrade

UUID_KEY, NUMBER_KEY = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "[0-9]{1,18}"

OWNED: Mapping[str, tuple[type[Model], Field[object, object], str]] = {
    "trade": (FlashTrade, UUIDField(), UUID_KEY),
    "deposit": (Deposit, UUIDField(), UUID_KEY),
    "withdrawal": (Withdrawal, UUIDField(), UUID_KEY),
    "limit": (TradingLimit, BigIntegerField(), NUMBER_KEY),
}
"""By the kind of a subject: the rows with its owner (`user_id`), the type of their ids, and the form of a key."""


def requests_about_person(user_id: int) -> QuerySet[ApprovalRequest]:
    """The requests about the account, the trades, payments and limits of a person; those about wallets have no owner
    here.
    """
    owner = Case(*(_owner_of(kind) for kind in OWNED))
    return ApprovalRequest.objects.alias(owner=owner).filter(Q(subject=f"user:{user_id}") | Q(owner=user_id))


def _owner_of(kind: str) -> When:
    model, type_of_ids, form = OWNED[kind]
    key = Cast(Substr(OuterRef("subject"), len(kind) + 2), type_of_ids)
    rows = model._default_manager.filter(pk=key).values("user_id")
    return When(subject__regex=f"^{kind}:{form}$", then=Subquery(rows))
