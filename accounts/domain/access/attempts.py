"""Limits the guessing of passwords and codes: after some failures a lock, which doubles with each further failure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from ipaddress import IPv6Address, ip_address, ip_network

from accounts.domain.errors import TooManyAttempts


class Guess(StrEnum):
    """The subject that a guess counts for.

    At the entrance: DEVICE, a known device of the account; PAIR, the account from one network; EMAIL, the account from
    anywhere; ADDRESS, a network. Inside: SECOND_FACTOR, and OWN_PASSWORD, the guesses of a person's own session.
    """

    DEVICE = "device"
    PAIR = "pair"
    EMAIL = "email"
    ADDRESS = "address"
    SECOND_FACTOR = "second-factor"
    OWN_PASSWORD = "own-password"  # noqa: S105


@dataclass(frozen=True, slots=True)
class Lockout:
    """Allows `failures_max` failures, then locks for `lock`. Each further failure doubles the lock, up to `lock_max`.

    After `memory` without a failure the count starts again at zero.
    """

    failures_max: int
    lock: timedelta
    lock_max: timedelta = timedelta(hours=1)
    memory: timedelta = timedelta(hours=24)


LOCKOUTS = {
    Guess.DEVICE: Lockout(5, timedelta(minutes=5)),
    Guess.PAIR: Lockout(5, timedelta(minutes=5)),
    # Strangers alone come under these two, since they shut out more than the guesser.
    Guess.EMAIL: Lockout(20, timedelta(minutes=15)),
    Guess.ADDRESS: Lockout(30, timedelta(minutes=1), memory=timedelta(hours=2)),
    Guess.SECOND_FACTOR: Lockout(5, timedelta(minutes=5), lock_max=timedelta(hours=6)),
    Guess.OWN_PASSWORD: Lockout(5, timedelta(minutes=5)),
}
MEMORY_MAX = max(lockout.memory for lockout in LOCKOUTS.values())


@dataclass(frozen=True, slots=True)
class Tally:
    """The failures of one subject and the end of its lock."""

    failures: int
    last_at: datetime
    locked_until: datetime | None


def require_unlocked(tally: Tally, now: datetime) -> None:
    """Raises TooManyAttempts, with the remaining seconds, while the subject is locked."""
    if tally.locked_until is not None and now < tally.locked_until:
        refusal = TooManyAttempts()
        refusal.retry_after_seconds = int((tally.locked_until - now).total_seconds()) + 1
        raise refusal


def counted(tally: Tally | None, lockout: Lockout, now: datetime) -> Tally:
    """Returns the tally with one more failure. Raises TooManyAttempts if it is locked."""
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
    """Returns the network that the attempts of an address are counted for: a customer with IPv6 has a whole /64."""
    try:
        parsed = ip_address(address.partition("%")[0])
    except ValueError:
        return "unknown"
    if isinstance(parsed, IPv6Address):
        if parsed.ipv4_mapped:
            return str(parsed.ipv4_mapped)
        return str(ip_network((parsed, 64), strict=False))
    return str(parsed)
