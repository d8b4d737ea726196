"""Makes ids that ascend with time (UUID version 7, RFC 9562): the order of ids is the order of acceptance."""

import secrets
from datetime import datetime
from uuid import UUID


def new_id(now: datetime) -> UUID:
    """Returns an id: 48 bits of milliseconds, 12 bits of the fraction of a millisecond, 62 random bits."""
    microseconds = int(now.timestamp() * 1_000_000)
    milliseconds, rest = divmod(microseconds, 1000)
    fraction = rest * 4096 // 1000
    value = milliseconds << 80 | 0x7 << 76 | fraction << 64 | 0b10 << 62 | secrets.randbits(62)
    return UUID(int=value)


def first_id_at(instant: datetime) -> UUID:
    """Returns a bound: ids from before this millisecond are below it, later ids aren't."""
    return UUID(int=int(instant.timestamp() * 1000) << 80)
