from datetime import datetime

from django.db import transaction

from accounts.domain.approvals.requests import NotPermitted
from accounts.domain.errors import NotFound
from accounts.domain.office_texts import checked_note
from accounts.models import PersonNote, User
from accounts.steps.require_permission import require_permission


def write_note(*, person_id: int, text: str, written_by: int, now: datetime) -> PersonNote:
    """Keep a note on a person for ever; other staff read it, the person doesn't.

    Raises NotPermitted, also for a note on the author; NotFound; InvalidInput for an empty or a too long text.
    """
    require_permission(written_by, "add_personnote")
    if person_id == written_by:
        raise NotPermitted
    if not User.objects.filter(pk=person_id).exists():
        raise NotFound(str(person_id))
    text = checked_note(text)
    with transaction.atomic(durable=True):
        return PersonNote.objects.create(person_id=person_id, text=text, written_by_id=written_by, written_at=now)
