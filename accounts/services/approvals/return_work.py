from django.db import transaction

from accounts.models import WorkClaim


def return_work(*, subject: str, returned_by: int) -> None:
    """Leave work that one has taken to others. Another person's work stays theirs."""
    with transaction.atomic(durable=True):
        WorkClaim.objects.filter(subject=subject, taken_by_id=returned_by).delete()
