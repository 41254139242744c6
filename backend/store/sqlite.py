"""SQLite as this project needs it: write transactions begin IMMEDIATE, so none fails half-way."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractContextManager, asynccontextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

import aiosqlite
from tortoise.backends.base.client import TransactionalDBClient, TransactionContext
from tortoise.backends.sqlite.client import (
    SqliteClient,
    SqliteTransactionContext,
    SqliteTransactionWrapper,
)
from tortoise.connection import get_connections
from tortoise.exceptions import OperationalError, TransactionManagementError

# The stock adapter writes a time in whatever zone it is in, and then texts do not sort by time.
sqlite3.register_adapter(datetime, lambda moment: moment.astimezone(UTC).isoformat(" "))


# A statement of a person's turn takes microseconds, the way to a thread and back a hundred of them.
_at_once: ContextVar[bool] = ContextVar("statements_at_once", default=False)
_MOST_SHARING = 64


class _AtOnce:
    """Not a generator, which would be ended in whatever context lets go of it last."""

    def __enter__(self) -> None:
        self._token = _at_once.set(True)

    def __exit__(self, *_error: object) -> None:
        _at_once.reset(self._token)


def statements_at_once() -> AbstractContextManager[None]:
    """Run the block's statements in the loop's own thread: those of a transaction, and reads.

    For a few short statements only: the loop waits for them. Beginning and committing, which wait
    for other processes and for the disk, are left to the connection's thread.
    """
    return _AtOnce()


class Connection(aiosqlite.Connection):
    """The stock connection with its own thread, which short statements may spare themselves."""

    async def _execute(self, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        if _at_once.get() and self._waits_for_nothing(fn, args):
            return fn(*args, **kwargs)
        return await super()._execute(fn, *args, **kwargs)  # type: ignore[no-untyped-call]

    def _waits_for_nothing(self, fn: Callable[..., Any], args: tuple[Any, ...]) -> bool:
        held = self._connection
        if held is None or fn == held.commit:
            return False
        return held.in_transaction or bool(args and str(args[0]).lstrip().startswith("SELECT"))


class ImmediateTransaction(SqliteTransactionWrapper):
    """A transaction that takes the write lock at its start and waits for it there."""

    async def begin(self) -> None:
        """Begin IMMEDIATE; raise TransactionManagementError when the lock is not to be had."""
        try:
            await self._connection.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            raise TransactionManagementError(error) from error
        except asyncio.CancelledError:
            # The connection's thread begins all the same, and takes this up right after it.
            await self._connection.rollback()
            raise


class ImmediateContext(SqliteTransactionContext):
    """The stock context, but one whose begin fails or is cancelled leaves nothing locked."""

    async def __aenter__(self) -> TransactionalDBClient:
        """Wait for the connection and begin on it."""
        await self._trxlock.acquire()
        try:
            await self.ensure_connection()
            await self.connection.begin()
        except BaseException:
            self._trxlock.release()
            raise
        self.token = get_connections().set(self.connection_name, self.connection)
        client: TransactionalDBClient = self.connection
        return client


class ImmediateClient(SqliteClient):
    """The stock client with transactions of this kind, which may share a commit."""

    def __init__(self, file_path: str, **kwargs: Any) -> None:
        super().__init__(file_path, **kwargs)
        self._sharing = asyncio.Lock()
        self._waiting = 0
        self._shared: _SharedTransaction | None = None

    async def create_connection(self, with_db: bool) -> None:
        """Open the file, in a connection of the class above."""
        if self._connection:
            return
        self._connection = await Connection(self._opened, iter_chunk_size=64)
        self._connection.row_factory = sqlite3.Row
        for pragma, value in self.pragmas.items():
            await self._connection.execute(f"PRAGMA {pragma}={value}")

    def _opened(self) -> sqlite3.Connection:
        # Its lock lets one task at a time use it, so no two threads do.
        return sqlite3.connect(self.filename, isolation_level=None, check_same_thread=False)

    def _in_transaction(self) -> TransactionContext:
        return ImmediateContext(ImmediateTransaction(self), self._lock)

    @asynccontextmanager
    async def in_shared_transaction(self) -> AsyncIterator[None]:
        """Commit the block's writes together with those of other blocks, one after another.

        Each block is undone alone when it raises; all end when the one commit is done, or raise
        what kept it from being done.
        """
        self._waiting += 1
        try:
            await self._sharing.acquire()
        except BaseException:
            self._waiting -= 1
            await self._end_what_waited_for_me()
            raise
        self._waiting -= 1
        shared = None
        try:
            shared = self._shared = self._shared or await self._begun()
            async with shared.member():
                yield
        finally:
            try:
                if not self._waiting or (shared and shared.members >= _MOST_SHARING):
                    await asyncio.shield(asyncio.ensure_future(self._commit_shared()))
            finally:
                self._sharing.release()
        await asyncio.shield(shared.is_committed)

    async def _end_what_waited_for_me(self) -> None:
        """Commit what others left open for a block that now never comes."""
        if not self._waiting and not self._sharing.locked():
            async with self._sharing:
                await self._commit_shared()

    async def _begun(self) -> "_SharedTransaction":
        await self._lock.acquire()
        try:
            transaction = ImmediateTransaction(self)
            await transaction.begin()
        except BaseException:
            self._lock.release()
            raise
        return _SharedTransaction(transaction)

    async def _commit_shared(self) -> None:
        shared, self._shared = self._shared, None
        if shared:
            try:
                await shared.commit()
            finally:
                self._lock.release()


class _SharedTransaction:
    """A transaction that several blocks write in, one after another, each behind a savepoint."""

    def __init__(self, transaction: ImmediateTransaction) -> None:
        self._transaction = transaction
        self.members = 0
        self.is_committed: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    @asynccontextmanager
    async def member(self) -> AsyncIterator[None]:
        """Let a block write; what it wrote is undone if it raises."""
        self.members += 1
        token = get_connections().set(self._transaction.connection_name, self._transaction)
        try:
            with statements_at_once():
                async with self._transaction._in_transaction():
                    yield
        finally:
            get_connections().reset(token)

    async def commit(self) -> None:
        """Commit what every block wrote, and tell them all."""
        try:
            await self._transaction.commit()
        except sqlite3.Error as error:
            await self._transaction.rollback()
            self.is_committed.set_exception(OperationalError(error))
        else:
            self.is_committed.set_result(None)


client_class = ImmediateClient
