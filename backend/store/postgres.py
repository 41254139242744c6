"""PostgreSQL as this project needs it: whoever is cancelled gives the connection back.

Connections go back to the pool as they are, without a statement each time: transactions and single
statements leave nothing behind. What does is done in `session_for_locks`.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from tortoise.backends.asyncpg.client import AsyncpgDBClient, TransactionWrapper
from tortoise.backends.base.client import (
    TransactionalDBClient,
    TransactionContext,
    TransactionContextPooled,
)
from tortoise.connection import get_connections
from tortoise.context import require_context


class ReturningContext(TransactionContextPooled):
    """The stock context, but one whose begin fails or is cancelled keeps no connection."""

    async def __aenter__(self) -> TransactionalDBClient:
        """Take a connection from the pool and begin on it."""
        await self.ensure_connection()
        pool = self.client._parent._pool
        self.client._connection = await pool.acquire()
        try:
            await self.client.begin()
        except BaseException:
            # It may have begun all the same: what is given back is rolled back.
            await pool.release(self.client._connection)
            raise
        self.token = get_connections().set(self.connection_name, self.client)
        return self.client


class ReturningClient(AsyncpgDBClient):
    """The stock client with transactions of this kind; its pool clears only what may need it."""

    def __init__(self, **credentials: Any) -> None:
        super().__init__(**credentials)
        self._to_be_cleared: set[int] = set()

    async def create_pool(self, **options: Any) -> Any:
        """Open the pool."""
        return await super().create_pool(reset=self._clear, **options)

    def clear_later(self, session: Any) -> None:
        """Have a session give up its locks and settings before it is used by others."""
        self._to_be_cleared.add(session.get_server_pid())

    async def _clear(self, session: Any) -> None:
        if session.get_server_pid() in self._to_be_cleared:
            self._to_be_cleared.remove(session.get_server_pid())
            await session.reset()

    def _in_transaction(self) -> TransactionContext:
        return ReturningContext(TransactionWrapper(self), self._pool_init_lock)


@asynccontextmanager
async def session_for_locks() -> AsyncIterator[Any]:
    """A session that gives up the block's locks and settings at its end, or ends with it."""
    client = require_context().db()
    assert isinstance(client, ReturningClient), "it is PostgreSQL, outside of a transaction"
    async with client.acquire_connection() as session:
        client.clear_later(session)
        yield session


client_class = ReturningClient
