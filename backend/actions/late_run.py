"""Reminders more than a day late are skipped: none comes in a burst, and the next goes as planned.

What nothing could send is entered in the outbox as expired, where her cadre's digest finds it.
What fell into a time in which she wanted none, or could not be written to, leaves no trace.
"""

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta

from backend.actions.dues import (
    AGREED,
    IS_LIVE,
    advance,
    lock_persons,
    read_day,
    read_due,
    rule_of,
)
from backend.actions.recall import REMINDER_TEMPLATE
from backend.domain.calendar import First
from backend.domain.delivery import PRIORITIES, Kind
from backend.domain.quiet_hours import at_minute
from backend.domain.reminders import LIFE, next_reminder_on
from backend.store.sql import Row, as_datetime, execute, execute_many, in_transaction, marks

_BATCH = 2_000
_ONE_DAY = timedelta(days=1)
# The plus has SQLite look up the few days gone by, instead of everything of everybody.
_LATE = f"""
    SELECT d.*, p.reminder_minute, p.folic_acid_minute, a.tg_id, a.state_at,
        (SELECT max(c.given_at) FROM consent c WHERE c.person_id = d.person_id
            AND c.purpose IN ('service', d.topic) AND c.withdrawn_at IS NULL) AS agreed_at,
        (SELECT max(t.chosen_at) FROM topic_choice t WHERE t.person_id = d.person_id
            AND t.topic = d.topic) AS chosen_at
    FROM due_service d JOIN person p ON p.id = +d.person_id
    JOIN account a ON a.person_id = p.id AND a.state = 'active'
    WHERE d.remind_on < $1 AND {IS_LIVE} AND {AGREED}
"""
_INSERT = f"""
    INSERT INTO send (dedup_key, kind, priority, person_id, chat_id, template, reference, purpose,
        is_self_set, due_at, expires_at, state, tries, ambiguities, created_at, finished_at)
    VALUES ($1, '{Kind.REMINDER}', {PRIORITIES[Kind.REMINDER]}, $2, $3, '{REMINDER_TEMPLATE}',
        $4, $5, $6, $7, $8, 'expired', 0, 0, $9, $9)
    ON CONFLICT (dedup_key) DO NOTHING
"""


async def skip_late(*, now: datetime, person_ids: Collection[int] = ()) -> int:
    """Skip every late reminder, or those of some persons; return how many.

    Each is looked at next on the first day of reminding from today on, if there is one.
    """
    condition = f"AND d.person_id IN ({marks(len(person_ids), after=1)})" if person_ids else ""
    query = f"{_LATE} {condition} ORDER BY d.person_id, d.id LIMIT {_BATCH} {lock_persons('p')}"
    skipped = 0
    while True:
        async with in_transaction():
            locked = await execute(query, now.date() - LIFE, *person_ids)
            await _skip(await _read_anew(locked, now=now), now=now)
        skipped += len(locked)
        if len(locked) < _BATCH:
            return skipped


async def _read_anew(rows: Sequence[Row], *, now: datetime) -> Sequence[Row]:
    """The rows as they stand now that their persons are locked: see the due run."""
    whose = sorted({row["person_id"] for row in rows})
    if not whose or not lock_persons("p"):
        return rows
    query = f"{_LATE} AND d.person_id IN ({marks(len(whose), after=1)}) ORDER BY d.person_id, d.id"
    return await execute(query, now.date() - LIFE, *whose)


async def _skip(rows: Sequence[Row], *, now: datetime) -> None:
    missed = [_entry(row, now) for row in rows if _was_missed(row, now)]
    if missed:
        await execute_many(_INSERT, missed)
    await advance([(row["id"], _next(row, now.date()), None) for row in rows], now=now)


def _next(row: Row, today: date) -> date | None:
    rule = rule_of(row)
    return next_reminder_on(read_due(row), rule, today - _ONE_DAY) if rule else None


def _was_missed(row: Row, now: datetime) -> bool:
    """Whether she could be written to, and wanted it, from before its day on."""
    day = at_minute(read_day(row["remind_on"]), 0, now.tzinfo)
    since = [as_datetime(row[name]) for name in ("state_at", "agreed_at", "chosen_at")]
    return rule_of(row) is not None and all(moment <= day for moment in since if moment)


def _entry(row: Row, now: datetime) -> tuple[object, ...]:
    rule = rule_of(row)
    is_self_set = rule is not None and rule.reminding.first is First.DAILY
    minute = row["folic_acid_minute"] if is_self_set else row["reminder_minute"]
    day = read_day(row["remind_on"])
    due_at = at_minute(day, minute, now.tzinfo)
    return (
        *(f"due:{row['id']}:{day}", row["person_id"], row["tg_id"], str(row["id"])),
        *(row["topic"], is_self_set, due_at, due_at + LIFE, now),
    )
