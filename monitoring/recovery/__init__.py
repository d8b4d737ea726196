"""The parts of saving and recovering a database: other databases, client programs, base backups, recovered servers."""
