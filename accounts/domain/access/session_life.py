"""How long a session lasts: a stolen cookie must not open an account for ever, least of all one of staff."""

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class SessionLife:
    """The longest time from the login to the end of a session, and the longest time without use; None: any."""

    age_max: timedelta | None
    idle_max: timedelta | None


TRADER = SessionLife(age_max=timedelta(days=14), idle_max=None)
STAFF = SessionLife(age_max=timedelta(hours=12), idle_max=timedelta(minutes=30))
APP = SessionLife(age_max=None, idle_max=None)
"""A trader's app: its refresh token has a life of its own (JWT_EXPIRES_IN). Staff's apps last as their pages do."""


def is_over(life: SessionLife, *, started_at: datetime | None, used_at: datetime | None, now: datetime) -> bool:
    """Whether a session has lasted too long, or waited too long for its next use.

    Without a known start it has lasted too long, unless any age will do. Its start is its first use.
    """
    if life.age_max is not None and (started_at is None or now - started_at >= life.age_max):
        return True
    last = max((at for at in (started_at, used_at) if at is not None), default=None)
    return life.idle_max is not None and (last is None or now - last >= life.idle_max)
