"""The tables of this room. Other rooms use its services and selectors, never these."""

from monitoring.models.backup_run import BackupRun

__all__ = ["BackupRun"]
