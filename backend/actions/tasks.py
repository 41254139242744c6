"""The work items of cadres: opened by what residents ask for, closed by what cadres did."""

from datetime import datetime

from backend.domain.tasks import TaskKind, TaskState
from backend.store.sql import execute


async def open_task(
    kind: TaskKind,
    person_id: int,
    *,
    now: datetime,
    dedup_key: str,
    reason: str | None = None,
    due_service_id: int | None = None,
) -> int | None:
    """Open a task for the cadre of a person's household, else for her village.

    Return its id, or None when the same one was opened before.
    """
    rows = await execute(
        "INSERT INTO task (person_id, village_code, cadre_id, kind, reason, due_service_id,"
        " dedup_key, state, due_on, tries, opened_at)"
        " SELECT p.id, p.village_code, h.cadre_id, $2, $3, $4, $5, 'open', $6, 0, $7"
        " FROM person p LEFT JOIN household h ON h.id = p.household_id WHERE p.id = $1"
        " ON CONFLICT (dedup_key) DO NOTHING RETURNING id",
        *(person_id, kind.value, reason, due_service_id, dedup_key, now.date(), now),
    )
    return rows[0]["id"] if rows else None


async def close_tasks(person_id: int, kind: TaskKind, state: TaskState, *, now: datetime) -> None:
    """Close every open task of one kind about a person."""
    await execute(
        "UPDATE task SET state = $1, closed_at = $2"
        " WHERE person_id = $3 AND kind = $4 AND state = 'open'",
        *(state.value, now, person_id, kind.value),
    )


async def cancel_tasks_about(due_ids: list[int], *, now: datetime) -> None:
    """Cancel the open tasks about due services that are no longer owed."""
    for due_id in due_ids:
        await execute(
            "UPDATE task SET state = 'cancelled', closed_at = $1"
            " WHERE due_service_id = $2 AND state = 'open'",
            *(now, due_id),
        )
