"""Putting a backup in a database's place: all of it in one moment, or nothing."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar

from backend.domain.errors import SuixingError
from backend.store import server_rows
from backend.store.backup import NoDatabase, check_schema, make_backup, opened
from backend.store.backup_files import (
    MIGRATIONS,
    DatabaseDamaged,
    Manifest,
    Tell,
    empty_draft,
    is_sound,
    sync,
    sync_folder,
    take_out,
)
from backend.store.crypto import FieldKeys, KeysMissing
from backend.store.database import (
    MIGRATION_LOCK,
    file_lock,
    keys_path,
    open_database,
    sqlite_path,
)
from backend.store.postgres import session_for_locks
from backend.store.sql import execute

# Rows that every start makes, without anybody having done anything.
_OF_NOBODY = frozenset({"owner", "gate", MIGRATIONS})
_CALLED = "suixing-restore"
_IN_USE = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


@dataclass(eq=False, repr=False, kw_only=True)
class DatabaseInUse(SuixingError):
    """The service, or somebody else, is connected to the database."""

    code: ClassVar[str] = "database_in_use"


@dataclass(eq=False, repr=False, kw_only=True)
class DatabaseNotEmpty(SuixingError):
    """There is something in the database that a restore would take away."""

    code: ClassVar[str] = "database_not_empty"


@dataclass(eq=False, repr=False, kw_only=True)
class KeysForeign(SuixingError):
    """The key file is not the one that belongs to the backup."""

    code: ClassVar[str] = "keys_foreign"
    path: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where a backup goes: the database, its keys, and whether what is there may be replaced.

    `now` names the file in which that is kept.
    """

    url: str
    keys_at: Path
    replaces: bool
    now: datetime

    @classmethod
    def of(cls, url: str, keys_file: Path | None, *, replaces: bool, now: datetime) -> "Place":
        """Return the place of a database; raises NoDatabase for one in memory."""
        keys_at = keys_path(url, keys_file)
        if keys_at is None:
            raise NoDatabase
        return cls(url, keys_at, replaces, now)

    @property
    def draft(self) -> Path:
        """The file in which the backup is made ready: in a folder that is private already."""
        beside = sqlite_path(self.url) or self.keys_at.with_name("server.db")
        return beside.with_name(f"{beside.name}.restoring")

    @property
    def kept(self) -> Path:
        """Where what is replaced is kept."""
        beside = sqlite_path(self.url) or self.keys_at.with_name("server.db")
        return beside.with_name(f"{beside.name}.before-{self.now:%Y%m%d-%H%M%S}")


@contextmanager
def made_ready(file: Path, place: Place, tell: Tell) -> Iterator[tuple[Path, Manifest]]:
    """A checked copy of the backup, to be changed and then put into its place.

    Raises NotABackup, BackupDamaged, SchemaNewer, KeysMissing, KeysForeign, BackupUnderWay.
    """
    with empty_draft(place.draft) as draft:
        manifest = take_out(file, draft, tell)
        _check_keys(place.keys_at, manifest)
        with closing(sqlite3.connect(draft)) as base:
            check_schema([name for (name,) in base.execute(f"SELECT name FROM {MIGRATIONS}")])
        try:
            yield draft, manifest
        finally:
            for left in ("-wal", "-shm", ".migrate"):
                draft.with_name(f"{draft.name}{left}").unlink(missing_ok=True)


async def check_place(place: Place) -> bool:
    """Say whether anything is there that would be replaced.

    Raises DatabaseInUse, and DatabaseNotEmpty unless replacing is wanted.
    """
    path = sqlite_path(place.url)
    has_any = _looked_into(path) if path else await _looked_into_server(place.url)
    if has_any and not place.replaces:
        raise DatabaseNotEmpty
    return has_any


