from datetime import datetime, timedelta

from django.db import transaction

from accounts.domain.errors import FieldError, InvalidInput
from accounts.domain.exclusions import TIME_OUT_MAX, TIME_OUT_MIN, ExclusionKind
from accounts.models import Exclusion
from accounts.services.lock_person import lock_person


def take_time_out(*, user_id: int, hours: int, now: datetime) -> Exclusion:
    """Keep a person from trading for so many hours, by their own wish; money can be taken out all the same.

    From 1 hour to 6 weeks, else InvalidInput. Nobody can lift it. A second one may be longer: the later end counts.
    """
    shortest, longest = (int(bound / timedelta(hours=1)) for bound in (TIME_OUT_MIN, TIME_OUT_MAX))
    if not shortest <= hours <= longest:
        raise InvalidInput(fields=(FieldError("hours", "out-of-range", f"from {shortest} to {longest} hours"),))
    with transaction.atomic(durable=True):
        lock_person(user_id)
        return Exclusion.objects.create(
            user_id=user_id, kind=ExclusionKind.TIME_OUT, starts_at=now, ends_at=now + timedelta(hours=hours)
        )
