"""The manifest of a backup: its contents, their moment, and the figures that a restored database must show again."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from accounts.domain.json_text import NotJson, read_json
from accounts.domain.notation import parse_decimal, parse_instant, write_decimal, write_instant

FORMAT = 1
"""The version of this form. A reader refuses a later one."""


class BadManifest(ValueError):
    """It is no manifest, or one of a later version; the text says why, in one line."""


@dataclass(frozen=True, slots=True)
class Part:
    """A file of the backup, as it lies on the disk: encrypted if its name ends in `.age`."""

    name: str
    size_bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class LedgerTotal:
    """The sums of all ledger accounts of one kind, currency and book."""

    kind: str
    currency: str
    demo: bool
    accounts: int
    balance: Decimal
    held: Decimal


@dataclass(frozen=True, slots=True)
class ChainHead:
    """The newest price of an instrument's chain."""

    instrument: str
    sequence: int
    priced_at: datetime
    digest: str


@dataclass(frozen=True, slots=True)
class Contents:
    """The figures of the database, all of one snapshot: the one that is dumped."""

    taken_at: datetime
    """By the database's clock."""

    database: str
    size_bytes: int
    """Of the database on its disk, indexes included."""

    server_version: int
    """PostgreSQL's `server_version_num`, such as 180001."""

    migrations: Mapping[str, str]
    """The last applied migration of each app."""

    rows: Mapping[str, int]
    """The number of rows of each table; a partitioned table counts once, under its own name."""

    ledger: tuple[LedgerTotal, ...]
    chains: tuple[ChainHead, ...]


@dataclass(frozen=True, slots=True)
class Manifest:
    """A whole backup. `name` is its directory's: a manifest that was moved to another directory does not fit."""

    name: str
    started_at: datetime
    ended_at: datetime
    program_version: str
    commit: str
    """Empty where the program doesn't know it."""

    client_version: str
    """Of `pg_dump`."""

    encryption: tuple[str, ...]
    """The age recipients that can read it; `passphrase` for a passphrase; empty for a backup in plain text."""

    files: tuple[Part, ...]
    contents: Contents
    warnings: tuple[str, ...] = ()
    format: int = field(default=FORMAT, kw_only=True)

    @property
    def size_bytes(self) -> int:
        """The sum of its files."""
        return sum(part.size_bytes for part in self.files)

    def part(self, name: str) -> Part | None:
        """Returns the file with this name, in plain text or encrypted; None if the backup has none."""
        return next((part for part in self.files if part.name in (name, f"{name}.age")), None)


def write(manifest: Manifest) -> bytes:
    """Returns the text of `manifest.json`."""
    return (json.dumps(asdict(manifest), default=_plain, indent=1, sort_keys=True) + "\n").encode()


def read(text: bytes) -> Manifest:
    """Returns the manifest in this text. Raises BadManifest."""
    try:
        members = read_json(text)
        if not isinstance(members, dict):
            raise BadManifest("the manifest is no JSON object")
        if members.get("format") != FORMAT:
            raise BadManifest(f"the manifest has format {members.get('format')}; this program reads {FORMAT}")
        return Manifest(
            **_with(
                members,
                started_at=_instant,
                ended_at=_instant,
                encryption=tuple,
                files=lambda parts: tuple(Part(**part) for part in parts),
                contents=_contents,
                warnings=tuple,
            )
        )
    except NotJson as error:
        raise BadManifest("the manifest is not JSON: it was cut off or changed") from error
    except (TypeError, KeyError, AttributeError) as error:
        raise BadManifest(f"the manifest lacks or has too much: {error}") from error


def _contents(members: dict[str, Any]) -> Contents:
    return Contents(
        **_with(
            members,
            taken_at=_instant,
            ledger=lambda lines: tuple(LedgerTotal(**_with(line, balance=_amount, held=_amount)) for line in lines),
            chains=lambda lines: tuple(ChainHead(**_with(line, priced_at=_instant)) for line in lines),
        )
    )


def _with(members: dict[str, Any], **readers: Any) -> dict[str, Any]:
    return members | {name: read_member(members[name]) for name, read_member in readers.items()}


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return write_instant(value)
    if isinstance(value, Decimal):
        return write_decimal(value)
    raise TypeError(type(value).__name__)


def _instant(text: str) -> datetime:
    instant = parse_instant(text)
    if instant is None:
        raise BadManifest(f"the manifest has no instant in {text!r}")
    return instant


def _amount(text: object) -> Decimal:
    amount = parse_decimal(text)
    if amount is None:
        raise BadManifest(f"the manifest has no amount in {text!r}")
    return amount
