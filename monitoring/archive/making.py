"""Makes the files of one backup: the dump of a snapshot, its figures, Redis, the settings, and the manifest of all."""

import shutil
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as NotYet
from io import BytesIO
from pathlib import Path
from threading import Event

import psycopg
from django.conf import settings

from accounts.domain.moments import Clock
from monitoring.archive.ciphers import Cipher, make_cipher
from monitoring.archive.configuration import write_configuration
from monitoring.archive.contents import read_contents
from monitoring.archive.directory import being_made
from monitoring.archive.dump import dumping
from monitoring.archive.journal import Journal
from monitoring.archive.parts import write_part
from monitoring.archive.programs import Program, find_program
from monitoring.archive.redis_snapshot import NoSnapshot, redis_snapshot
from monitoring.archive.release import program_commit, program_version
from monitoring.archive.session import snapshot
from monitoring.archive.watch import Watch
from monitoring.domain.backups import layout, manifest, seals
from monitoring.domain.backups.failures import BackupFailed, NoRoom
from monitoring.domain.backups.manifest import Contents, Manifest, Part

ROOM_BYTES_MIN = 64 * 1024 * 1024
"""Left free beside the new backup."""

_TURN_SECONDS = 0.25


class Making:
    """The work on one backup."""

    def __init__(self, directory: Path, journal: Journal, watch: Watch, clock: Clock) -> None:
        self._directory, self._journal, self._watch, self._clock = directory, journal, watch, clock
        self._name = journal.run.name
        self._warnings: list[str] = []

    def make(self) -> Manifest:
        """Returns the manifest of the complete backup. Raises BackupFailed, NoProgram and psycopg.Error."""
        self._refuse_full_disk()
        cipher = make_cipher()
        with being_made(self._directory, self._name) as place:
            with snapshot() as (session, name):
                program = find_program("pg_dump", session.info.server_version)
                dumped, contents = self._dump(place, program, session, name, cipher)
            parts = (dumped, *self._other_parts(place, cipher))
            found = Manifest(
                name=self._name,
                started_at=self._journal.run.started_at,
                ended_at=self._clock(),
                program_version=program_version(),
                commit=program_commit(),
                client_version=program.version,
                encryption=cipher.names if cipher else (),
                files=parts,
                contents=contents,
                warnings=tuple(self._warnings),
            )
            self._seal(place, found)
        return found

    def _refuse_full_disk(self) -> None:
        free = shutil.disk_usage(self._directory).free
        needed = (self._journal.run.bytes_expected or 0) + ROOM_BYTES_MIN
        if free < needed:
            raise NoRoom(f"BACKUP_DIR has {free:,} bytes free; by the size of the last backup it needs {needed:,}")

    def _dump(
        self, place: Path, program: Program, session: psycopg.Connection, name: str, cipher: Cipher | None
    ) -> tuple[Part, Contents]:
        """Dumps and counts at the same time, in the same snapshot."""
        given_up = Event()

        def go_on() -> None:
            if given_up.is_set():
                raise BackupFailed("the dump has failed")

        with ThreadPoolExecutor(1) as pool:
            counting = pool.submit(read_contents, session, go_on)
            try:
                with dumping(program, session, name, self._watch) as output:
                    part = write_part(place, layout.DUMP, output, cipher, self._journal.wrote)
                return part, self._awaited(counting)
            except BaseException:
                if counting.done():  # its error ended the snapshot, and so the dump
                    counting.result()
                given_up.set()
                session.cancel_safe()
                raise

    def _awaited(self, counting: Future[Contents]) -> Contents:
        while True:
            try:
                return counting.result(_TURN_SECONDS)
            except NotYet:
                self._watch.go_on()

    def _other_parts(self, place: Path, cipher: Cipher | None) -> Iterator[Part]:
        try:
            with redis_snapshot(self._watch) as source:
                yield write_part(place, layout.REDIS, source, cipher, self._journal.wrote)
        except NoSnapshot as reason:
            for left in place.glob(f"{layout.REDIS}*"):
                left.unlink()
            self._warnings.append(str(reason))
        yield write_part(place, layout.CONFIGURATION, BytesIO(write_configuration()), None, self._journal.wrote)
        if cipher and cipher.wrapped:
            yield write_part(place, layout.IDENTITY, BytesIO(cipher.wrapped), None, self._journal.wrote)

    def _seal(self, place: Path, found: Manifest) -> None:
        text = manifest.write(found)
        for name, data in ((layout.MANIFEST, text), (layout.SEAL, seals.seal(text, settings.ENCRYPTION_KEYS))):
            write_part(place, name, BytesIO(data), None, self._journal.wrote)
