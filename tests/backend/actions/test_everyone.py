"""Planning everyone: in batches, of which the next is read and planned before it is written."""

import gc
import logging
import sqlite3
import sys
from collections.abc import Awaitable
from datetime import date, datetime
from pathlib import Path

import pytest

from backend.actions import events, everyone
from backend.actions.events import Told
from backend.actions.everyone import Progress, replan_all
from backend.actions.planning import Changes
from backend.actions.publications import draft, publish
from backend.calendars.load import Written
from backend.domain.consent import Purpose
from backend.domain.gestation import dated_by_lmp
from backend.store.models import DueService, Person
from backend.store.sql import execute
from tests.builders import a_person, li_na, wang_xiuying
from tests.crowds import a_crowd

pytestmark = pytest.mark.usefixtures("database")

LMP = date(2026, 9, 20)
WITHOUT_M2 = Written("township.toml", "[rules.m2]\nenabled = false\n")


async def three_expecting(now: datetime) -> list[Person]:
    """Three women of whose pregnancies nothing is planned yet, in the order of their ids."""
    women = []
    for number in range(3):
        woman = await a_person(f"陈{number}", chat=50 + number, topics=(Purpose.MATERNAL,))
        await events.record_pregnancy(woman.id, Told(now=now), dating=dated_by_lmp(LMP))
        women.append(woman)
    await DueService.all().delete()
    return women


async def rules_of(person: Person) -> set[str]:
    """The rules by which somebody is owed anything."""
    rows = await DueService.filter(person_id=person.id)
    return {row.rule for row in rows}


async def test_everyone_is_planned_in_batches_and_from_where_it_stopped(now: datetime) -> None:
    await li_na()
    people = [
        await a_person(f"陈{number}", chat=50 + number, topics=(Purpose.FOLIC_ACID,))
        for number in range(3)
    ]
    done = [progress async for progress in replan_all(now=now)]
    assert [(step.persons, step.changes.added > 0) for step in done] == [(3, True)]
    after_first = replan_all(now=now, after_person=people[0].id)
    assert [step.persons async for step in after_first] == [2]
    again = [step.changes async for step in replan_all(now=now)]
    assert again == [Changes()]


async def test_more_people_than_are_planned_at_once_all_have_their_services(now: datetime) -> None:
    people = 4_130
    await a_crowd(people)
    await Person.all().update(enrolled_on=now.date(), sex="female", birth_date=date(1980, 1, 1))
    await execute(
        "INSERT INTO consent (person_id, purpose, text_version, given_at)"
        " SELECT person_id, 'screening', text_version, given_at FROM consent"
    )
    steps = [step async for step in replan_all(now=now)]
    assert [step.persons for step in steps] == [4_000, 130]
    rows = await execute(
        "SELECT person_id, count(*) AS count FROM due_service WHERE rule = 'sc1' GROUP BY person_id"
    )
    assert [row["count"] for row in rows] == [1] * people
    assert not any([step.changes async for step in replan_all(now=now)])


async def test_only_the_rules_asked_for_are_planned_anew(now: datetime) -> None:
    wang = await wang_xiuying(topics=(Purpose.MATERNAL, Purpose.FOLIC_ACID))
    await events.record_pregnancy(wang.id, Told(now=now), dating=dated_by_lmp(LMP))
    wrong = {"due_on": LMP, "remind_on": None}
    await DueService.filter(rule__in=["m2", "m3", "fa5"]).update(**wrong)
    some = [step.changes async for step in replan_all(now=now, rules={"m2", "fa5"})]
    assert some == [Changes(moved=2)]
    assert await DueService.filter(rule="m3", due_on=LMP).count() == 1
    rest = [step.changes async for step in replan_all(now=now)]
    assert rest == [Changes(moved=1)]


@pytest.fixture
def one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """Batches of one person."""
    monkeypatch.setattr(everyone, "_BATCH", 1)


