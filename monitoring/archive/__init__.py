"""The world outside the database that backups touch: PostgreSQL's programs, files, Redis, storage elsewhere."""
