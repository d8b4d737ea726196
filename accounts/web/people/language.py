"""The language switch in the header."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST
from django.views.i18n import set_language as set_language_cookie

from accounts.domain.people.settings import LOCALES
from accounts.selectors.people.person import id_of
from accounts.services.people.change_settings import change_settings


@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    """Django's own view sets a cookie; for a signed-in user it also changes their settings."""
    language = request.POST.get("language")
    if request.user.is_authenticated and language in LOCALES:
        change_settings(user_id=id_of(request.user), changes={"locale": language})
    return set_language_cookie(request)
