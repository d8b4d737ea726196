from allauth.account.models import get_emailconfirmation_model
from allauth.core.context import request_context
from django.http import HttpRequest

from accounts.domain.errors import InvalidVerificationKey
from accounts.domain.texts import storable


def verify_email(*, key: str, request: HttpRequest) -> None:
    """Verify the email that this key was mailed to. Raises InvalidVerificationKey; each key works once."""
    confirmation = get_emailconfirmation_model().from_key(key) if storable(key) else None
    with request_context(request):
        if confirmation is None or confirmation.confirm(request) is None:
            raise InvalidVerificationKey
