from datetime import timedelta

from accounts.domain.errors import FieldError, InvalidInput
from accounts.domain.limits.exclusions import TIME_OUT_MAX, TIME_OUT_MIN, ExclusionKind
from accounts.domain.moments import Clock
from accounts.services.limits.exclude_person import TakenExclusion, exclude_person


def take_time_out(*, user_id: int, hours: int, clock: Clock) -> TakenExclusion:
    """Stop a person from trading for some hours, at their own request. Withdrawals stay possible.

    From 1 hour to 6 weeks, otherwise InvalidInput. Nobody can lift it. A longer one may follow. A request for a
    shorter one returns the present one.
    """
    shortest, longest = (int(bound / timedelta(hours=1)) for bound in (TIME_OUT_MIN, TIME_OUT_MAX))
    if not shortest <= hours <= longest:
        raise InvalidInput(fields=(FieldError("hours", "out-of-range", f"from {shortest} to {longest} hours"),))
    length = timedelta(hours=hours)
    return exclude_person(user_id=user_id, kind=ExclusionKind.TIME_OUT, clock=clock, end_of=lambda now: now + length)
