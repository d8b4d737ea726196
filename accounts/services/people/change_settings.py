from collections.abc import Mapping

from django.db import transaction

from accounts.domain.people.settings import checked
from accounts.models import User


def change_settings(*, user_id: int, changes: Mapping[str, object]) -> None:
    """Change the named settings of a person; the others stay. Raises InvalidInput, and then changes none."""
    values = checked(changes)
    with transaction.atomic(durable=True):
        if values:
            User.objects.filter(pk=user_id).update(**values)
