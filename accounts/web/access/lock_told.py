"""How allauth's doors tell of a lock: pages in their form, programs by the problem with the time to wait."""

from allauth.core import context
from allauth.core.internal.httpkit import is_headless_request
from django.forms import ValidationError
from django.utils.translation import gettext

from accounts.domain.errors import TooManyAttempts


def lock_in_form(refusal: TooManyAttempts) -> ValidationError:
    """Returns the fault for a page's form. To a program it raises the refusal itself: a form's fault would be 400."""
    if is_headless_request(context.request):
        raise refusal
    return ValidationError(gettext(refusal.title), code=refusal.code)
