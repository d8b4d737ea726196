from datetime import datetime
from functools import partial

from django.db import transaction

from accounts.domain.approvals.work import WithdrawnMeanwhile
from accounts.domain.errors import NotFound
from accounts.models import Announcement
from accounts.publish import publish_announcements
from accounts.steps.require_permission import require_permission


def withdraw_announcement(*, announcement_id: int, withdrawn_by: int, now: datetime) -> None:
    """Show an announcement no longer. Raises NotPermitted, NotFound, WithdrawnMeanwhile."""
    require_permission(withdrawn_by, "add_announcement")
    with transaction.atomic(durable=True):
        found = Announcement.objects.select_for_update(no_key=True).filter(pk=announcement_id).first()
        if found is None:
            raise NotFound(str(announcement_id))
        if found.withdrawn_at is not None:
            raise WithdrawnMeanwhile(str(announcement_id))
        found.withdrawn_at = now
        found.save(update_fields=["withdrawn_at"])
        if found.starts_at <= now:
            transaction.on_commit(partial(publish_announcements, [found]))
