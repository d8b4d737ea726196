"""The tables of this room. Other rooms use its services and selectors, never these."""

from monitoring.models.backup_run import BackupRun
from monitoring.models.figure import Figure
from monitoring.models.restore import Restore, RestoreDrill

__all__ = ["BackupRun", "Figure", "Restore", "RestoreDrill"]
