from dataclasses import dataclass
from datetime import datetime
from functools import partial

from django.db import transaction

from accounts.domain.errors import FieldError, InvalidInput
from accounts.domain.office_texts import announcement_fault
from accounts.models import Announcement
from accounts.publish import publish_announcements
from accounts.steps.require_permission import require_permission


@dataclass(frozen=True, slots=True)
class Notice:
    """An announcement as typed: the same text in both languages, and when it is shown."""

    kind: str
    text_en: str
    text_ko: str
    starts_at: datetime
    ends_at: datetime


def announce(*, notice: Notice, made_by: int, now: datetime) -> Announcement:
    """Show a text to everybody from one moment to another. Raises NotPermitted, InvalidInput."""
    require_permission(made_by, "add_announcement")
    faults = [
        fault
        for name, text in (("text_en", notice.text_en), ("text_ko", notice.text_ko))
        if (fault := announcement_fault(name, text))
    ]
    if notice.kind not in Announcement.Kind.values:
        faults.append(FieldError("kind", "unknown-value", f"one of {', '.join(Announcement.Kind.values)}"))
    if not max(notice.starts_at, now) < notice.ends_at:
        faults.append(FieldError("ends_at", "invalid", "after its beginning, and after now"))
    if faults:
        raise InvalidInput(fields=tuple(faults))
    with transaction.atomic(durable=True):
        made = Announcement.objects.create(
            kind=notice.kind,
            text_en=notice.text_en,
            text_ko=notice.text_ko,
            starts_at=notice.starts_at,
            ends_at=notice.ends_at,
            made_by_id=made_by,
            made_at=now,
        )
        if made.starts_at <= now:
            transaction.on_commit(partial(publish_announcements, [made]))
        return made
