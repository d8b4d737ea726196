"""Lists the devices on which a person is signed in."""

from dataclasses import dataclass
from datetime import datetime

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session

from accounts.domain.access.devices import device_name


@dataclass(frozen=True, slots=True)
class SignedInDevice:
    """A live session of a browser or of an app's tokens. `device` is the client's own claim, or empty."""

    id: int
    device: str
    address: str
    signed_in_at: datetime
    last_seen_at: datetime
    is_this: bool


def devices_of(user_id: int, *, this_session_key: str | None, now: datetime) -> list[SignedInDevice]:
    """Returns a person's live sessions: the asking one first, then by the last use, newest first."""
    rows = UserSession.objects.filter(user_id=user_id, session_key__in=_under_way(now)).order_by("-last_seen_at", "-id")
    devices = [
        SignedInDevice(
            id=row.pk,
            device=device_name(row.user_agent),
            address=row.ip,
            signed_in_at=row.created_at,
            last_seen_at=row.last_seen_at,
            is_this=row.session_key == this_session_key,
        )
        for row in rows
    ]
    return sorted(devices, key=lambda device: not device.is_this)


def session_key_of_device(user_id: int, device_id: int) -> str | None:
    """Returns the session key of this person's device."""
    rows = UserSession.objects.filter(user_id=user_id, pk=device_id)
    key: str | None = rows.values_list("session_key", flat=True).first()
    return key


def _under_way(now: datetime) -> object:
    return Session.objects.filter(expire_date__gt=now).values("session_key")
