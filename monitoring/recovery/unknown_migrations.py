"""Whether this program knows the migrations of its database. It can't bring another version's database up to date."""

from collections.abc import Sequence

from monitoring.selectors.migrations import compare_migrations


def unknown_migrations() -> list[str]:
    """The migrations of our rooms that the database has had and this program lacks, as `accounts.0001_initial`.

    Raises django.db.DatabaseError when the database doesn't answer.
    """
    return list(compare_migrations().unknown)


def told(unknown: Sequence[str]) -> str:
    """The fault in words: the first of them, and how many more there are."""
    more = f" and {len(unknown) - 1} more" if len(unknown) > 1 else ""
    return f"This database belongs to another version, whose migrations are unknown here ({unknown[0]}{more})"