async def plan_three(now: datetime, *, meanwhile: Awaitable[object]) -> None:
    """Plan three persons one by one, and do something once the second was read ahead."""
    steps = replan_all(now=now)
    await anext(steps)
    await meanwhile
    assert len([step async for step in steps]) == 2


@pytest.mark.usefixtures("one_by_one")
async def test_who_changes_after_she_was_read_ahead_is_planned_by_what_is_true_now(
    now: datetime,
) -> None:
    first, second, third = await three_expecting(now)
    await plan_three(now, meanwhile=Person.filter(id=second.id).update(calendar="who2016"))
    assert "m2" in await rules_of(first)
    assert "m2" in await rules_of(third)
    assert "who_20w" in await rules_of(second)
    assert "m2" not in await rules_of(second)


@pytest.mark.usefixtures("one_by_one")
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
async def test_what_another_process_wrote_meanwhile_counts_as_well(
    now: datetime, sqlite_file: Path
) -> None:
    _, second, _ = await three_expecting(now)

    async def another_process() -> None:
        other = sqlite3.connect(sqlite_file)
        with other:
            other.execute("UPDATE person SET calendar = 'who2016' WHERE id = ?", (second.id,))
        other.close()

    await plan_three(now, meanwhile=another_process())
    assert "m2" not in await rules_of(second)


@pytest.mark.usefixtures("one_by_one")
async def test_who_was_read_ahead_is_planned_by_the_rules_in_force_when_she_is_written(
    now: datetime,
) -> None:
    first, second, third = await three_expecting(now)
    await plan_three(now, meanwhile=publish(await draft(WITHOUT_M2), now=now))
    assert "m2" in await rules_of(first)
    assert "m3" in await rules_of(second) & await rules_of(third)
    assert "m2" not in await rules_of(second) | await rules_of(third)


@pytest.mark.usefixtures("one_by_one")
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
async def test_where_nobody_else_writes_everyone_is_read_once(
    now: datetime, caplog: pytest.LogCaptureFixture
) -> None:
    await three_expecting(now)
    with caplog.at_level(logging.DEBUG, logger="tortoise.db_client"):
        assert len([step async for step in replan_all(now=now)]) == 3
    read = [record for record in caplog.records if "FROM life_event" in record.getMessage()]
    assert len(read) == 3


@pytest.mark.usefixtures("one_by_one")
async def test_who_cannot_be_planned_stops_the_rest_and_what_was_done_is_kept(
    now: datetime,
) -> None:
    first, second, _ = await three_expecting(now)
    await execute("UPDATE life_event SET kind = 'unheard_of' WHERE person_id = $1", second.id)
    steps, done = replan_all(now=now), list[Progress]()
    with pytest.raises(KeyError, match="unheard_of"):
        done += [step async for step in steps]
    assert await DueService.filter(person_id=first.id).exists()
    assert not await DueService.exclude(person_id=first.id).exists()


@pytest.mark.usefixtures("one_by_one")
async def test_who_could_not_be_planned_ahead_is_planned_once_her_events_are_mended(
    now: datetime, caplog: pytest.LogCaptureFixture
) -> None:
    _, second, _ = await three_expecting(now)
    tell = "UPDATE life_event SET kind = $1 WHERE person_id = $2"
    await execute(tell, "unheard_of", second.id)
    steps = replan_all(now=now)
    await anext(steps)
    await execute(tell, "pregnancy", second.id)
    assert len([step async for step in steps]) == 2
    assert "m2" in await rules_of(second)
    gc.collect()
    assert not [record for record in caplog.records if record.name == "asyncio"]


@pytest.mark.usefixtures("one_by_one")
async def test_two_who_plan_everyone_at_once_leave_python_as_it_was(now: datetime) -> None:
    await three_expecting(now)
    before = gc.isenabled(), sys.getswitchinterval()
    first, second = replan_all(now=now), replan_all(now=now)
    await anext(first)
    await anext(second)
    assert len([step async for step in first]) == 2
    assert not gc.isenabled()
    assert len([step async for step in second]) == 2
    assert (gc.isenabled(), sys.getswitchinterval()) == before
