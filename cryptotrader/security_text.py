"""`/.well-known/security.txt` (RFC 9116): where finders of vulnerabilities write to."""

from datetime import timedelta

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.site import absolute

VALID = timedelta(days=180)
"""The standard asks for less than a year: an old file may name somebody who has left."""


@require_safe
def security_text(request: HttpRequest) -> HttpResponse:
    """Returns the file; 404 if the operator has named no contact."""
    if not settings.SECURITY_CONTACT:
        raise Http404
    expires = (timezone.now() + VALID).replace(hour=0, minute=0, second=0, microsecond=0)
    lines = [
        f"Contact: {settings.SECURITY_CONTACT}",
        f"Expires: {expires:%Y-%m-%dT%H:%M:%SZ}",
        "Preferred-Languages: en, ko",
        f"Canonical: {absolute(request.path)}",
    ]
    headers = {"Cache-Control": "public, max-age=86400"}
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8", headers=headers)
