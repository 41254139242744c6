"""A loop whose time jumps to the next timer, and a database in it that takes none of its time."""

import asyncio
import selectors
import sqlite3
from collections.abc import Callable, Coroutine, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, TypeVar, cast
from unittest.mock import patch

import aiosqlite
from tortoise import Tortoise

from backend.store.crypto import FieldKeys, use_keys
from backend.store.database import close, configuration
from backend.store.postgres import ReturningClient
from backend.store.sqlite import ImmediateClient
from tests.conftest import empty_database

T = TypeVar("T")
NAME = "sqlite"
_LONGEST_ANSWER = 60.0


class _Jumping(selectors.SelectSelector):
    """Waits no real time, but for a server: what there would be to wait is added to the virtual."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0
        # How many connections to a server are in use: while one is, its answer comes first.
        self.in_use = 0

    def select(self, timeout: float | None = None) -> list[Any]:
        """Let the time pass until the next timer; raise RuntimeError where there is none."""
        if self.in_use and timeout != 0:
            return self._answered()
        if timeout is None:
            raise RuntimeError("nothing would ever happen again")
        self.now += max(0.0, timeout)
        return super().select(0)

    def _answered(self) -> list[Any]:
        """Wait for the server, which virtually answers at once."""
        ready = super().select(_LONGEST_ANSWER)
        if not ready:
            raise RuntimeError("a connection is in use, and no answer comes")
        return ready


class VirtualLoop(asyncio.SelectorEventLoop):
    """Runs what is ready as ever; when nothing is, time jumps on."""

    def __init__(self) -> None:
        self._jumping = _Jumping()
        super().__init__(self._jumping)

    def time(self) -> float:
        """Return virtual seconds since the loop began."""
        return self._jumping.now

    @contextmanager
    def server_first(self) -> Iterator[None]:
        """Let no virtual time pass within the block, but what a server takes."""
        self._jumping.in_use += 1
        try:
            yield
        finally:
            self._jumping.in_use -= 1


class _Pool:
    """A pool of connections in virtual time: none passes while one of them is in use."""

    def __init__(self, pool: Any, loop: VirtualLoop) -> None:
        self._pool, self._loop = pool, loop
        self._uses: dict[int, ExitStack] = {}

    async def acquire(self) -> Any:
        """Take a connection."""
        with ExitStack() as use:
            use.enter_context(self._loop.server_first())
            connection = await self._pool.acquire()
            self._uses[id(connection)] = use.pop_all()
            return connection

    async def release(self, connection: Any) -> None:
        """Give it back."""
        with self._uses.pop(id(connection)):
            await self._pool.release(connection)

    async def close(self) -> None:
        """Close all connections."""
        with self._loop.server_first():
            await self._pool.close()

    def terminate(self) -> None:
        """Break all connections."""
        self._pool.terminate()


class _InLoop:
    """The methods that Tortoise asks of aiosqlite's connection, each done at once."""

    def __init__(self, raw: sqlite3.Connection) -> None:
        self._raw = raw

    @property
    def total_changes(self) -> int:
        """Return how many rows were changed so far."""
        return self._raw.total_changes

    async def execute(self, query: str, values: Sequence[Any] = ()) -> sqlite3.Cursor:
        """Run a statement."""
        return self._raw.execute(query, values)

    async def execute_fetchall(
        self, query: str, values: Sequence[Any] | None = None
    ) -> list[sqlite3.Row]:
        """Run a statement and return its rows."""
        return self._raw.execute(query, values or ()).fetchall()

    async def execute_insert(self, query: str, values: Sequence[Any]) -> tuple[int | None]:
        """Run an INSERT and return the id of its row."""
        return (self._raw.execute(query, values).lastrowid,)

    async def executemany(self, query: str, rows: Iterable[Sequence[Any]]) -> None:
        """Run a statement for each row of values."""
        self._raw.executemany(query, rows)

    async def commit(self) -> None:
        """Commit."""
        self._raw.commit()

    async def rollback(self) -> None:
        """Take everything back."""
        self._raw.rollback()


def in_virtual_time(empty: Path, work: Callable[[VirtualLoop], Coroutine[Any, Any, T]]) -> T:
    """Run something in such a loop, on a copy of an empty database file in memory."""
    raw = sqlite3.connect(":memory:", isolation_level=None)
    raw.row_factory = sqlite3.Row
    source = sqlite3.connect(empty)
    source.backup(raw)
    source.close()
    loop = VirtualLoop()
    try:
        return loop.run_until_complete(_on(raw, work(loop)))
    finally:
        loop.close()
        raw.close()


async def _on(raw: sqlite3.Connection, work: Coroutine[Any, Any, T]) -> T:
    context = await Tortoise.init(
        config=configuration("sqlite://:memory:"), _enable_global_fallback=True
    )
    client = ImmediateClient(":memory:", connection_name=NAME)
    client._connection = cast("aiosqlite.Connection", _InLoop(raw))
    context.connections.set(NAME, client)
    use_keys(FieldKeys.generate())
    try:
        return await work
    finally:
        client._connection = None
        await close(context)


def in_virtual_time_on_server(
    address: str, keys: Path, work: Callable[[VirtualLoop], Coroutine[Any, Any, T]]
) -> T:
    """Run something in such a loop, on a PostgreSQL server that is emptied before."""
    loop = VirtualLoop()
    try:
        return loop.run_until_complete(_on_server(address, keys, loop, work))
    finally:
        loop.close()


async def _on_server(
    address: str,
    keys: Path,
    loop: VirtualLoop,
    work: Callable[[VirtualLoop], Coroutine[Any, Any, T]],
) -> T:
    create_pool = ReturningClient.create_pool

    async def counted(client: ReturningClient, **options: Any) -> _Pool:
        with loop.server_first():
            return _Pool(await create_pool(client, **options), loop)

    with patch.object(ReturningClient, "create_pool", counted):
        async with empty_database(address, keys):
            return await work(loop)
