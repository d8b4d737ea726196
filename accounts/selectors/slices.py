"""Slices of long histories, newest first, by where they begin."""

from typing import TypeVar

from django.db.models import Model, QuerySet

Row = TypeVar("Row", bound=Model)


def newest(rows: QuerySet[Row], upto: object | None, limit: int) -> list[Row]:
    """Returns the newest of these rows, whose ids ascend with time; with `upto`, from the row with this id on."""
    if upto is not None:
        rows = rows.filter(pk__lte=upto)
    return list(rows.order_by("-pk")[:limit])
