"""What an answer to a task changed beyond the task, so that undoing it puts just that back."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import date, datetime

from backend.actions.planning import replan
from backend.store.sql import execute, in_transaction

# What stands, by table and key; a row that is not there is not in it.
Standing = Mapping[str, str | None]
# The former value of each thing that changed; None for what was not there or empty.
Effects = dict[str, str | None]
Putting = Callable[[int, str, str | None, datetime], Awaitable[None]]

_STANDING = """
    SELECT 'service_record' AS place, CAST(id AS TEXT) AS key, '' AS value
        FROM service_record WHERE person_id = $1
    UNION ALL SELECT 'life_event', CAST(id AS TEXT), ''
        FROM life_event WHERE person_id = $1 AND superseded_by IS NULL
    UNION ALL SELECT 'topic_choice', topic, choice FROM topic_choice WHERE person_id = $1
    UNION ALL SELECT 'due_service', CAST(id AS TEXT), CAST(remind_on AS TEXT)
        FROM due_service WHERE person_id = $1
    UNION ALL SELECT 'send', CAST(id AS TEXT), state FROM send WHERE person_id = $1
    UNION ALL SELECT 'task', CAST(id AS TEXT), state FROM task WHERE person_id = $1
    UNION ALL SELECT 'move_report', CAST(id AS TEXT), state FROM move_report WHERE person_id = $1
"""


async def standing(person_id: int) -> Standing:
    """What an answer might change about a person, as it is now."""
    rows = await execute(_STANDING, person_id)
    return {f"{row['place']}:{row['key']}": row["value"] for row in rows}


def between(before: Standing, after: Standing) -> Effects:
    """The former value of everything that is not as it was."""
    return {
        key: before.get(key)
        for key in sorted({*before, *after})
        if (key in before, before.get(key)) != (key in after, after.get(key))
    }


async def put_back(person_id: int, effects: Effects, *, now: datetime) -> None:
    """Make everything again what it was; nothing is told anew by it."""
    async with in_transaction():
        await _put_all(person_id, effects, _PLANNED_FROM, now=now)
        await replan(person_id, now=now, is_told=False)
        await _put_all(person_id, effects, _BESIDE_THE_PLAN, now=now)


async def _put_all(
    person_id: int, effects: Effects, putting: Mapping[str, Putting], *, now: datetime
) -> None:
    for name, former in effects.items():
        place, _, key = name.partition(":")
        if place in putting:
            await putting[place](person_id, key, former, now)


async def _put_record(_person_id: int, key: str, _former: str | None, _now: datetime) -> None:
    await execute("DELETE FROM service_record WHERE id = $1", int(key))


async def _put_event(_person_id: int, key: str, _former: str | None, _now: datetime) -> None:
    await execute("UPDATE life_event SET superseded_by = id WHERE id = $1", int(key))


async def _put_choice(person_id: int, key: str, former: str | None, _now: datetime) -> None:
    if former is None:
        await execute(
            "DELETE FROM topic_choice WHERE person_id = $1 AND topic = $2", person_id, key
        )
    else:
        await execute(
            "UPDATE topic_choice SET choice = $1 WHERE person_id = $2 AND topic = $3",
            *(former, person_id, key),
        )


async def _put_reminder(_person_id: int, key: str, former: str | None, _now: datetime) -> None:
    day = date.fromisoformat(former) if former else None
    await execute("UPDATE due_service SET remind_on = $1 WHERE id = $2", day, int(key))


async def _put_send(_person_id: int, key: str, former: str | None, now: datetime) -> None:
    if former is None:
        await execute(
            "UPDATE send SET state = 'cancelled', finished_at = $1"
            " WHERE id = $2 AND state = 'queued'",
            *(now, int(key)),
        )
    elif former == "queued":
        await execute(
            "UPDATE send SET state = 'queued', finished_at = NULL"
            " WHERE id = $1 AND state = 'cancelled'",
            int(key),
        )


async def _put_task(_person_id: int, key: str, former: str | None, now: datetime) -> None:
    ended_at = None if former == "open" else now
    await execute(
        "UPDATE task SET state = $1, closed_at = $2 WHERE id = $3",
        *(former or "cancelled", ended_at, int(key)),
    )


async def _put_move(_person_id: int, key: str, former: str | None, now: datetime) -> None:
    ended_at = None if former else now
    await execute(
        "UPDATE move_report SET state = $1, ended_at = $2 WHERE id = $3",
        *(former or "withdrawn", ended_at, int(key)),
    )


# What the plan follows from, and what the plan alone would not put back.
_PLANNED_FROM: Mapping[str, Putting] = {
    "service_record": _put_record,
    "life_event": _put_event,
    "topic_choice": _put_choice,
}
_BESIDE_THE_PLAN: Mapping[str, Putting] = {
    "due_service": _put_reminder,
    "send": _put_send,
    "task": _put_task,
    "move_report": _put_move,
}
