from datetime import datetime

from django.db import transaction

from trading.models import SigningKey
from trading.steps.sign_statement import make_key


def rotate_keys(*, now: datetime) -> str:
    """Retire the key that signs and make another; returns the new one's id.

    The old private key is deleted. The public one stays published, so that its signatures can be checked for ever. Two
    rotations at the same moment rotate once.
    """
    with transaction.atomic(durable=True):
        SigningKey.objects.filter(retired_at=None).update(retired_at=now, sealed_private_key="")
        make_key(now)
        return SigningKey.objects.get(retired_at=None).kid
