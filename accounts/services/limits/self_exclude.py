from accounts.domain.errors import FieldError, InvalidInput
from accounts.domain.limits.exclusions import SELF_EXCLUSION_MONTHS, ExclusionKind, months_later
from accounts.domain.moments import Clock
from accounts.services.limits.exclude_person import TakenExclusion, exclude_person


def self_exclude(*, user_id: int, months: int, clock: Clock) -> TakenExclusion:
    """Stop a person from trading for some calendar months, at their own request. Withdrawals stay possible.

    From 6 months to 5 years, otherwise InvalidInput. Nobody can lift it. A longer one may follow. A request for a
    shorter one returns the present one.
    """
    shortest, longest = SELF_EXCLUSION_MONTHS
    if not shortest <= months <= longest:
        raise InvalidInput(fields=(FieldError("months", "out-of-range", f"from {shortest} to {longest} months"),))
    kind = ExclusionKind.SELF_EXCLUSION
    return exclude_person(user_id=user_id, kind=kind, clock=clock, end_of=lambda now: months_later(now, months))
