from datetime import datetime

from django.db import transaction

from accounts.domain.errors import FieldError, InvalidInput
from accounts.domain.exclusions import SELF_EXCLUSION_MONTHS, ExclusionKind, months_later
from accounts.models import Exclusion
from accounts.services.lock_person import lock_person


def self_exclude(*, user_id: int, months: int, now: datetime) -> Exclusion:
    """Keep a person from trading for so many calendar months, by their own wish; money can be taken out all the same.

    From 6 months to 5 years, else InvalidInput. Nobody can lift it. A second one may be longer: the later end counts.
    """
    shortest, longest = SELF_EXCLUSION_MONTHS
    if not shortest <= months <= longest:
        raise InvalidInput(fields=(FieldError("months", "out-of-range", f"from {shortest} to {longest} months"),))
    with transaction.atomic(durable=True):
        lock_person(user_id)
        return Exclusion.objects.create(
            user_id=user_id, kind=ExclusionKind.SELF_EXCLUSION, starts_at=now, ends_at=months_later(now, months)
        )
