"""The names of a backup and of its files. A backup is a directory; the name says the UTC second of its beginning."""

import re
from datetime import UTC, datetime

DUMP = "database.dump"
"""PostgreSQL's own format (`pg_dump --format=custom`), for `pg_restore`."""

REDIS = "redis.rdb"
"""A snapshot of Redis. It may be missing: PostgreSQL has all that counts."""

CONFIGURATION = "configuration.json"
"""The settings without secrets, for the reader who builds the machine again. Never encrypted."""

MANIFEST = "manifest.json"
SEAL = "manifest.sum"
"""The checksum of the manifest, and its authentication: see `manifest.seal`."""

IDENTITY = "identity.age"
"""Of a backup with a passphrase: the age identity that decrypts its files, itself encrypted with the passphrase."""

ENCRYPTED = ".age"
"""The ending of an encrypted file."""

_NAME = re.compile(r"cryptotrader-(\d{8}T\d{6}Z)", re.ASCII)
_STAMP = "%Y%m%dT%H%M%SZ"
_UNFINISHED = re.compile(rf"\.({_NAME.pattern})\.unfinished", re.ASCII)


def name_of(started_at: datetime) -> str:
    """Returns the name of a backup that begins at this instant, such as `cryptotrader-20260102T020000Z`."""
    return f"cryptotrader-{started_at.astimezone(UTC):{_STAMP}}"


def started_at(name: str) -> datetime | None:
    """Returns the beginning of the backup with this name; None if it is no name of a backup."""
    found = _NAME.fullmatch(name)
    try:
        return datetime.strptime(found[1], _STAMP).replace(tzinfo=UTC) if found else None
    except ValueError:
        return None


def unfinished(name: str) -> str:
    """Returns the name of a backup's directory while it is being made."""
    return f".{name}.unfinished"


def of_unfinished(directory: str) -> str | None:
    """Returns the name of the backup that is being made in this directory; None for any other directory."""
    found = _UNFINISHED.fullmatch(directory)
    return found[1] if found and started_at(found[1]) else None
