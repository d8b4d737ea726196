"""The other place for backups: S3 or an SFTP server, by fsspec. There, a backup is whole once it has its seal."""

import hashlib
from contextlib import suppress
from pathlib import Path
from typing import Any, Self
from urllib.parse import unquote, urlsplit

from django.conf import settings
from fsspec.asyn import sync

from monitoring.archive.directory import own_manifest
from monitoring.archive.watch import Watch
from monitoring.domain.backups import layout
from monitoring.domain.backups.failures import CopyFailed
from monitoring.domain.backups.manifest import Manifest

BLOCK_BYTES = 8 * 1024 * 1024
TIMEOUT_SECONDS = 60


class Elsewhere:
    """The directory of BACKUP_COPY_TO. Every method raises the errors of its library, of any kind."""

    def __init__(self) -> None:
        parts = urlsplit(settings.BACKUP_COPY_TO)
        if parts.scheme == "s3":
            self._files = _s3()
            self._root = f"{parts.netloc}{parts.path}"
        else:
            self._files = _sftp(parts.hostname or "", parts.port, parts.username)
            self._root = unquote(parts.path) or "."

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Ends the connection: in a worker it would stay open until the next night."""
        with suppress(Exception):
            sync(self._files.loop, self._close, timeout=TIMEOUT_SECONDS)

    async def _close(self) -> None:
        if hasattr(self._files, "_pool"):
            await self._files._pool.close()
            await self._files._stack.aclose()
        elif self._files._s3 is not None:
            await self._files._s3.close()

    def names(self) -> list[str]:
        """Returns the names of the whole backups there."""
        return [name for name in self._directories() if self._has(name, layout.SEAL)]

    def partial_names(self) -> list[str]:
        """Returns the names of backups that are there in part."""
        return [name for name in self._directories() if not self._has(name, layout.SEAL)]

    def put(self, backup: Path, watch: Watch) -> None:
        """Copy a whole backup there, then read it back. Raises CopyFailed when it differs, and Stopped."""
        manifest = (backup / layout.MANIFEST).read_bytes()
        found = own_manifest(backup.name, manifest, (backup / layout.SEAL).read_bytes())
        self._files.makedirs(self._path(backup.name), exist_ok=True)
        for name in (*(part.name for part in found.files), layout.MANIFEST):
            self._send(backup, name, watch)
        self._compare(found, hashlib.sha256(manifest).hexdigest(), watch)
        self._send(backup, layout.SEAL, watch)

    def read(self, name: str) -> Manifest:
        """Returns the manifest of a backup there. Raises NoBackup when another installation made it."""
        text, seal = (self._files.cat_file(self._path(name, file)) for file in (layout.MANIFEST, layout.SEAL))
        return own_manifest(name, text, seal)

    def remove(self, name: str) -> None:
        """Remove a backup there: its seal first, so that it never looks whole while it goes."""
        if self._has(name, layout.SEAL):
            self._files.rm_file(self._path(name, layout.SEAL))
        self._files.rm(self._path(name), recursive=True)

    def _directories(self) -> list[str]:
        self._files.invalidate_cache()
        if not self._files.exists(self._root):
            return []
        found = (path.rstrip("/").rpartition("/")[2] for path in self._files.ls(self._root, detail=False))
        return sorted(name for name in found if layout.started_at(name))

    def _has(self, name: str, file: str) -> bool:
        return bool(self._files.exists(self._path(name, file)))

    def _path(self, *names: str) -> str:
        return "/".join((self._root, *names))

    def _send(self, backup: Path, name: str, watch: Watch) -> None:
        with (
            (backup / name).open("rb") as source,
            self._files.open(self._path(backup.name, name), "wb", block_size=BLOCK_BYTES) as target,
        ):
            while data := source.read(BLOCK_BYTES):
                watch.go_on()
                target.write(data)

    def _compare(self, found: Manifest, manifest_sha256: str, watch: Watch) -> None:
        """Reads what has arrived: an upload that was answered may still be damaged or short."""
        self._files.invalidate_cache()
        wanted = {part.name: part.sha256 for part in found.files} | {layout.MANIFEST: manifest_sha256}
        for name, sha256 in wanted.items():
            digest = hashlib.sha256()
            with self._files.open(self._path(found.name, name), "rb", block_size=BLOCK_BYTES) as source:
                while data := source.read(BLOCK_BYTES):
                    watch.go_on()
                    digest.update(data)
            if digest.hexdigest() != sha256:
                raise CopyFailed(f"{name} differs after the copy")


def _s3() -> Any:
    import s3fs  # noqa: PLC0415  (a quarter of a second, for those who use it)

    config = {"connect_timeout": 10, "read_timeout": TIMEOUT_SECONDS}
    return s3fs.S3FileSystem(config_kwargs=config, use_listings_cache=False, skip_instance_cache=True)


def _sftp(host: str, port: int | None, user: str | None) -> Any:
    import asyncssh  # noqa: PLC0415
    import sshfs  # noqa: PLC0415

    asyncssh.set_log_level("WARNING")
    options: dict[str, Any] = {"port": port or 22, "connect_timeout": 10, "keepalive_interval": 15}
    if user:
        options["username"] = unquote(user)
    if settings.BACKUP_SSH_KEY:
        options["client_keys"] = [asyncssh.import_private_key(f"{settings.BACKUP_SSH_KEY}\n")]
    # Without this the library believes every host.
    hosts = settings.BACKUP_SSH_KNOWN_HOSTS
    options["known_hosts"] = asyncssh.import_known_hosts(f"{hosts}\n") if hosts else ()
    return sshfs.SSHFileSystem(host, skip_instance_cache=True, **options)
