"""SQLite as this project needs it: write transactions begin IMMEDIATE, so none fails half-way."""

import asyncio
import sqlite3
from datetime import UTC, datetime

from tortoise.backends.base.client import TransactionalDBClient, TransactionContext
from tortoise.backends.sqlite.client import (
    SqliteClient,
    SqliteTransactionContext,
    SqliteTransactionWrapper,
)
from tortoise.connection import get_connections
from tortoise.exceptions import TransactionManagementError

# The stock adapter writes a time in whatever zone it is in, and then texts do not sort by time.
sqlite3.register_adapter(datetime, lambda moment: moment.astimezone(UTC).isoformat(" "))


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
    """The stock client with transactions of this kind."""

    def _in_transaction(self) -> TransactionContext:
        return ImmediateContext(ImmediateTransaction(self), self._lock)


client_class = ImmediateClient
