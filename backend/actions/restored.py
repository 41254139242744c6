"""After a restore nothing goes out by itself: what may have gone out already waits for somebody.

The database is that of the moment of the backup, and people have had messages since. So all that
is due by now, or was queued then, is held; no number given out since is given out again; and no
button pressed on an old screen means something else than it did.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from backend.actions import audit
from backend.actions.broadcast_run import advance
from backend.actions.leave import SCREEN_TEMPLATE
from backend.domain.broadcasts import Act
from backend.store import models
from backend.store.sql import execute, in_transaction, marks

# Faster than this no chat takes steps, and no table gets rows, all the time.
_SHORTEST_STEP = timedelta(seconds=1)
_SHORTEST_ROW = timedelta(milliseconds=1)
_AT_LEAST = 1_000
REASON = "restored"

CatchUp = Callable[[datetime], Awaitable[object]]


@dataclass(frozen=True, slots=True)
class Held:
    """What waits after a restore: messages, and broadcasts paused or given back to the office."""

    messages: int
    paused: int
    returned: int


async def hold_back(catch_up: CatchUp, *, made_at: datetime, now: datetime) -> Held:
    """Make a database restored from a backup of `made_at` safe to be served.

    `catch_up` queues whatever has fallen due since, so that it is held too and does not go out a
    second time.
    """
    paused = await _all_advanced("sending", Act.PAUSE)
    returned = await _all_advanced("queued", Act.RETURN)
    await catch_up(now)
    async with in_transaction():
        await _end_screens(now=now)
        held = await _hold(now=now)
        await execute("DELETE FROM owner")
        await execute("DELETE FROM gate")
        await _leave_gap(now - made_at)
        await audit.append("restored", now=now, detail=f"{made_at.isoformat()} {held}")
    return Held(held, paused, returned)


async def _all_advanced(state: str, act: Act) -> int:
    rows = await execute("SELECT id FROM broadcast WHERE state = $1", state)
    return sum([await advance(row["id"], act) for row in rows])


async def _end_screens(*, now: datetime) -> None:
    """Drop answers that were on their way: whoever writes again gets the newest screen."""
    await execute(
        "UPDATE send SET state = 'expired', finished_at = $1"
        " WHERE state IN ('queued', 'claimed') AND template = $2",
        *(now, SCREEN_TEMPLATE),
    )


async def _hold(*, now: datetime) -> int:
    """Hold all that would go; what was due by now may have gone, and says so if it goes again."""
    rows = await execute(
        "UPDATE send SET state = 'hold', error = $1, owner_id = NULL, token = NULL,"
        " ambiguities = CASE WHEN due_at <= $2 AND ambiguities = 0 THEN 1 ELSE ambiguities END,"
        " intent_at = NULL WHERE state IN ('queued', 'claimed') RETURNING id",
        *(REASON, now),
    )
    return len(rows)


async def _leave_gap(lost: timedelta) -> None:
    """Go on beyond every number that can have been given out in the time that is lost."""
    steps = lost // _SHORTEST_STEP + _AT_LEAST
    await execute("UPDATE dialog SET version = version + $1, shown_version = version + $1", steps)
    kinds = [getattr(models, name) for name in models.__all__]
    tables = [kind._meta.db_table for kind in kinds if kind._meta.pk.generated]
    known = f"SELECT name FROM sqlite_sequence WHERE name IN ({marks(len(tables))})"
    begun = {row["name"] for row in await execute(known, *tables)}
    for table in tables:
        if table not in begun:
            await execute("INSERT INTO sqlite_sequence (name, seq) VALUES ($1, 0)", table)
        rows = lost // _SHORTEST_ROW + _AT_LEAST
        await execute("UPDATE sqlite_sequence SET seq = seq + $1 WHERE name = $2", rows, table)
