"""Opening the database: connection, migrations under a lock, and the keys that belong to it."""

import fcntl
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tortoise import Tortoise
from tortoise.backends.base.config_generator import expand_db_url
from tortoise.context import TortoiseContext
from tortoise.migrations.executor import MigrationExecutor, MigrationTarget

from backend.store.crypto import FieldKeys, KeysMissing, use_keys
from backend.store.postgres import session_for_locks
from backend.store.sql import connection, execute

APP: dict[str, Any] = {
    "models": ["backend.store.models"],
    "migrations": "backend.store.migrations",
}
MIGRATION_LOCK = 0x5355_4958
# Locks of the process hold a few of them for good; turns that come together share the rest.
_MOST_CONNECTIONS = 20
_BUSY_MILLISECONDS = 30_000
# As much as the growing ends of every index of a province, which a batch of rows all touches.
_CACHE_KB = 64 * 1024
# Of 4 KB; fewer would have the same pages carried into the file over and over.
_LOG_PAGES = 8_192


@asynccontextmanager
async def open_database(url: str, *, keys_file: Path | None = None) -> AsyncIterator[None]:
    """Connect to `url`, migrate it, load its keys, and close it at the end.

    `keys_file` defaults to `keys` beside the SQLite file, or `var/keys` with PostgreSQL; a
    database in memory draws fresh keys. Raises KeysMissing when encrypted rows exist but the
    file does not, and KeysUnreadable when it holds something else.
    """
    path = sqlite_path(url)
    if path:
        _prepare(path)
    context = await Tortoise.init(config=configuration(url), _enable_global_fallback=True)
    try:
        await migrate(url)
        await _load_keys(keys_path(url, keys_file))
        yield
    finally:
        await close(context)


async def close(context: TortoiseContext) -> None:
    """Close the connections, so that another database can be opened in this process."""
    await context.close_connections()


async def migrate(url: str) -> None:
    """Bring the open database to the newest schema; safe when several processes do it at once."""
    if sqlite_path(url) is None and url.startswith("postgres"):
        async with session_for_locks() as session:
            await session.execute("SELECT pg_advisory_lock($1)", MIGRATION_LOCK)
            await apply_migrations()
        return
    with file_lock(sqlite_path(url)):
        await execute("PRAGMA foreign_keys = OFF")
        try:
            await apply_migrations()
        finally:
            await execute("PRAGMA foreign_keys = ON")


def sqlite_path(url: str) -> Path | None:
    """Return the file of a SQLite address, or None for one in memory or another database."""
    if not url.startswith("sqlite:") or ":memory:" in url:
        return None
    return Path(url.split("://", 1)[1].split("?", 1)[0])


async def apply_migrations(upto: str | None = None) -> None:
    """Apply the migrations up to and with the one named `upto` (None: all) to the open database."""
    client = connection()
    app = APP | {"default_connection": client.connection_name}
    executor = MigrationExecutor(client, {"models": app})
    await executor.migrate([MigrationTarget("models", upto)] if upto else None)


def configuration(url: str) -> dict[str, Any]:
    """Return what Tortoise needs to know to open `url`."""
    # Tortoise caches its INSERT texts by connection name, so each kind of database has its own.
    name = urlsplit(url).scheme.replace("postgresql", "postgres")
    app = APP | {"default_connection": name}
    return {"connections": {name: _connection(url)}, "apps": {"models": app}}


def _connection(url: str) -> dict[str, Any]:
    if not url.startswith("sqlite:"):
        given = expand_db_url(url.replace("postgresql://", "postgres://", 1))["credentials"]
        credentials = {"maxsize": _MOST_CONNECTIONS} | given
        return {"engine": "backend.store.postgres", "credentials": credentials}
    path = sqlite_path(url)
    credentials = {
        "file_path": str(path) if path else ":memory:",
        "busy_timeout": _BUSY_MILLISECONDS,
        "synchronous": "FULL",
        "secure_delete": "ON",
        "cache_size": -_CACHE_KB,
        "wal_autocheckpoint": _LOG_PAGES,
    }
    return {"engine": "backend.store.sqlite", "credentials": credentials}


def _prepare(path: Path) -> None:
    """Make the folder and an empty database that only its owner may read."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)


def keys_path(url: str, given: Path | None) -> Path | None:
    """Return where the keys of the database at `url` are; None for one in memory."""
    if given:
        return given
    if path := sqlite_path(url):
        return path.with_name("keys")
    return None if url.startswith("sqlite:") else Path("var/keys")


async def _load_keys(path: Path | None) -> None:
    if held := FieldKeys.read(path) if path else None:
        use_keys(held)
        return
    if path and await _has_sealed_rows():
        raise KeysMissing(path=str(path))
    use_keys(_fresh_keys(path))


def _fresh_keys(path: Path | None) -> FieldKeys:
    """Draw keys and write them down; where another process was quicker, take its own."""
    keys = FieldKeys.generate()
    if path is None:
        return keys
    try:
        keys.write(path)
    except FileExistsError:
        return FieldKeys.read(path) or keys
    return keys


async def _has_sealed_rows() -> bool:
    for table in ("person", "invite", "dialog", "complaint", "audit_entry"):
        if await execute(f"SELECT 1 AS one FROM {table} LIMIT 1"):
            return True
    return False


@contextmanager
def file_lock(path: Path | None) -> Iterator[None]:
    """Keep others from opening a SQLite file for the first time; one in memory needs no lock."""
    if path is None:
        yield
        return
    with path.with_name(path.name + ".migrate").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
