from monitoring.tests.backups import backups

__all__ = ["backups"]
