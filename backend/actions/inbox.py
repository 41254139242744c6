"""What comes in is taken in once: the update's number commits with everything it changed."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime

from tortoise.exceptions import BaseORMException

from backend.store.crypto import keys
from backend.store.sql import execute, in_shared_transaction


@asynccontextmanager
async def take_in(update_id: int, *, now: datetime) -> AsyncIterator[bool]:
    """Open the transaction in which an update has its effects; False when it was seen before.

    Whatever raises inside undoes the taking in as well, so that the update can come again.
    """
    async with in_shared_transaction():
        rows = await execute(
            "INSERT INTO update_seen (update_id, seen_at) VALUES ($1, $2)"
            " ON CONFLICT (update_id) DO NOTHING RETURNING update_id",
            *(update_id, now),
        )
        yield bool(rows)


def may_pass(error: Exception) -> bool:
    """Whether an error is the database's or the network's, so that trying again may help."""
    return isinstance(error, BaseORMException | OSError)


async def have_effect(nonce: str, *, now: datetime) -> bool:
    """Claim the one effect of a button; False when it was had before."""
    rows = await execute(
        "INSERT INTO effect (nonce, had_at) VALUES ($1, $2)"
        " ON CONFLICT (nonce) DO NOTHING RETURNING nonce",
        *(nonce, now),
    )
    return bool(rows)


async def forget_seen(*, before: datetime) -> int:
    """Forget update numbers and button effects older than `before`."""
    updates = await execute("DELETE FROM update_seen WHERE seen_at < $1 RETURNING 1 AS one", before)
    effects = await execute("DELETE FROM effect WHERE had_at < $1 RETURNING 1 AS one", before)
    return len(updates) + len(effects)


def webhook_secret() -> str:
    """Return the secret by which Telegram proves that a call is its own."""
    return keys().derived("webhook")
