"""Reads staff's notes on a person."""

from accounts.models import PersonNote
from accounts.selectors.slices import newest


def notes_on(person_id: int, *, upto: int | None = None, limit: int = 20) -> list[PersonNote]:
    """Returns the notes on a person, each with its author, newest first; with `upto`, from the note with this id on."""
    return newest(PersonNote.objects.filter(person_id=person_id).select_related("written_by"), upto, limit)
