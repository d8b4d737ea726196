"""Reads the kept figures."""

from collections.abc import Collection

from monitoring.models import Figure


def figures(names: Collection[str]) -> dict[str, Figure]:
    """The figures of these names that were ever found. One query."""
    return Figure.objects.in_bulk(list(names))
