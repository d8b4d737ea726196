from datetime import datetime

from django.db import transaction

from accounts.models import ListExport
from accounts.steps.require_permission import require_permission

FILTERS_LENGTH_MAX = 1000


def note_export(*, list_name: str, filters: str, rows: int, taken_by: int, now: datetime) -> None:
    """Record that a member of staff takes a list out of the platform, before they get it. Raises NotPermitted."""
    require_permission(taken_by, "export_lists")
    with transaction.atomic(durable=True):
        ListExport.objects.create(
            list_name=list_name,
            filters=filters[:FILTERS_LENGTH_MAX],
            rows=rows,
            taken_by_id=taken_by,
            taken_at=now,
        )
