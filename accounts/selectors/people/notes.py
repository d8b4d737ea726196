"""Reads staff's notes on a person."""

from accounts.models import PersonNote


def notes_on(person_id: int, *, limit: int = 20) -> list[PersonNote]:
    """Returns the newest notes on a person, newest first, each with its author."""
    return list(PersonNote.objects.filter(person_id=person_id).select_related("written_by").order_by("-id")[:limit])
