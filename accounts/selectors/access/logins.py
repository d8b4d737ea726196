"""Reads the attempts to sign in, and finds people by email."""

from dataclasses import dataclass
from datetime import datetime

from accounts.domain.access.attempts import network_of
from accounts.domain.access.scopes import LoginMethod
from accounts.models import Login, User

LOOKED_AT_MAX = 50


@dataclass(frozen=True, slots=True)
class LoginTry:
    """One attempt to sign in. `device` is the client's own User-Agent: a claim, no proof."""

    id: int
    at: datetime
    method: LoginMethod
    succeeded: bool
    address: str | None
    device: str


def logins_of(user_id: int, *, limit: int, before: int | None = None) -> list[LoginTry]:
    """Returns a person's latest attempts, newest first; with `before`, only those with a lower id."""
    rows = Login.objects.filter(user_id=user_id).order_by("-id")
    if before is not None:
        rows = rows.filter(id__lt=before)
    fields = ("id", "at", "method", "succeeded", "address", "device")
    return [
        LoginTry(id, at, LoginMethod(method), succeeded, address, device)
        for id, at, method, succeeded, address, device in rows.values_list(*fields)[:limit]
    ]


def id_of_email(email: str) -> int | None:
    """Returns the id of this mailbox's owner, however the address is typed."""
    return User.objects.filter(email=email).values_list("id", flat=True).first()


def locale_of_email(email: str) -> str | None:
    """Returns the language of this email's owner; None if nobody owns it."""
    return User.objects.filter(email=email).values_list("locale", flat=True).first()


def is_familiar(email: str, network: str) -> bool:
    """Whether one of the latest successful logins of this email's owner came from this network."""
    rows = Login.objects.filter(user__email=email, succeeded=True, address__isnull=False).order_by("-id")
    return any(
        network_of(address or "") == network for address in rows.values_list("address", flat=True)[:LOOKED_AT_MAX]
    )