async def put(draft: Path, place: Place, tell: Tell) -> Path | None:
    """Put what was made ready into its place; return where what was there before is kept.

    A process that is killed here leaves the old database or the new one, never half of both.
    """
    with closing(sqlite3.connect(draft)) as base:
        base.execute("PRAGMA journal_mode = DELETE")
    if not is_sound(draft):
        raise DatabaseDamaged
    sync(draft)
    path = sqlite_path(place.url)
    if path is None:
        return await _put_on_server(draft, place, tell)
    with file_lock(path):
        return _put_file(draft, path, place.kept if await check_place(place) else None)


def _check_keys(keys_at: Path, manifest: Manifest) -> None:
    if not manifest.keys:
        return
    keys = FieldKeys.read(keys_at)
    if keys is None:
        raise KeysMissing(path=str(keys_at))
    if keys.mark != manifest.keys:
        raise KeysForeign(path=str(keys_at))


def _looked_into(path: Path) -> bool:
    """Whether a SQLite file holds anything; it is left without a write-ahead log."""
    if not path.exists() or not path.stat().st_size:
        return False
    try:
        with closing(sqlite3.connect(path, timeout=0, isolation_level=None)) as base:
            # Only the last connection may do this: so nobody else has the file open.
            if base.execute("PRAGMA journal_mode = DELETE").fetchone() != ("delete",):
                raise DatabaseInUse
            tables = server_rows.layout(base).keys() - _OF_NOBODY
            return any(
                base.execute(f'SELECT EXISTS (SELECT 1 FROM "{table}")').fetchone()[0]
                for table in tables
            )
    except sqlite3.DatabaseError as error:
        if error.sqlite_errorcode in _IN_USE:
            raise DatabaseInUse from error
        # What cannot be read any more may be all the more worth keeping.
        return True


def _put_file(draft: Path, path: Path, kept: Path | None) -> Path | None:
    """Swap the files in one step; the old one keeps its content under another name."""
    if kept:
        os.link(path, kept)
        log = path.with_name(f"{path.name}-wal")
        if log.exists():
            log.replace(kept.with_name(f"{kept.name}-wal"))
    path.with_name(f"{path.name}-shm").unlink(missing_ok=True)
    draft.replace(path)
    sync_folder(path.parent)
    return kept


async def _looked_into_server(url: str) -> bool:
    async with opened(_called(url)):
        return await _has_rows()


async def _has_rows() -> bool:
    """Whether any table of the server holds anything; raises DatabaseInUse."""
    others = await execute(
        "SELECT 1 AS one FROM pg_stat_activity WHERE datname = current_database()"
        " AND backend_type = 'client backend' AND application_name <> $1 LIMIT 1",
        _CALLED,
    )
    if others:
        raise DatabaseInUse
    tables = await execute(
        "SELECT table_name AS name FROM information_schema.tables"
        " WHERE table_schema = current_schema() AND table_type = 'BASE TABLE'"
    )
    for name in {row["name"] for row in tables} - _OF_NOBODY:
        if await execute(f'SELECT 1 AS one FROM "{name}" LIMIT 1'):
            return True
    return False


async def _put_on_server(draft: Path, place: Place, tell: Tell) -> Path | None:
    """Replace every row in one transaction, while a starting service waits for the lock."""
    kept = place.kept if await check_place(place) else None
    if kept:
        await make_backup(
            place.url, kept, keys_file=place.keys_at, now=place.now, tell=lambda *_: None
        )
    async with open_database(_called(place.url), keys_file=place.keys_at):
        async with session_for_locks() as session:
            if not await session.fetchval("SELECT pg_try_advisory_lock($1)", MIGRATION_LOCK):
                raise DatabaseInUse
            if await _has_rows() and not kept:
                raise DatabaseNotEmpty
            await _replace_rows(session, draft, tell)
    return kept


async def _replace_rows(session: Any, draft: Path, tell: Tell) -> None:
    with closing(sqlite3.connect(draft)) as base:
        tables = ", ".join([f'"{table}"' for table in server_rows.layout(base)])
        async with session.transaction():
            await session.execute(f"TRUNCATE {tables}")
            await server_rows.copy_in(session, base, tell)


def _called(url: str) -> str:
    """The address with a name by which our own connections are told from others."""
    return f"{url}{'&' if '?' in url else '?'}application_name={_CALLED}"
