"""Liveness locks: held by a process as long as it lives, free the moment it is gone."""

import fcntl
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

from backend.store.database import sqlite_path
from backend.store.sql import connection, dialect, execute

_held: set[int] = set()


@asynccontextmanager
async def hold(owner_id: int, url: str) -> AsyncIterator[None]:
    """Hold the lock of `owner_id` until the block ends or the process dies.

    SQLite: a locked file beside the database. PostgreSQL: a session's advisory lock. In memory:
    a set, as there is only this process.
    """
    _held.add(owner_id)
    try:
        if dialect() == "postgres":
            async with connection().acquire_connection() as session:
                await session.execute("SELECT pg_advisory_lock($1)", owner_id)
                yield
                await session.execute("SELECT pg_advisory_unlock($1)", owner_id)
        else:
            with _locked_file(_lock_path(url, owner_id)):
                yield
    finally:
        _held.discard(owner_id)


async def is_free(owner_id: int, url: str) -> bool:
    """Whether no living process holds the lock of `owner_id`."""
    if owner_id in _held:
        return False
    if dialect() == "postgres":
        query = (
            "SELECT 1 AS one FROM pg_locks WHERE locktype = 'advisory' AND objsubid = 1"
            " AND ((classid::bigint << 32) | objid::bigint) = $1"
        )
        return not await execute(query, owner_id)
    path = _lock_path(url, owner_id)
    return path is None or _take_over(path)


def _lock_path(url: str, owner_id: int) -> Path | None:
    path = sqlite_path(url)
    return path.with_name(f"{path.name}.owner-{owner_id}") if path else None


@contextmanager
def _locked_file(path: Path | None) -> Iterator[None]:
    if path is None:
        yield
        return
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
        path.unlink(missing_ok=True)
    finally:
        os.close(descriptor)


def _take_over(path: Path) -> bool:
    """Whether the file's lock is to be had; a left file is removed on the way."""
    try:
        descriptor = os.open(path, os.O_RDWR)
    except FileNotFoundError:
        return True
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    else:
        path.unlink(missing_ok=True)
        return True
    finally:
        os.close(descriptor)
