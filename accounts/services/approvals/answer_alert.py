from datetime import datetime

from django.db import transaction

from accounts.domain.approvals.work import AnsweredMeanwhile
from accounts.domain.office_texts import checked_note
from accounts.models import AlertAnswer, WorkClaim
from accounts.selectors.approvals.work import ANSWER_LASTS, answers_to
from accounts.steps.require_permission import require_permission


def answer_alert(*, subject: str, text: str, answered_by: int, now: datetime) -> AlertAnswer:
    """Keep what was found and done about an alert, and let it leave the queue; nobody has it any longer.

    Raises NotPermitted, InvalidInput for an empty or a too long text, AnsweredMeanwhile for an alert that has left
    the queue.
    """
    require_permission(answered_by, "add_alertanswer")
    text = checked_note(text)
    with transaction.atomic(durable=True):
        # One after another: the claim is the alert's lock, also when nobody had taken it.
        WorkClaim.objects.get_or_create(subject=subject, defaults={"taken_by_id": answered_by, "taken_at": now})
        WorkClaim.objects.select_for_update().filter(subject=subject).first()
        for last in answers_to(subject, limit=1):
            if last.answered_at > now - ANSWER_LASTS:
                raise AnsweredMeanwhile(": ".join((last.answered_by.email, last.text)))
        WorkClaim.objects.filter(subject=subject).delete()
        return AlertAnswer.objects.create(subject=subject, text=text, answered_by_id=answered_by, answered_at=now)
