from allauth.account.internal.flows.email_verification import send_verification_email_to_address
from allauth.account.models import EmailAddress
from allauth.core import ratelimit
from allauth.core.context import request_context
from django.core.exceptions import ValidationError
from django.http import HttpRequest

from accounts.domain.errors import FieldError, InvalidInput, TooManyRequests
from accounts.domain.mailbox import mailbox_if_any
from accounts.models.mailbox_field import validate_mailbox
from accounts.selectors.access.logins import id_of_email


def resend_verification(*, email: str, request: HttpRequest) -> None:
    """Mail the verification key again, at most once a minute. A verified or unknown address gets an explanation.

    The caller can't tell these apart. Raises InvalidInput, or TooManyRequests for too many from one address.
    """
    email = mailbox_if_any(email)
    try:
        validate_mailbox(email)
    except ValidationError as error:
        raise InvalidInput(fields=tuple(FieldError("email", "invalid", text) for text in error.messages)) from error
    if not ratelimit.consume(request, action="resend_verification", key=email):
        raise TooManyRequests
    address = EmailAddress.objects.filter(email=email, verified=False).select_related("user").first()
    known = address is not None or id_of_email(email) is not None
    with request_context(request):
        # For an email without an unverified owner, allauth mails "you have an account" (signup) or "unknown account".
        send_verification_email_to_address(
            request, address or EmailAddress(email=email), signup=address is None and known
        )
