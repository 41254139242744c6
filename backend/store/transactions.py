"""Transactions, and whether the code that runs now is inside one."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from tortoise import transactions
from tortoise.context import require_context

from backend.store.sqlite import ImmediateClient


@dataclass
class _Transaction:
    is_open: bool = True


_current: ContextVar[_Transaction | None] = ContextVar("current_transaction", default=None)


@asynccontextmanager
async def in_transaction() -> AsyncIterator[None]:
    """Commit what the block writes as a whole, or nothing of it; blocks may be nested."""
    async with transactions.in_transaction():
        with _noted():
            yield


@asynccontextmanager
async def in_shared_transaction() -> AsyncIterator[None]:
    """As `in_transaction`, for short blocks of which many come at once.

    On SQLite, where each commit waits for the disk and one writes at a time, they share a commit,
    and their statements, which are short too, run at once; PostgreSQL does that by itself.
    """
    client = require_context().db()
    if not isinstance(client, ImmediateClient):
        async with in_transaction():
            yield
        return
    async with client.in_shared_transaction():
        with _noted():
            yield


@asynccontextmanager
async def sharing_a_commit() -> AsyncIterator[None]:
    """As `in_shared_transaction`, for a block of one statement, which PostgreSQL commits alone."""
    if isinstance(require_context().db(), ImmediateClient):
        async with in_shared_transaction():
            yield
    else:
        yield


@contextmanager
def _noted() -> Iterator[None]:
    """Note that the block is inside a transaction."""
    if is_in_transaction():
        yield
        return
    held = _Transaction()
    token = _current.set(held)
    try:
        yield
    finally:
        held.is_open = False
        _current.reset(token)


def is_in_transaction() -> bool:
    """Whether this task, or one that started it, is inside a transaction that is still open."""
    held = _current.get()
    return held is not None and held.is_open
