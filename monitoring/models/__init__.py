"""The tables of this room. Other rooms use its services and selectors, never these."""

from monitoring.models.backup_run import BackupRun
from monitoring.models.restore import Restore, RestoreDrill

__all__ = ["BackupRun", "Restore", "RestoreDrill"]
