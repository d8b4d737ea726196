"""The staff pages of this room. Django looks for admin classes here."""

from monitoring.admin import backups

__all__ = ["backups"]
