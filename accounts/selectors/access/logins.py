"""Who tried to sign in, when and from where."""

from dataclasses import dataclass
from datetime import datetime

from accounts.domain.access.scopes import LoginMethod
from accounts.models import Login, User


@dataclass(frozen=True, slots=True)
class LoginTry:
    """One try to sign in. `device` is what the client calls itself (its User-Agent): a claim, no proof."""

    id: int
    at: datetime
    method: LoginMethod
    succeeded: bool
    address: str | None
    device: str


def logins_of(user_id: int, *, limit: int, before: int | None = None) -> list[LoginTry]:
    """Somebody's latest tries, the newest first; with `before`, those older than the one with this id."""
    rows = Login.objects.filter(user_id=user_id).order_by("-id")
    if before is not None:
        rows = rows.filter(id__lt=before)
    fields = ("id", "at", "method", "succeeded", "address", "device")
    return [
        LoginTry(id, at, LoginMethod(method), succeeded, address, device)
        for id, at, method, succeeded, address, device in rows.values_list(*fields)[:limit]
    ]


def id_of_email(email: str) -> int | None:
    """Whose email this is, however it is written."""
    return User.objects.filter(email=email.strip().lower()).values_list("id", flat=True).first()


def locale_of_email(email: str) -> str | None:
    """What language the owner of this email reads; None when it's nobody's."""
    return User.objects.filter(email=email.strip().lower()).values_list("locale", flat=True).first()
