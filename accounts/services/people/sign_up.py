from datetime import datetime

from allauth.account.internal.flows.email_verification import send_verification_email_to_address
from allauth.account.models import EmailAddress
from allauth.core import ratelimit
from allauth.core.context import request_context
from django.http import HttpRequest

from accounts.domain.errors import EmailTaken, TooManyRequests
from accounts.domain.mailbox import mailbox_if_any
from accounts.services.people.mail_first_key import mail_first_key
from accounts.services.people.register_trader import register_trader


def sign_up(*, email: str, password: str, locale: str, request: HttpRequest, now: datetime) -> None:
    """Create a trader and mail the verification key. The owner of an existing account gets a mail that says so.

    The caller can't tell these apart. Raises InvalidInput, or TooManyRequests for too many from one address.
    `request` gives the address, and the links in the mail.
    """
    if not ratelimit.consume(request, action="signup"):
        raise TooManyRequests
    with request_context(request):
        try:
            user = register_trader(email=email, password=password, locale=locale, now=now)
        except EmailTaken:
            unowned = EmailAddress(email=mailbox_if_any(email))
            send_verification_email_to_address(request, unowned, signup=True)
        else:
            mail_first_key(address=EmailAddress.objects.get(user=user), request=request)
