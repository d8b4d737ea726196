from datetime import datetime

from allauth.account.models import EmailAddress
from django.db import transaction

from accounts.models import User


def register_staff(*, email: str, password: str, now: datetime) -> User:
    """Create a member of staff with all permissions, a verified email and no wallet, unless the email is known."""
    known = User.objects.filter(email=email).first()
    if known is not None:
        return known
    with transaction.atomic(durable=True):
        user = User.objects.create_superuser(email, password, locale="en", joined_at=now)
        EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=True)
    return user
