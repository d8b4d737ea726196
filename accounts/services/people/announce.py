from dataclasses import dataclass
from datetime import datetime
from functools import partial

from django.db import connection, transaction

from accounts.domain.approvals.work import AnnouncedMeanwhile
from accounts.domain.errors import FieldError, InvalidInput
from accounts.domain.office_texts import announcement_fault
from accounts.models import Announcement
from accounts.publish import publish_announcements
from accounts.steps.require_permission import require_permission

ONE_AFTER_ANOTHER = "SELECT pg_advisory_xact_lock(hashtext('announcements'), 0)"


@dataclass(frozen=True, slots=True)
class Notice:
    """An announcement as typed: the same text in both languages, and when it is shown."""

    kind: str
    text_en: str
    text_ko: str
    starts_at: datetime
    ends_at: datetime


def announce(*, notice: Notice, made_by: int, now: datetime) -> Announcement:
    """Show a text to everybody from one moment to another.

    Raises NotPermitted, InvalidInput, and AnnouncedMeanwhile if the same text is or will be shown in a part of this
    time: it would stand twice on each page.
    """
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
        with connection.cursor() as cursor:
            cursor.execute(ONE_AFTER_ANOTHER)
        there = _same_text(notice, now)
        if there is not None:
            raise AnnouncedMeanwhile(str(there.pk))
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


def _same_text(notice: Notice, now: datetime) -> Announcement | None:
    """The announcement of the same text that is shown in a part of the notice's time."""
    last = Announcement.objects.filter(
        text_en=notice.text_en,
        text_ko=notice.text_ko,
        withdrawn_at=None,
        starts_at__lt=notice.ends_at,
        ends_at__gt=max(notice.starts_at, now),
    )
    return last.order_by("-pk").first()
