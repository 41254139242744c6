"""The morning's digest: one message a day to a cadre who has something to do, instead of many."""

from datetime import datetime

from backend.actions.grids import WITH_CADRES
from backend.domain.delivery import PRIORITIES, Kind
from backend.domain.quiet_hours import minute_of
from backend.store.sql import execute

DIGEST_TEMPLATE = "digest"
# A digest that could not be queued for so long is not a morning's any more.
_LATEST_MINUTES = 60

_INSERT = f"""
    INSERT INTO send (dedup_key, kind, priority, person_id, chat_id, template, reference,
        is_self_set, due_at, expires_at, state, tries, ambiguities, created_at)
    SELECT DISTINCT 'digest:' || g.person_id || ':' || CAST($1 AS TEXT), '{Kind.REMINDER}',
        {PRIORITIES[Kind.REMINDER]}, g.person_id, a.tg_id, '{DIGEST_TEMPLATE}', '',
        FALSE, $2, $3, 'queued', 0, 0, $2
    FROM task t JOIN person p ON p.id = t.person_id AND p.state <> 'erased'
    LEFT JOIN household h ON h.id = p.household_id {WITH_CADRES}
    WHERE t.state = 'open' AND t.due_on <= $4
        AND c.reminder_minute <= $5 AND c.reminder_minute + {_LATEST_MINUTES} > $5
    ON CONFLICT (dedup_key) DO NOTHING RETURNING id
"""


async def queue_digests(*, now: datetime) -> int:
    """Queue the digest of every cadre whose time of the morning has come; once a day each."""
    rows = await execute(
        _INSERT,
        *(now.date().isoformat(), now, now.replace(hour=23, minute=59)),
        *(now.date(), minute_of(now)),
    )
    return len(rows)
