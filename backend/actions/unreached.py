"""Who could not be reached: chats that fail for days are stopped, and the cadre hears of it.

Nobody is to blame for it: what the cadre is told is that somebody may need a word in person.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import structlog

from backend.actions.budget import DIGEST_TEMPLATE
from backend.actions.delivery import shut_chat
from backend.actions.grids import WITH_CADRES, in_grid
from backend.actions.recall import REMINDER_TEMPLATE
from backend.actions.tasks import masked_name
from backend.domain.access import Actor
from backend.domain.delivery import PRIORITIES, Kind
from backend.domain.quiet_hours import at_minute
from backend.store.sql import Row, as_datetime, execute, in_transaction

logger = structlog.get_logger(__name__)

UNREACHABLE = "unreachable"
# How the error of a message begins that could not be written: no fault of the chat.
UNWRITTEN = "not written"
FAILED_DAYS = 5
_LONGEST_OUTAGE = timedelta(days=31)

# Failures of open chats that nothing has gone to, or come from, since.
_FAILURES = f"""
    SELECT s.chat_id, s.finished_at FROM send s JOIN account a ON a.tg_id = s.chat_id
    LEFT JOIN dialog d ON d.chat_id = s.chat_id
    WHERE s.state = 'failed' AND a.state = 'active' AND s.finished_at > a.state_at
    AND coalesce(s.error, '') NOT LIKE '{UNWRITTEN}%'
    AND (d.updated_at IS NULL OR s.finished_at > d.updated_at)
    AND NOT EXISTS (SELECT 1 FROM send o WHERE o.chat_id = s.chat_id
        AND o.state IN ('sent', 'unknown') AND o.finished_at >= s.finished_at)
"""
# A reminder to `p` that came too late or failed, about what could be told for days to come: the
# daily dose is none, and neither is what is no longer owed.
_MISSED = f"""
    FROM send s JOIN person p ON p.id = s.person_id AND p.state <> 'erased'
    LEFT JOIN household h ON h.id = p.household_id {{cadres}}
    WHERE s.template = '{REMINDER_TEMPLATE}' AND s.priority = {PRIORITIES[Kind.REMINDER]}
    AND s.state IN ('expired', 'failed') AND NOT (s.is_self_set AND s.dedup_key LIKE 'due:%')
    AND s.due_at >= $2 AND s.finished_at > {{since}} AND EXISTS (SELECT 1 FROM due_service d
        WHERE d.person_id = s.person_id AND CAST(d.id AS VARCHAR(20)) = s.reference
        AND d.state IN ('planned', 'open', 'closed'))
"""
_STOPPED = f"""
    FROM account u JOIN person p ON p.id = u.person_id AND p.state <> 'erased'
    LEFT JOIN household h ON h.id = p.household_id {{cadres}}
    WHERE u.state = '{UNREACHABLE}' AND u.state_at >= $2 AND u.state_at > {{since}}
"""
_LAST_DIGEST = f"""(SELECT max(o.created_at) FROM send o
    WHERE o.person_id = {{cadre}} AND o.template = '{DIGEST_TEMPLATE}' AND o.created_at < $1)"""


@dataclass(frozen=True, slots=True)
class Unreached:
    """Masked names of who missed a reminder, and of whose chat was stopped, both not yet told."""

    missed: tuple[str, ...] = ()
    stopped: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.missed or self.stopped)


async def stop_failing(*, now: datetime) -> int:
    """Stop the chats to which everything failed on five days in a row; return how many.

    Days without any message are passed over. Her next message opens the chat again.
    """
    days: defaultdict[int, set[date]] = defaultdict(set)
    for row in await execute(_FAILURES):
        failed_at = as_datetime(row["finished_at"])
        assert failed_at is not None, "what failed has ended"
        days[row["chat_id"]].add(failed_at.astimezone(now.tzinfo).date())
    failing = [chat_id for chat_id, failed_on in days.items() if len(failed_on) >= FAILED_DAYS]
    for chat_id in failing:
        async with in_transaction():
            await shut_chat(chat_id, UNREACHABLE, now=now)
    if failing:
        logger.warning("chats_stopped", count=len(failing), failed_days=FAILED_DAYS)
    return len(failing)


async def unreached_in(actor: Actor, *, now: datetime) -> Unreached:
    """Who of an actor's grid was not reached since the digest before today's."""
    condition, values = in_grid(actor, after=3)
    since = f"coalesce({_LAST_DIGEST.format(cadre='$3')}, $2)"
    missed, stopped = [
        await execute(
            f"SELECT DISTINCT p.id AS person_id, p.name_sealed"
            f" {which.format(cadres='', since=since)} AND {condition} ORDER BY p.id",
            *(*_times(now), actor.person_id, *values),
        )
        for which in (_MISSED, _STOPPED)
    ]
    return Unreached(_names(missed), _names(stopped))


async def cadres_to_tell(*, now: datetime, after_minute: int, minute: int) -> list[Row]:
    """The cadres with a reminder time in (after, minute] who are to hear that somebody was not
    reached: `person_id` and the open chat `tg_id` of each.
    """
    since = f"coalesce({_LAST_DIGEST.format(cadre='g.person_id')}, $2)"
    told = [
        await execute(
            f"SELECT DISTINCT g.person_id, a.tg_id {which.format(cadres=WITH_CADRES, since=since)}"
            " AND c.reminder_minute > $3 AND c.reminder_minute <= $4",
            *(*_times(now), after_minute, minute),
        )
        for which in (_MISSED, _STOPPED)
    ]
    return [row for rows in told for row in rows]


def _times(now: datetime) -> tuple[datetime, datetime]:
    """The first moment of the day, before which a digest has told; and how far back one tells."""
    return at_minute(now.date(), 0, now.tzinfo), now - _LONGEST_OUTAGE


def _names(rows: list[Row]) -> tuple[str, ...]:
    return tuple(masked_name(row) or "—" for row in rows)
