"""Liveness locks: held by a process as long as it lives, free the moment it is gone."""

import asyncio
import fcntl
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager, suppress
from pathlib import Path
from typing import Any

import structlog

from backend.store.database import sqlite_path
from backend.store.postgres import session_for_locks
from backend.store.sql import dialect, execute

logger = structlog.get_logger(__name__)

# Locks that one process at a time holds, whoever it is: who sends, and who polls.
SENDER_LOCK = 0x5355_5801
POLLER_LOCK = 0x5355_5802
_AGAIN_SECONDS = 0.5
_WATCH_SECONDS = 1.0
_SILENT_SECONDS = 2.0
_GRACE_SECONDS = 4.0
# So that the server, too, soon notices a holder whose machine is gone.
_KEEPALIVE = (
    "SET tcp_keepalives_idle = 3; SET tcp_keepalives_interval = 1; SET tcp_keepalives_count = 3"
)
_held: set[int] = set()


@asynccontextmanager
async def hold(owner_id: int, url: str) -> AsyncIterator[None]:
    """Hold the lock of `owner_id` until the block ends or the process dies.

    SQLite: a locked file beside the database. PostgreSQL: a session's advisory lock; where that
    session dies before the process does, it is taken again with another. In memory: a set, as
    there is only this process.
    """
    _held.add(owner_id)
    taken = asyncio.Event()
    keeper = asyncio.create_task(_keep(owner_id, url, taken))
    waiting = asyncio.create_task(taken.wait())
    try:
        await asyncio.wait((keeper, waiting), return_when=asyncio.FIRST_COMPLETED)
        yield
    finally:
        waiting.cancel()
        keeper.cancel()
        await asyncio.gather(keeper, waiting, return_exceptions=True)
        _held.discard(owner_id)


async def _keep(owner_id: int, url: str, taken: asyncio.Event) -> None:
    while True:
        try:
            await _keep_once(owner_id, url, taken)
        except Exception as error:
            logger.warning("lock_not_taken", exc_info=error)
        await asyncio.sleep(_AGAIN_SECONDS)


async def _keep_once(owner_id: int, url: str, taken: asyncio.Event) -> None:
    async with take(owner_id, url) as lost:
        if lost:
            taken.set()
            await lost.wait()


@asynccontextmanager
async def take(lock_id: int, url: str) -> AsyncIterator[asyncio.Event | None]:
    """Take a lock if it is free, and hold it in the block; None where another has it.

    The event is set when the lock is lost before the block ends, as PostgreSQL's is with its
    session: another may take it from then on.
    """
    if dialect() == "postgres":
        async with _session_lock(lock_id) as lost:
            yield lost
    else:
        with _locked_file(_lock_path(url, lock_id)) as is_taken:
            yield asyncio.Event() if is_taken else None


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
    return path is None or _is_left(path)


def grace_seconds() -> float:
    """How long whoever has lost a lock without ending may take to notice and to hold still.

    A locked file is not lost before its process ends.
    """
    return _GRACE_SECONDS if dialect() == "postgres" else 0.0


@asynccontextmanager
async def _session_lock(lock_id: int) -> AsyncIterator[asyncio.Event | None]:
    async with AsyncExitStack() as stack:
        try:
            session = await stack.enter_async_context(session_for_locks())
            await session.execute(_KEEPALIVE)
            is_taken = await session.fetchval("SELECT pg_try_advisory_lock($1)", lock_id)
        except Exception as error:
            raise ConnectionError("no session to hold the lock with") from error
        if not is_taken:
            yield None
            return
        lost = asyncio.Event()
        watch = asyncio.create_task(_watch(session, lost))
        try:
            yield lost
        finally:
            watch.cancel()
            # With the block the session gives up its locks.
            await asyncio.gather(watch, return_exceptions=True)


async def _watch(session: Any, lost: asyncio.Event) -> None:
    """Set `lost` as soon as the session has ended or no longer answers."""

    def note(_session: object) -> None:
        lost.set()

    session.add_termination_listener(note)
    try:
        while not lost.is_set():
            await session.fetchval("SELECT 1", timeout=_SILENT_SECONDS)
            with suppress(TimeoutError):
                await asyncio.wait_for(lost.wait(), _WATCH_SECONDS)
    except Exception as error:
        logger.warning("lock_lost", exc_info=error)
        session.terminate()
        lost.set()
    finally:
        if not session.is_closed():
            session.remove_termination_listener(note)


def _lock_path(url: str, lock_id: int) -> Path | None:
    path = sqlite_path(url)
    return path.with_name(f"{path.name}.owner-{lock_id}") if path else None


@contextmanager
def _locked_file(path: Path | None) -> Iterator[bool]:
    """Hold a lock file in the block; False where another process does."""
    if path is None:
        yield True
        return
    descriptor = _locked(path)
    if descriptor is None:
        yield False
        return
    try:
        yield True
    finally:
        path.unlink(missing_ok=True)
        os.close(descriptor)


def _locked(path: Path) -> int | None:
    """Lock a file, made where it is missing, and return it; None where another process has it."""
    while True:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            # Who held it before may have removed the file just before our turn.
            if path.exists() and path.stat().st_ino == os.fstat(descriptor).st_ino:
                return descriptor
        except BlockingIOError:
            os.close(descriptor)
            return None
        os.close(descriptor)


def _is_left(path: Path) -> bool:
    """Whether nobody holds the file's lock; a left file is removed on the way."""
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
