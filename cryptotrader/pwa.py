"""What makes the site an app: its service worker, and the page that a device shows without a connection."""

import json
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils import translation
from django.views.decorators.http import require_safe

SOURCE = Path(settings.BASE_DIR) / "static" / "worker" / "service_worker.js"
ICON = "icons/icon-192.png"
KEPT = (
    "built/site.css",
    "css/forms.css",
    "built/fonts/latin.woff2",
    "built/fonts/korean.woff2",
    "icons/icon.svg",
    ICON,
)
"""The files that the offline page is made of."""


@require_safe
def service_worker(request: HttpRequest) -> HttpResponse:
    """The script, with the addresses of the few files that it keeps in front. A browser asks for it at each visit."""
    headers = {"Cache-Control": "public, max-age=0, must-revalidate"}
    return HttpResponse(
        _script(SOURCE.stat().st_mtime_ns), content_type="text/javascript; charset=utf-8", headers=headers
    )


@require_safe
def offline(request: HttpRequest, language: str) -> HttpResponse:
    """The page for no connection, in a language; the same for everybody."""
    if language not in dict(settings.LANGUAGES):
        raise Http404(language)
    with translation.override(language):
        page = render(request, "offline.html")
    page.headers["Cache-Control"] = "public, max-age=0"
    return page


@lru_cache(maxsize=1)
def _script(_changed: int) -> str:
    source = SOURCE.read_text(encoding="utf-8")
    pages = {code: reverse("offline", args=[code]) for code, _ in settings.LANGUAGES}
    kept = [*pages.values(), *(static(path) for path in KEPT)]
    name = f"offline-{sha256((source + ''.join(kept) + settings.SITE_URL).encode()).hexdigest()[:12]}"
    config = {"name": name, "kept": kept, "offline": pages, "icon": static(ICON)}
    return f"self.config = {json.dumps(config)};\n{source}"
