"""A backup is one SQLite file, whichever database it came from, with a checksum at its end.

The file opens with any SQLite; it holds no key. SQLite reads no further than its last page, so
the line with the checksum does not disturb it.
"""

import fcntl
import hashlib
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, ClassVar

from backend.domain.errors import SuixingError

MANIFEST = "backup"
MIGRATIONS = "tortoise_migrations"
_MARK = b"\nsuixing backup 1 sha256 "
_SEAL_BYTES = len(_MARK) + 64 + 1
_PIECE_BYTES = 1 << 20

# Told how many of how many bytes or rows are done.
Tell = Callable[[int, int], None]


@dataclass(eq=False, repr=False, kw_only=True)
class NotABackup(SuixingError):
    """The file is no backup, or its end is missing."""

    code: ClassVar[str] = "not_a_backup"
    path: str


@dataclass(eq=False, repr=False, kw_only=True)
class BackupDamaged(SuixingError):
    """The checksum of the backup does not fit."""

    code: ClassVar[str] = "backup_damaged"
    path: str


@dataclass(eq=False, repr=False, kw_only=True)
class DatabaseDamaged(SuixingError):
    """The inside of the database does not hold together."""

    code: ClassVar[str] = "database_damaged"


@dataclass(eq=False, repr=False, kw_only=True)
class WouldOverwrite(SuixingError):
    """Where the backup is to be written there is something that is no backup."""

    code: ClassVar[str] = "would_overwrite"
    path: str


@dataclass(eq=False, repr=False, kw_only=True)
class BackupUnderWay(SuixingError):
    """Another process is working on the same file."""

    code: ClassVar[str] = "backup_under_way"
    path: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """When a backup was made, of which kind of database, and a mark of the keys it needs."""

    made_at: datetime
    kind: str
    keys: str


@contextmanager
def drafted(file: Path) -> Iterator[Path]:
    """Write a backup beside its place and move it there, whole and sealed, when the block ends.

    A process that is killed leaves nothing in the place, and a draft that the next one takes up.
    Raises WouldOverwrite, BackupUnderWay, DatabaseDamaged, and OSError.
    """
    if file.exists() and not _is_sealed(file):
        raise WouldOverwrite(path=str(file))
    with empty_draft(file.with_name(f"{file.name}.part")) as draft:
        yield draft
        if not is_sound(draft):
            raise DatabaseDamaged
        _seal(draft)
        draft.replace(file)
        sync_folder(file.parent)


@contextmanager
def empty_draft(draft: Path) -> Iterator[Path]:
    """Hold an empty file that only its owner may read; what is not moved away is removed."""
    draft.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(draft, os.O_RDWR | os.O_CREAT, 0o600)
    if not _is_locked(descriptor, draft):
        os.close(descriptor)
        raise BackupUnderWay(path=str(draft))
    try:
        os.ftruncate(descriptor, 0)
        yield draft
    finally:
        draft.unlink(missing_ok=True)
        os.close(descriptor)


def _is_locked(descriptor: int, draft: Path) -> bool:
    """Whether the lock is had, and still of the file of that name: it may have been moved away."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return draft.stat().st_ino == os.fstat(descriptor).st_ino
    except (BlockingIOError, FileNotFoundError):
        return False


def write_manifest(draft: Path, manifest: Manifest) -> None:
    """Write into the file what it is, and have all of it in this one file."""
    with closing(sqlite3.connect(draft)) as base, base:
        base.execute("PRAGMA journal_mode = DELETE")
        base.execute(f"CREATE TABLE {MANIFEST} (name TEXT PRIMARY KEY, value TEXT NOT NULL)")
        held = {
            "made_at": manifest.made_at.isoformat(),
            "kind": manifest.kind,
            "keys": manifest.keys,
        }
        base.executemany(f"INSERT INTO {MANIFEST} VALUES (?, ?)", held.items())


def read_manifest(file: Path) -> Manifest:
    """Return what a backup says of itself; raises NotABackup."""
    address = f"{file.resolve().as_uri()}?mode=ro&immutable=1"
    try:
        with closing(sqlite3.connect(address, uri=True)) as base:
            held = dict(base.execute(f"SELECT name, value FROM {MANIFEST}").fetchall())
        return Manifest(datetime.fromisoformat(held["made_at"]), held["kind"], held["keys"])
    except (sqlite3.Error, KeyError, ValueError) as error:
        raise NotABackup(path=str(file)) from error


def take_out(file: Path, draft: Path, tell: Tell) -> Manifest:
    """Copy a backup's database into an empty draft, without what marks it as a backup.

    Raises NotABackup, BackupDamaged, and OSError.
    """
    if not _is_sealed(file):
        raise NotABackup(path=str(file))
    total = file.stat().st_size - _SEAL_BYTES
    digest = hashlib.sha256()
    with file.open("rb") as source, draft.open("wb") as target:
        for piece in _pieces(source, total):
            digest.update(piece)
            target.write(piece)
            tell(target.tell(), total)
        sealed = source.read(_SEAL_BYTES)
    if sealed != _line(digest.hexdigest()):
        raise BackupDamaged(path=str(file))
    manifest = read_manifest(draft)
    with closing(sqlite3.connect(draft)) as base, base:
        base.execute(f"DROP TABLE {MANIFEST}")
    return manifest


def is_sound(file: Path) -> bool:
    """Whether every page, index and reference of a SQLite file holds together."""
    with closing(sqlite3.connect(file)) as base:
        found = base.execute("PRAGMA integrity_check").fetchall()
        return found == [("ok",)] and not base.execute("PRAGMA foreign_key_check").fetchone()


def sync(path: Path) -> None:
    """Have a file's content outlive a power cut."""
    with path.open("rb") as file:
        os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """Have the names in a folder outlive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _seal(draft: Path) -> None:
    digest = hashlib.sha256()
    with draft.open("r+b") as file:
        for piece in _pieces(file, draft.stat().st_size):
            digest.update(piece)
        file.write(_line(digest.hexdigest()))
        file.flush()
        os.fsync(file.fileno())


def _pieces(file: BinaryIO, total: int) -> Iterator[bytes]:
    left = total
    while left > 0 and (piece := file.read(min(left, _PIECE_BYTES))):
        left -= len(piece)
        yield piece


def _line(digest: str) -> bytes:
    return _MARK + digest.encode() + b"\n"


def _is_sealed(file: Path) -> bool:
    with file.open("rb") as opened:
        size = opened.seek(0, os.SEEK_END)
        if size < _SEAL_BYTES:
            return False
        opened.seek(size - _SEAL_BYTES)
        return opened.read(len(_MARK)) == _MARK
