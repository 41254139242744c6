"""The morning's digest: one message a day to a cadre who has something to do, instead of many."""

from datetime import datetime, timedelta

from backend.actions.budget import DIGEST_TEMPLATE
from backend.actions.delivery import enqueue
from backend.actions.grids import WITH_CADRES
from backend.actions.unreached import cadres_to_tell
from backend.domain.delivery import Kind
from backend.domain.quiet_hours import minute_of
from backend.store.sql import execute, in_transaction

# A digest that could not be queued for so long is not a morning's any more.
_LATEST_MINUTES = 60
_LIFE = timedelta(hours=12)

_BUSY_CADRES = f"""
    SELECT DISTINCT g.person_id, a.tg_id FROM task t
    JOIN person p ON p.id = t.person_id AND p.state <> 'erased'
    LEFT JOIN household h ON h.id = p.household_id {WITH_CADRES}
    WHERE t.state = 'open' AND t.due_on <= $1 AND c.reminder_minute <= $2
        AND c.reminder_minute > $3
"""


async def queue_digests(*, now: datetime) -> int:
    """Queue the digest of every cadre whose time of the morning has come; once a day each.

    Something to do is a task, or somebody who could not be reached.
    """
    minute = minute_of(now)
    earliest = minute - _LATEST_MINUTES
    queued = 0
    async with in_transaction():
        rows = await execute(_BUSY_CADRES, now.date(), minute, earliest)
        rows += await cadres_to_tell(now=now, after_minute=earliest, minute=minute)
        for row in rows:
            queued += await enqueue(
                f"digest:{row['person_id']}:{now.date()}",
                Kind.REMINDER,
                row["tg_id"],
                DIGEST_TEMPLATE,
                person_id=row["person_id"],
                life=_LIFE,
                now=now,
            )
    return queued
