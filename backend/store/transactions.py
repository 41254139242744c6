"""Transactions, and whether the code that runs now is inside one."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from tortoise import transactions


@dataclass
class _Transaction:
    is_open: bool = True


_current: ContextVar[_Transaction | None] = ContextVar("current_transaction", default=None)


@asynccontextmanager
async def in_transaction() -> AsyncIterator[None]:
    """Commit what the block writes as a whole, or nothing of it; blocks may be nested."""
    async with transactions.in_transaction():
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
