"""Slowing down who guesses: so many failures, then a lock that doubles with each further one."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from ipaddress import IPv6Address, ip_address, ip_network

from accounts.domain.errors import TooManyAttempts


class Guess(StrEnum):
    """What is being guessed at. EMAIL and ADDRESS: a password, to one account and from one place."""

    EMAIL = "email"
    ADDRESS = "address"
    SECOND_FACTOR = "second-factor"


@dataclass(frozen=True, slots=True)
class Lockout:
    """`failures_max` tries, then a lock of `lock`, twice as long with each further failure, never above `lock_max`.

    A subject that was left alone for `memory` begins anew.
    """

    failures_max: int
    lock: timedelta
    lock_max: timedelta = timedelta(hours=1)
    memory: timedelta = timedelta(hours=24)


LOCKOUTS = {
    Guess.EMAIL: Lockout(5, timedelta(minutes=5)),
    Guess.ADDRESS: Lockout(10, timedelta(minutes=1), memory=timedelta(hours=2)),
    Guess.SECOND_FACTOR: Lockout(5, timedelta(minutes=5), lock_max=timedelta(hours=6)),
}
MEMORY_MAX = max(lockout.memory for lockout in LOCKOUTS.values())


@dataclass(frozen=True, slots=True)
class Tally:
    """The failures of one subject, and until when it is locked."""

    failures: int
    last_at: datetime
    locked_until: datetime | None


def require_unlocked(tally: Tally, now: datetime) -> None:
    """Raises TooManyAttempts, with the seconds that are left, while the subject is locked."""
    if tally.locked_until is not None and now < tally.locked_until:
        refusal = TooManyAttempts()
        refusal.retry_after_seconds = int((tally.locked_until - now).total_seconds()) + 1
        raise refusal


def counted(tally: Tally | None, lockout: Lockout, now: datetime) -> Tally:
    """The tally with one more failed try. Raises TooManyAttempts if it is locked."""
    if tally is not None:
        require_unlocked(tally, now)
    known = tally is not None and now - tally.last_at < lockout.memory
    failures = (tally.failures if tally is not None and known else 0) + 1
    over = failures - lockout.failures_max
    if over < 0:
        return Tally(failures, now, None)
    lock = lockout.lock_max if over > 20 else min(lockout.lock * 2**over, lockout.lock_max)
    return Tally(failures, now, now + lock)


def network_of(address: str) -> str:
    """Whom an address stands for: an IPv6 customer has a /64 of them to come from."""
    try:
        parsed = ip_address(address.partition("%")[0])
    except ValueError:
        return "unknown"
    if isinstance(parsed, IPv6Address):
        if parsed.ipv4_mapped:
            return str(parsed.ipv4_mapped)
        return str(ip_network((parsed, 64), strict=False))
    return str(parsed)
