"""Celery tasks of the room: one call each. A task that comes late, twice or never does no harm."""

from monitoring.tasks import backups, watching

__all__ = ["backups", "watching"]
