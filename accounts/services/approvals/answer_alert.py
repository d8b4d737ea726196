from datetime import datetime

from django.db import transaction

from accounts.domain.office_texts import checked_note
from accounts.models import AlertAnswer, WorkClaim
from accounts.steps.require_permission import require_permission


def answer_alert(*, subject: str, text: str, answered_by: int, now: datetime) -> AlertAnswer:
    """Keep what was found and done about an alert, and let it leave the queue; nobody has it any longer.

    Raises NotPermitted, and InvalidInput for an empty or a too long text.
    """
    require_permission(answered_by, "add_alertanswer")
    text = checked_note(text)
    with transaction.atomic(durable=True):
        WorkClaim.objects.filter(subject=subject).delete()
        return AlertAnswer.objects.create(subject=subject, text=text, answered_by_id=answered_by, answered_at=now)
