from datetime import datetime
from uuid import UUID

from django.db import transaction

from accounts.domain.errors import NotFound
from accounts.models import Beneficiary
from accounts.steps.log_on_commit import log_on_commit


def remove_beneficiary(*, beneficiary_id: UUID, user_id: int, now: datetime) -> None:
    """Remove a beneficiary. Withdrawals to it that were requested before continue. Raises NotFound."""
    with transaction.atomic(durable=True):
        rows = Beneficiary.objects.filter(pk=beneficiary_id, user_id=user_id, removed_at=None)
        if not rows.update(removed_at=now):
            raise NotFound(str(beneficiary_id))
        log_on_commit("beneficiary removed", beneficiary_id=beneficiary_id, user_id=user_id)
