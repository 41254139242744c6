"""What a cadre makes of a task, and taking that back within ten minutes, exactly.

An answer keeps what it changed beyond the task: a service noted as had, a topic declined with the
messages that ended by it, a move that was reported.
"""

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date, datetime

from backend.actions import audit, moves, reminders
from backend.actions.people import check_access
from backend.actions.task_effects import between, put_back, standing
from backend.domain.access import Act, Actor, NotAllowed
from backend.domain.tasks import (
    Answered,
    DayNotOffered,
    NextTry,
    NotReached,
    TaskKind,
    TaskOver,
    TaskState,
    UndoTooLate,
    after_failed_try,
    may_reschedule,
    may_undo,
)
from backend.store.sql import Row, as_date, as_datetime, execute, in_transaction

Effect = Callable[[Row], Awaitable[object]]


@dataclass(frozen=True, slots=True)
class Given:
    """An answer that was given: its number, by which it can be undone, and what became of it."""

    answer_id: int
    state: TaskState
    due_on: date | None


async def done(actor: Actor, task_id: int, *, now: datetime, had_on: date | None = None) -> Given:
    """Close a task as done; with `had_on`, note the service it is about as had on that day.

    Raises NotAllowed, TaskOver, and NotOwed for a service that is over or a day to come.
    """

    async def effect(task: Row) -> None:
        if had_on is not None and task["due_service_id"]:
            await reminders.answer_done(
                task["person_id"], task["due_service_id"], had_on, by=actor.person_id, now=now
            )
        if task["move_report_id"]:
            await moves.receive(task["move_report_id"], now=now)

    task = await _open_task(actor, task_id)
    return await _answer(
        actor, task, Answered.DONE, now=now, to=NextTry(TaskState.DONE, task["tries"], None),
        effect=effect,
    )  # fmt: skip


async def not_reached(actor: Actor, task_id: int, reason: NotReached, *, now: datetime) -> Given:
    """Note a failed try: in three days again, after the third time closed as such."""
    task = await _open_task(actor, task_id)
    to = after_failed_try(task["tries"], now.date())
    return await _answer(actor, task, Answered.UNREACHABLE, now=now, to=to, reason=reason.value)


async def declined(actor: Actor, task_id: int, *, now: datetime) -> Given:
    """Close a task because she does not want it: final for its topic, held against nobody."""

    async def effect(task: Row) -> None:
        if topic := await _topic(task):
            await reminders.decline_topic(task["person_id"], topic, now=now)

    task = await _open_task(actor, task_id)
    to = NextTry(TaskState.DECLINED, task["tries"], None)
    return await _answer(actor, task, Answered.DECLINED, now=now, to=to, effect=effect)


async def moved(
    actor: Actor, task_id: int, report: moves.Report, *, now: datetime
) -> tuple[Given, moves.Filed]:
    """Close a task because she has moved, and report the move for her."""
    filed: list[moves.Filed] = []

    async def effect(task: Row) -> None:
        filed.append(await moves.report_for(actor, task["person_id"], report, now=now))

    task = await _open_task(actor, task_id)
    to = NextTry(TaskState.MOVED, task["tries"], None)
    given = await _answer(actor, task, Answered.MOVED, now=now, to=to, effect=effect)
    return given, filed[0]


async def reschedule(actor: Actor, task_id: int, to: date, *, now: datetime) -> Given:
    """Put a task off to a day from tomorrow on; raises DayNotOffered."""
    if not may_reschedule(to, now.date()):
        raise DayNotOffered
    task = await _open_task(actor, task_id)
    return await _answer(
        actor, task, Answered.RESCHEDULED, now=now, to=NextTry(TaskState.OPEN, task["tries"], to)
    )


async def undo(actor: Actor, answer_id: int, *, now: datetime) -> int:
    """Take the newest answer to a task back within ten minutes; return the task's id.

    The task, the reminders and the queue are as before. Raises NotAllowed, UndoTooLate.
    """
    async with in_transaction():
        row = await _newest(answer_id)
        await check_access(actor, row["person_id"], Act.WORK)
        answered_at = as_datetime(row["answered_at"])
        if answered_at is None or not may_undo(answered_at, now):
            raise UndoTooLate
        await execute(
            "UPDATE task SET state = 'open', tries = $1, due_on = $2, closed_at = NULL"
            " WHERE id = $3",
            *(row["before_tries"], as_date(row["before_due_on"]), row["task_id"]),
        )
        await execute("UPDATE task_answer SET undone_at = $1 WHERE id = $2", now, answer_id)
        await put_back(row["person_id"], json.loads(row["effects"]), now=now)
        await _note(actor, "task_undone", row, now=now)
    task_id: int = row["task_id"]
    return task_id


async def _open_task(actor: Actor, task_id: int) -> Row:
    """The task, if it is open and in the actor's grid; a registration is answered elsewhere."""
    rows = await execute(
        "SELECT id, kind, state, tries, due_on, person_id, due_service_id, move_report_id"
        " FROM task WHERE id = $1",
        task_id,
    )
    if not rows:
        raise NotAllowed
    await check_access(actor, rows[0]["person_id"], Act.WORK)
    if rows[0]["state"] != TaskState.OPEN or rows[0]["kind"] == TaskKind.REGISTRATION:
        raise TaskOver
    return rows[0]


async def _answer(
    actor: Actor,
    task: Row,
    answer: Answered,
    *,
    to: NextTry,
    now: datetime,
    reason: str | None = None,
    effect: Effect | None = None,
) -> Given:
    """Write an answer, what it does, and what it takes to undo it; all of it or nothing."""
    async with in_transaction():
        is_over = to.state is not TaskState.OPEN
        written = await execute(
            "UPDATE task SET state = $1, tries = $2, due_on = coalesce($3, due_on),"
            " closed_at = $4 WHERE id = $5 AND state = 'open' RETURNING id",
            *(to.state.value, to.tries, to.due_on, now if is_over else None, task["id"]),
        )
        if not written:
            raise TaskOver
        before = await standing(task["person_id"])
        if effect:
            await effect(task)
        effects = between(before, await standing(task["person_id"]))
        rows = await execute(
            "INSERT INTO task_answer (task_id, person_id, answer, reason, answered_by,"
            " answered_at, before_tries, before_due_on, effects)"
            " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING id",
            *(task["id"], task["person_id"], answer.value, reason, actor.person_id, now),
            *(task["tries"], as_date(task["due_on"]), json.dumps(effects)),
        )
        await _note(actor, f"task_{answer}", task, now=now)
    return Given(rows[0]["id"], to.state, to.due_on)


async def _newest(answer_id: int) -> Row:
    """An answer that is the last one given to its task and stands."""
    rows = await execute(
        "SELECT * FROM task_answer a WHERE id = $1 AND undone_at IS NULL AND NOT EXISTS"
        " (SELECT 1 FROM task_answer b WHERE b.task_id = a.task_id AND b.id > a.id"
        " AND b.undone_at IS NULL)",
        answer_id,
    )
    if not rows:
        raise NotAllowed
    return rows[0]


async def _topic(task: Row) -> str | None:
    rows = await execute("SELECT topic FROM due_service WHERE id = $1", task["due_service_id"])
    return rows[0]["topic"] if rows else None


async def _note(actor: Actor, action: str, row: Row, *, now: datetime) -> None:
    subject_id: int = row["person_id"]
    await audit.append(action, actor_id=actor.person_id, subject_id=subject_id, now=now)
