from django.db import transaction

from accounts.models import PushSubscription


def end_pushes(*, user_id: int, subscription_id: int) -> None:
    """Push to this browser of a person no more. One that isn't theirs, or is gone, stays as it is."""
    with transaction.atomic(durable=True):
        PushSubscription.objects.filter(user_id=user_id, pk=subscription_id).delete()
