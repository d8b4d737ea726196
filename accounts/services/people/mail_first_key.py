from allauth.account.models import EmailAddress
from allauth.core import ratelimit
from django.http import HttpRequest


def mail_first_key(*, address: EmailAddress, request: HttpRequest) -> None:
    """The mail with the key to somebody who has just signed up. Call it inside allauth's `request_context`.

    It goes out whatever was mailed there a moment ago: else whoever registers the same email at the same time, or asks
    for its key before it is known, would keep the key from its owner. It uses up the minute of the mails to come.
    """
    ratelimit.consume(request, action="confirm_email", key=address.email)
    address.send_confirmation(request, signup=True)
