"""PostgreSQL as this project needs it: whoever is cancelled gives the connection back."""

from tortoise.backends.asyncpg.client import AsyncpgDBClient, TransactionWrapper
from tortoise.backends.base.client import (
    TransactionalDBClient,
    TransactionContext,
    TransactionContextPooled,
)
from tortoise.connection import get_connections


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
    """The stock client with transactions of this kind."""

    def _in_transaction(self) -> TransactionContext:
        return ReturningContext(TransactionWrapper(self), self._pool_init_lock)


client_class = ReturningClient
