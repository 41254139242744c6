"""Who may hold claims, and what becomes of those of a process that is gone."""

from datetime import datetime

from backend.actions.delivery import claimed_by, finish, put_back_unknown
from backend.domain.delivery import Attempt, Outcome
from backend.store.liveness import is_free
from backend.store.sql import execute, in_transaction


async def register_owner(owner_id: int, *, now: datetime) -> None:
    """Enter a process that holds its lock already among those that may hold claims."""
    await execute(
        "INSERT INTO owner (id, started_at, looked_at) VALUES ($1, $2, $2)"
        " ON CONFLICT (id) DO UPDATE SET looked_at = excluded.looked_at",
        *(owner_id, now),
    )


async def note_look(owner_id: int, at: datetime | None) -> None:
    """Write down, for other processes to see, when the sender of this one last looked for work."""
    await execute("UPDATE owner SET looked_at = $1 WHERE id = $2", at, owner_id)


async def forget_owner(owner_id: int) -> None:
    """Strike off a process that has ended well, with nothing left claimed."""
    await execute(
        "DELETE FROM owner WHERE id = $1 AND NOT EXISTS (SELECT 1 FROM send s"
        " WHERE s.owner_id = $1 AND s.state = 'claimed')",
        owner_id,
    )


async def has_other_owners(owner_id: int) -> bool:
    """Whether another process may hold claims, or went without saying so."""
    return bool(await execute("SELECT 1 AS one FROM owner WHERE id <> $1 LIMIT 1", owner_id))


async def recover(url: str, *, now: datetime) -> int:
    """Take up what dead processes left claimed; return how many rows.

    Without a committed intent nothing was sent: back in the queue. With one, its fate is unclear
    and the table of outcomes decides. Rows of a living process are never touched.
    """
    recovered = 0
    for owner in await execute(
        "SELECT id FROM owner UNION SELECT DISTINCT owner_id AS id FROM send"
        " WHERE state = 'claimed' AND owner_id IS NOT NULL ORDER BY id"
    ):
        if await is_free(owner["id"], url):
            recovered += await _recover_from(owner["id"], now=now)
    return recovered


async def _recover_from(owner_id: int, *, now: datetime) -> int:
    async with in_transaction():
        recovered = await take_up(owner_id, now=now)
        await execute("DELETE FROM owner WHERE id = $1", owner_id)
    return recovered


async def take_up(owner_id: int, *, now: datetime) -> int:
    """Take up what an owner that is not sending has left claimed; return how many rows."""
    async with in_transaction():
        unsent = await put_back_unknown(owner_id, known=[])
        crashed = Attempt(Outcome.CRASHED)
        unclear = await claimed_by(owner_id)
        await finish([(message, crashed) for message in unclear], now=now)
    return unsent + len(unclear)
