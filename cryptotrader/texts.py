"""Texts for visitors who aren't people: `/.well-known/security.txt`, `/llms.txt`, `/robots.txt` and `/sitemap.xml`."""

from datetime import timedelta

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.site import absolute, origin
from cryptotrader.documents import SHOWN
from trading.selectors.listings import listed_instruments

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


@require_safe
def llms_text(request: HttpRequest) -> HttpResponse:
    """Where a language model that writes a program for this platform finds what it needs (llmstxt.org)."""
    content = render_to_string("llms.txt", {"origin": origin()})
    headers = {"Cache-Control": "public, max-age=3600"}
    return HttpResponse(content, content_type="text/plain; charset=utf-8", headers=headers)


@require_safe
def robots_text(request: HttpRequest) -> HttpResponse:
    """Search engines may read what is for everyone. The pages of seconds would lead them on for ever."""
    closed = [
        "/prices/",
        "/api/",
        "/udf/",
        "/_allauth/",
        "/admin/",
        "/accounts/",
        "/account/",
        "/wallet/",
        "/security/",
    ]
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in closed), f"Sitemap: {absolute('/sitemap.xml')}"]
    headers = {"Cache-Control": "public, max-age=86400"}
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8", headers=headers)


@require_safe
def sitemap(request: HttpRequest) -> HttpResponse:
    """The pages for everyone, as sitemaps.org asks for them."""
    documents = [f"/docs/{name}" for name in (*SHOWN, "problems")]
    markets = [f"/trade/{each.symbol}/" for each in listed_instruments() if each.tradable]
    content = render_to_string("sitemap.xml", {"addresses": [absolute(path) for path in ["/", *markets, *documents]]})
    headers = {"Cache-Control": "public, max-age=3600"}
    return HttpResponse(content, content_type="application/xml", headers=headers)
