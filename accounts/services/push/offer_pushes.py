from datetime import datetime

from django.db import transaction

from accounts.domain.push.encryption import point_of
from accounts.domain.push.subscriptions import text_of
from accounts.sealing import BrokenSeal
from accounts.steps.push.push_key import push_key


def offer_pushes(*, now: datetime) -> str | None:
    """The public key with which browsers subscribe; the first call makes it. None when its seal is broken."""
    try:
        with transaction.atomic(durable=True):
            return text_of(point_of(push_key(now=now).public_key()))
    except BrokenSeal:
        return None
