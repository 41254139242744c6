"""SQLite in memory as the simulated processes see it: real SQL, one writer, no thread, no file.

While a process is in a transaction the others wait, as long as SQLite's busy timeout lets them.
"""

import asyncio
import re
import sqlite3
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar, cast

import aiosqlite
from tortoise.context import TortoiseContext

from backend.store.crypto import FieldKeys, use_keys
from backend.store.database import configuration, open_database
from backend.store.sqlite import ImmediateClient
from scripts.simulation.loop import Dead
from scripts.simulation.process import Process

# Numbered through the whole process, so that no two stories would tell it alike.
_SAVEPOINT = re.compile(r"tortoise_savepoint_\d+")
T = TypeVar("T")
NAME = "sqlite"
_BUSY_SECONDS = 30.0
# Where a file says that it is written ahead, which one in memory cannot be.
_WRITE_AHEAD = slice(18, 20)


def empty_image() -> bytes:
    """Return a SQLite database with every table and no row, as the bytes of its file."""

    async def migrate(path: Path) -> None:
        async with open_database(f"sqlite://{path}"):
            pass

    with tempfile.TemporaryDirectory(prefix="suixing-simulation-") as name:
        path = Path(name) / "empty.db"
        asyncio.run(migrate(path))
        return image_of(path)


def image_of(path: Path) -> bytes:
    """Return a database file's content, made fit to be opened in memory."""
    with sqlite3.connect(path) as source, sqlite3.connect(":memory:") as copy:
        source.backup(copy)
        image = bytearray(copy.serialize())
    source.close()
    copy.close()
    image[_WRITE_AHEAD] = b"\x01\x01"
    return bytes(image)


@contextmanager
def connected() -> Iterator[TortoiseContext]:
    """Have Tortoise know the models and the name of the connection; each process brings its own."""
    context = TortoiseContext()
    with context:
        asyncio.run(context.init(config=configuration("sqlite://:memory:")))
        use_keys(FieldKeys.generate())
        yield context


class Database:
    """The one database; `note` is told of every change of a row once it is committed."""

    def __init__(self, image: bytes, note: Callable[[tuple[Any, ...]], None]) -> None:
        self.raw = sqlite3.connect(":memory:", isolation_level=None)
        self.raw.deserialize(image)
        self.raw.row_factory = sqlite3.Row
        self._note = note
        self._changes: list[tuple[Any, ...]] = []
        self._holder: Session | None = None
        self._waiting: list[asyncio.Future[None]] = []

    def watch(self, triggers: Sequence[str]) -> None:
        """Have triggers call `note(...)` with what changed."""
        self.raw.create_function("note", -1, lambda *values: self._changes.append(values))
        for trigger in triggers:
            self.raw.execute(f"CREATE TEMP TRIGGER {trigger}")

    async def turn(self, session: "Session") -> None:
        """Wait until nobody else is in a transaction; raise OperationalError after 30 seconds."""
        loop = asyncio.get_running_loop()
        patience = loop.time() + _BUSY_SECONDS
        while self._holder not in (None, session):
            if loop.time() >= patience:
                raise sqlite3.OperationalError("database is locked")
            waiter = loop.create_future()
            self._waiting.append(waiter)
            timer = loop.call_at(patience, _set, waiter)
            await waiter
            timer.cancel()

    def hold(self, session: "Session") -> None:
        """Begin a transaction."""
        self.raw.execute("BEGIN IMMEDIATE")
        self._holder = session

    def let_go(self, session: "Session", *, is_kept: bool) -> None:
        """End a session's transaction, if it is in one."""
        if self._holder is not session:
            return
        self.raw.execute("COMMIT" if is_kept else "ROLLBACK")
        self._free(is_kept=is_kept)

    def commit(self, session: "Session") -> None:
        """Commit a session's transaction; raise OperationalError where it was lost meanwhile."""
        if self._holder is not session:
            raise sqlite3.OperationalError("cannot commit - no transaction is active")
        self.let_go(session, is_kept=True)

    def follow(self, session: "Session") -> None:
        """Keep in step with SQLite: a savepoint outside of a transaction begins one of its own."""
        if self._holder is None and self.raw.in_transaction:
            self._holder = session
        elif self._holder is session and not self.raw.in_transaction:
            self._free(is_kept=True)

    def _free(self, *, is_kept: bool) -> None:
        self._holder = None
        self.flush(is_kept=is_kept)
        waiting, self._waiting = self._waiting, []
        for waiter in waiting:
            _set(waiter)

    def is_held_by(self, session: "Session") -> bool:
        """Whether the session is in a transaction."""
        return self._holder is session

    def flush(self, *, is_kept: bool) -> None:
        """Tell of the changes, or forget them where they were taken back."""
        changes, self._changes = self._changes, []
        if is_kept:
            for change in changes:
                self._note(change)


def _set(waiter: "asyncio.Future[None]") -> None:
    if not waiter.done():
        waiter.set_result(None)


class Session:
    """One process's connection, with the methods that Tortoise asks of aiosqlite's.

    The process may die or pause before and after every statement, and the database may be away.
    """

    def __init__(self, database: Database, process: Process) -> None:
        self._database = database
        self._process = process
        process.on_death.append(lambda: database.let_go(self, is_kept=False))

    @property
    def total_changes(self) -> int:
        """Return how many rows were changed so far."""
        return self._database.raw.total_changes

    async def execute(self, query: str, values: Sequence[Any] = ()) -> None:
        """Run a statement for its effect; BEGIN takes the turn until the end."""
        if query.startswith("BEGIN"):
            await self._run(query, lambda: self._database.hold(self))
        else:
            await self._run(query, lambda: self._database.raw.execute(query, values))

    async def execute_fetchall(
        self, query: str, values: Sequence[Any] | None = None
    ) -> list[sqlite3.Row]:
        """Run a statement and return its rows."""
        raw = self._database.raw
        return await self._run(query, lambda: raw.execute(query, values or ()).fetchall())

    async def execute_insert(self, query: str, values: Sequence[Any]) -> tuple[int | None]:
        """Run an INSERT and return the id of its row."""
        raw = self._database.raw
        return (await self._run(query, lambda: raw.execute(query, values).lastrowid),)

    async def executemany(self, query: str, rows: Sequence[Sequence[Any]]) -> None:
        """Run a statement for each row of values."""
        await self._run(query, lambda: self._database.raw.executemany(query, rows))

    async def commit(self) -> None:
        """Commit; when the answer gets lost on the way, it is committed all the same."""
        await self._run("COMMIT", lambda: self._database.commit(self))

    async def rollback(self) -> None:
        """Take everything back, whatever else goes wrong."""
        if self._process.is_dead:
            raise Dead
        self._database.let_go(self, is_kept=False)

    async def _run(self, query: str, work: Callable[[], T]) -> T:
        process, database = self._process, self._database
        if "savepoint" in query:
            query = _SAVEPOINT.sub("savepoint", query)
        await process.step("before", query)
        await database.turn(self)
        if process.loses("before", query):
            database.let_go(self, is_kept=False)
            raise sqlite3.OperationalError("disk I/O error")
        result = work()
        database.follow(self)
        if not database.is_held_by(self):
            database.flush(is_kept=True)
        await process.step("after", query)
        if process.loses("after", query):
            database.let_go(self, is_kept=False)
            raise sqlite3.OperationalError("connection lost")
        return result


def client_of(database: Database, process: Process) -> ImmediateClient:
    """Return a Tortoise client that is a process's connection."""
    client = ImmediateClient(":memory:", connection_name=NAME)
    client._connection = cast("aiosqlite.Connection", Session(database, process))
    return client
