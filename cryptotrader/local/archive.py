"""Continuous archiving of the embedded PostgreSQL's write-ahead log, for recovery to any moment."""

from pathlib import Path

VARIABLE = "WAL_ARCHIVE_DIR"


def directories_of(archive: Path) -> tuple[Path, ...]:
    """Returns the archive's directories: itself, that of the log, that of the base backups."""
    return archive, archive / "wal", archive / "base"


def archiving(archive: Path) -> dict[str, str]:
    """Returns the settings of a server that archives.

    PostgreSQL's own module writes each segment under another name, syncs it, renames it, and refuses to write over a
    segment with another content. A segment is archived after five minutes at the latest, if something was written.
    """
    return {
        "archive_mode": "on",
        "archive_library": "basic_archive",
        "basic_archive.archive_directory": str(archive / "wal"),
        "archive_timeout": "5min",
    }
