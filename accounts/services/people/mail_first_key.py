from allauth.account.models import EmailAddress
from allauth.core import ratelimit
from django.http import HttpRequest


def mail_first_key(*, address: EmailAddress, request: HttpRequest) -> None:
    """Mail the verification key to a person who has just signed up. Call it inside allauth's `request_context`.

    It ignores earlier mails to the address: otherwise a stranger who registers the same email at that time, or asks for
    its key before it is known, could keep the key from its owner. It counts as the one mail of the next minute.
    """
    ratelimit.consume(request, action="confirm_email", key=address.email)
    address.send_confirmation(request, signup=True)
