from monitoring.tests.backups import backups
from monitoring.tests.outages import closed_port, no_database

__all__ = ["backups", "closed_port", "no_database"]
