"""Answers to tasks: what each changes, and that undoing puts back exactly what was."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from backend.actions import moves, planning, reminders, task_answers, tasks, visit_run
from backend.actions.moves import Place, Report
from backend.domain.access import Actor, Held, NotAllowed, Role
from backend.domain.consent import Purpose
from backend.domain.errors import NotOwed
from backend.domain.moves import Direction
from backend.domain.tasks import (
    DayNotOffered,
    HelpReason,
    NotReached,
    TaskKind,
    TaskOver,
    UndoTooLate,
)
from backend.store.models import Person, ServiceRecord, Task, TaskAnswer
from backend.store.sql import execute
from tests.builders import STONE_BRIDGE, a_person, sun_li, wang_xiuying, zhao_ming

pytestmark = pytest.mark.usefixtures("database")

WATCHED = ("task", "due_service", "topic_choice", "send", "service_record", "move_report")
TEN_MINUTES = timedelta(minutes=10)


async def a_visit(now: datetime) -> tuple[Actor, Person, Task]:
    """周桂英, who has no phone, is owed a screening: her cadre has a task."""
    zhao = await zhao_ming()
    zhou = await a_person(
        "周桂英", topics=(Purpose.SCREENING,), birth_date=now.date().replace(year=1980)
    )
    await planning.replan(zhou.id, now=now)
    await visit_run.queue_visits(now=now)
    return zhao, zhou, await Task.get(person_id=zhou.id)


async def everything() -> dict[str, list[dict[str, Any]]]:
    """Every row an answer may touch, moments of writing aside."""
    held = {}
    for table in WATCHED:
        rows = await execute(f"SELECT * FROM {table} ORDER BY id")
        held[table] = [{k: v for k, v in row.items() if k != "updated_at"} for row in rows]
    return held


@pytest.mark.parametrize("answer", ["done", "had", "declined", "not_reached", "reschedule"])
async def test_undoing_puts_everything_back_exactly(now: datetime, answer: str) -> None:
    zhao, _zhou, task = await a_visit(now)
    before = await everything()
    verbs = {
        "done": lambda: task_answers.done(zhao, task.id, now=now),
        "had": lambda: task_answers.done(zhao, task.id, had_on=now.date(), now=now),
        "declined": lambda: task_answers.declined(zhao, task.id, now=now),
        "not_reached": lambda: task_answers.not_reached(
            zhao, task.id, NotReached.NO_ANSWER, now=now
        ),
        "reschedule": lambda: task_answers.reschedule(
            zhao, task.id, now.date() + timedelta(5), now=now
        ),
    }
    kept = await verbs[answer]()
    assert await everything() != before
    assert await task_answers.undo(zhao, kept.answer_id, now=now + TEN_MINUTES) == task.id
    assert await everything() == before


async def test_what_was_queued_goes_again_after_an_undone_no(now: datetime) -> None:
    zhao = await zhao_ming()
    wang = await wang_xiuying(topics=(Purpose.SCREENING,), birth_date=now.date().replace(year=1980))
    await planning.replan(wang.id, now=now)
    due_id = (await execute("SELECT id FROM due_service"))[0]["id"]
    await reminders.ask_help(wang.id, HelpReason.TRANSPORT, due_id=due_id, now=now)
    task = await Task.get(kind="help")
    before = await everything()
    assert [row["state"] for row in before["send"] if row["template"] == "reminder"] == ["queued"]
    kept = await task_answers.declined(zhao, task.id, now=now)
    states = [row["state"] for row in (await everything())["send"] if row["template"] == "reminder"]
    assert states == ["cancelled"]
    await task_answers.undo(zhao, kept.answer_id, now=now)
    assert await everything() == before


async def test_a_move_reported_from_a_task_is_taken_back_with_it(now: datetime) -> None:
    zhao, zhou, task = await a_visit(now)
    report = Report(direction=Direction.OUT, place=Place("上海"), moves_on=now.date())
    kept, filed = await task_answers.moved(zhao, task.id, report, now=now)
    assert (await moves.find_for(zhao, filed.report_id)).state == "received"
    assert (await Task.get(id=task.id)).state == "moved"
    await task_answers.undo(zhao, kept.answer_id, now=now)
    assert (await moves.find(zhou.id, filed.report_id)).state == "withdrawn"
    assert (await Task.get(id=task.id)).state == "open"


async def test_too_late_twice_and_by_somebody_else_nothing_is_undone(now: datetime) -> None:
    zhao, _zhou, task = await a_visit(now)
    kept = await task_answers.done(zhao, task.id, now=now)
    with pytest.raises(UndoTooLate):
        await task_answers.undo(
            zhao, kept.answer_id, now=now + TEN_MINUTES + timedelta(microseconds=1)
        )
    stranger = Actor((await a_person("钱芳", chat=77)).id)
    with pytest.raises(NotAllowed):
        await task_answers.undo(stranger, kept.answer_id, now=now)
    await task_answers.undo(zhao, kept.answer_id, now=now)
    with pytest.raises(NotAllowed):
        await task_answers.undo(zhao, kept.answer_id, now=now)


async def test_only_the_newest_answer_is_undone(now: datetime) -> None:
    zhao, _zhou, task = await a_visit(now)
    first = await task_answers.not_reached(zhao, task.id, NotReached.NO_ANSWER, now=now)
    second = await task_answers.done(zhao, task.id, now=now)
    with pytest.raises(NotAllowed):
        await task_answers.undo(zhao, first.answer_id, now=now)
    await task_answers.undo(zhao, second.answer_id, now=now)
    assert (await Task.get(id=task.id)).tries == 1
    await task_answers.undo(zhao, first.answer_id, now=now)
    assert (await Task.get(id=task.id)).tries == 0


async def test_a_task_is_answered_once(now: datetime) -> None:
    zhao, _zhou, task = await a_visit(now)
    await task_answers.done(zhao, task.id, now=now)
    with pytest.raises(TaskOver):
        await task_answers.declined(zhao, task.id, now=now)
    assert await TaskAnswer.all().count() == 1


async def test_what_cannot_be_is_refused_and_changes_nothing(now: datetime) -> None:
    zhao, _zhou, task = await a_visit(now)
    before = await everything()
    with pytest.raises(DayNotOffered):
        await task_answers.reschedule(zhao, task.id, now.date(), now=now)
    with pytest.raises(NotOwed):
        await task_answers.done(zhao, task.id, had_on=now.date() + timedelta(1), now=now)
    assert await everything() == before


async def test_a_no_makes_no_further_visit_and_no_mark(now: datetime) -> None:
    zhao, _zhou, task = await a_visit(now)
    await task_answers.declined(zhao, task.id, now=now)
    assert await visit_run.queue_visits(now=now + timedelta(days=200)) == 0
    assert (await tasks.summary(zhao, now=now)).week == 0


async def test_a_service_she_had_is_noted_by_the_cadre(now: datetime) -> None:
    zhao, zhou, task = await a_visit(now)
    await task_answers.done(zhao, task.id, had_on=now.date(), now=now)
    record = await ServiceRecord.get(person_id=zhou.id)
    assert (record.reported_by, record.given_on) == (zhao.person_id, now.date())


@pytest.mark.parametrize("village_code", [STONE_BRIDGE, "330000200001"])
async def test_the_door_is_shut_to_other_grids(now: datetime, village_code: str) -> None:
    _zhao, _zhou, task = await a_visit(now)
    other = await a_person("钱芳", chat=78)
    actor = Actor(other.id, (Held(Role.CADRE, village_code),))
    for verb in (
        lambda: tasks.find(actor, task.id, now=now),
        lambda: task_answers.done(actor, task.id, now=now),
        lambda: task_answers.declined(actor, task.id, now=now),
        lambda: task_answers.not_reached(actor, task.id, NotReached.NO_ANSWER, now=now),
        lambda: task_answers.reschedule(actor, task.id, now.date() + timedelta(1), now=now),
        lambda: task_answers.done(actor, task.id + 1000, now=now),
    ):
        with pytest.raises(NotAllowed):
            await verb()
    assert (await tasks.agenda(actor, now=now)).total == 0


async def test_an_officer_may_answer_in_her_township(now: datetime) -> None:
    _zhao, _zhou, task = await a_visit(now)
    await task_answers.done(await sun_li(), task.id, now=now)
    assert (await Task.get(id=task.id)).state == "done"


async def test_a_registration_is_not_answered_here(now: datetime) -> None:
    zhao = await zhao_ming()
    person = await a_person("陈静", state="waiting")
    await tasks.open_task(TaskKind.REGISTRATION, person.id, dedup_key="r", now=now)
    with pytest.raises(TaskOver):
        await task_answers.done(zhao, (await Task.get()).id, now=now)
