"""The visit run: who has no phone is told of a service by her cadre, who gets a task for it."""

from datetime import date, datetime

from backend.actions.dues import WANTED, Next, advance, read_due, rule_of
from backend.actions.rulebook import follow_publications
from backend.domain.calendar import First
from backend.domain.gestation import add_months
from backend.domain.reminders import next_reminder_on
from backend.store.sql import Row, as_datetime, execute, execute_many, in_transaction

_BATCH = 2_000
# The plus keeps SQLite from going through everybody's services in the order of their ids.
# A stopped or blocked chat is a choice and makes no visit; who has none that works is visited.
_DUE = f"""
    SELECT d.*, p.village_code, h.cadre_id, EXISTS (SELECT 1 FROM task t
        WHERE t.due_service_id = d.id AND t.state = 'open') AS has_task,
        (SELECT max(coalesce(t.closed_at, t.opened_at)) FROM task t WHERE t.kind = 'visit'
            AND t.due_service_id = d.id AND t.state <> 'cancelled') AS visited_at
    FROM due_service d JOIN person p ON p.id = d.person_id AND p.state <> 'erased'
    LEFT JOIN household h ON h.id = p.household_id
    WHERE {WANTED} AND NOT EXISTS (SELECT 1 FROM account a
        WHERE a.person_id = p.id AND a.state NOT IN ('deactivated', 'unreachable'))
    ORDER BY +d.id LIMIT {_BATCH}
"""
_INSERT = """
    INSERT INTO task (person_id, village_code, cadre_id, kind, due_service_id, dedup_key, state,
        due_on, tries, opened_at)
    VALUES ($1, $2, $3, 'visit', $4, $5, 'open', $6, 0, $7)
    ON CONFLICT (dedup_key) DO UPDATE SET state = 'open', closed_at = NULL
    WHERE task.state = 'cancelled'
"""
_CLOSE = """
    UPDATE task SET state = 'cancelled', closed_at = $1 WHERE state = 'open' AND kind = 'visit'
    AND EXISTS (SELECT 1 FROM due_service d WHERE d.id = task.due_service_id
        AND d.state NOT IN ('planned', 'open'))
    RETURNING id
"""


async def queue_visits(*, now: datetime) -> int:
    """Open the visits whose day has come, and close quietly those whose service is over.

    Run twice, it does nothing the second time: a row's next day is written with its task.
    """
    closed = await execute(_CLOSE, now)
    changed = len(closed)
    while rows := await _queue(now):
        changed += rows
    return changed


async def _queue(now: datetime) -> int:
    today = now.date()
    async with in_transaction():
        rows = await execute(_DUE, today)
        book = await follow_publications()
        fresh: list[Row] = []
        others: list[Row] = []
        for row in rows:
            is_owed = book.has(row["rule"], row["village_code"])
            is_told = row["has_task"] or _is_visited(row, now)
            (fresh if is_owed and not is_told else others).append(row)
        if fresh:
            await execute_many(_INSERT, [_task(row, now) for row in fresh])
        nexts: list[Next] = [(row["id"], _next(row, today), today) for row in fresh]
        nexts += [(row["id"], _next(row, today), None) for row in others]
        await advance(nexts, now=now)
    return len(rows)


def _task(row: Row, now: datetime) -> tuple[object, ...]:
    return (
        *(row["person_id"], row["village_code"], row["cadre_id"], row["id"]),
        *(f"visit:{row['id']}:{now.date()}", now.date(), now),
    )


def _is_visited(row: Row, now: datetime) -> bool:
    """Whether a daily rule had its visit of the month (`domain.md` FA6)."""
    rule, visited_at = rule_of(row), as_datetime(row["visited_at"])
    if rule is None or visited_at is None or rule.reminding.first is not First.DAILY:
        return False
    return add_months(visited_at.astimezone(now.tzinfo).date(), 1) > now.date()


def _next(row: Row, today: date) -> date | None:
    """The next day of telling her; of a daily rule the next day, as she may have a chat by then."""
    rule = rule_of(row)
    return next_reminder_on(read_due(row), rule, today) if rule else None
