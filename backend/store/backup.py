"""Making a backup of the database: one moment of it, while the service goes on writing."""

import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from pkgutil import iter_modules
from typing import ClassVar

from tortoise import Tortoise

from backend.domain.errors import SuixingError
from backend.store import migrations, server_rows
from backend.store.backup_files import MIGRATIONS, Manifest, Tell, drafted, write_manifest
from backend.store.crypto import FieldKeys
from backend.store.database import apply_migrations, close, configuration, keys_path, sqlite_path
from backend.store.sql import connection, execute

_OPCODES_BETWEEN_LOOKS = 100_000
_WAIT_SECONDS = 30.0


@dataclass(eq=False, repr=False, kw_only=True)
class NoDatabase(SuixingError):
    """There is no database to make a backup of."""

    code: ClassVar[str] = "no_database"


@dataclass(eq=False, repr=False, kw_only=True)
class SchemaNewer(SuixingError):
    """The tables were made by a newer version than this one."""

    code: ClassVar[str] = "schema_newer"


async def make_backup(
    url: str, file: Path, *, keys_file: Path | None, now: datetime, tell: Tell
) -> None:
    """Write a backup of the database at `url` to `file`, whole or not at all; no key is in it.

    Raises NoDatabase, SchemaNewer, WouldOverwrite, BackupUnderWay, DatabaseDamaged, and OSError.
    """
    keys_at = keys_path(url, keys_file)
    keys = FieldKeys.read(keys_at) if keys_at else None
    path = sqlite_path(url)
    manifest = Manifest(now, "sqlite" if path else "postgres", keys.mark if keys else "")
    with drafted(file) as draft:
        if path:
            _copy_file(path, draft, tell)
        else:
            await _copy_server(url, draft, tell)
        write_manifest(draft, manifest)


def check_schema(applied: list[str]) -> None:
    """Raise NoDatabase without tables, and SchemaNewer where this version does not know them."""
    if not applied:
        raise NoDatabase
    if not set(applied) <= {module.name for module in iter_modules(migrations.__path__)}:
        raise SchemaNewer


def _copy_file(path: Path, draft: Path, tell: Tell) -> None:
    """Copy a SQLite file as it is at this moment, its write-ahead log included."""
    if not path.exists() or not path.stat().st_size:
        raise NoDatabase
    with closing(sqlite3.connect(path, timeout=_WAIT_SECONDS, isolation_level=None)) as base:
        pages = base.execute("PRAGMA page_count").fetchone()[0]
        total = pages * base.execute("PRAGMA page_size").fetchone()[0]
        base.set_progress_handler(
            lambda: tell(min(draft.stat().st_size, total), total), _OPCODES_BETWEEN_LOOKS
        )
        try:
            base.execute("VACUUM INTO ?", (str(draft),))
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode == sqlite3.SQLITE_INTERRUPT:
                raise KeyboardInterrupt from error
            raise
        tell(total, total)


async def _copy_server(url: str, draft: Path, tell: Tell) -> None:
    """Copy every table, as it is at one moment, into a file with the same schema."""
    async with opened(url):
        applied = await _applied_migrations()
    check_schema(applied)
    async with opened(f"sqlite://{draft}"):
        await execute("PRAGMA foreign_keys = OFF")
        await apply_migrations(applied[-1])
    async with opened(url), connection().acquire_connection() as session:
        with closing(sqlite3.connect(draft)) as base, base:
            async with session.transaction(isolation="repeatable_read", readonly=True):
                await server_rows.copy_out(session, base, tell)


async def _applied_migrations() -> list[str]:
    """Return the names of the migrations that made the open database what it is, in order."""
    has_any = "SELECT 1 AS one FROM information_schema.tables WHERE table_name = $1"
    if not await execute(has_any, MIGRATIONS):
        return []
    return [row["name"] for row in await execute(f"SELECT name FROM {MIGRATIONS} ORDER BY id")]


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[None]:
    """Connect to a database as it is: neither migrated nor with its keys."""
    context = await Tortoise.init(config=configuration(url), _enable_global_fallback=True)
    try:
        yield
    finally:
        await close(context)
