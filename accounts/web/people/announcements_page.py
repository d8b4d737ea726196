"""The page of announcements: those of now, and those that were."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.selectors.people.announcements import announcements_until

SHOWN_MAX = 50


@require_safe
@never_cache
def announcements_page(request: HttpRequest) -> HttpResponse:
    """Newest first; one that staff have withdrawn is gone."""
    now, korean = timezone.now(), (get_language() or "").startswith("ko")
    listed = [
        {"it": each, "text": each.text_ko if korean else each.text_en, "is_now": each.ends_at > now}
        for each in announcements_until(now, limit=SHOWN_MAX)
    ]
    return render(request, "accounts/announcements.html", {"page": "announcements", "listed": listed})
