"""Gives every page the announcements of the moment, in the reader's language."""

from typing import Any

from django.db import DatabaseError
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language

from accounts.selectors.people.announcements import announcements_at


def announcements(request: HttpRequest) -> dict[str, Any]:
    """A context processor. It asks the database only on pages that show them."""

    def shown() -> list[dict[str, str]]:
        korean = (get_language() or "").startswith("ko")
        try:
            found = announcements_at(timezone.now())
        except DatabaseError:  # the page that tells of it must not fail too
            return []
        return [
            {"id": str(each.pk), "kind": each.kind, "text": each.text_ko if korean else each.text_en} for each in found
        ]

    return {"announcements": SimpleLazyObject(shown)}
