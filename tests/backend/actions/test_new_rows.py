"""The first plan of a fictional province: every column that is written says what the plan says."""

from datetime import date

import pytest

from backend.actions.everyone import replan_all
from backend.actions.facts import load_facts
from backend.actions.rulebook import Rulebook, rulebook
from backend.domain.reminders import next_reminder_on
from backend.domain.schedule import DueService, Facts, State, plan
from backend.store.sql import as_date, as_datetime, execute
from scripts.benchmarks.province import NOW, SHANGHAI, TODAY, settle

pytestmark = pytest.mark.usefixtures("database")

PEOPLE = 1_100
COLUMNS = (
    *("rule", "rule_version", "episode", "occurrence", "topic", "state", "anchor"),
    *("opens_on", "due_on", "closes_on", "anchor_on", "done_on", "remind_on"),
)
WORTH_A_ROW = (State.PLANNED, State.OPEN, State.DONE)


def done_on(due: DueService, facts: Facts) -> date | None:
    """The day for which the service was recorded, as all of this province are, by name."""
    if due.state is not State.DONE:
        return None
    days = {record.on for record in facts.records if _key(record) == due.key}
    (day,) = days
    return day


def _key(record: object) -> tuple[object, ...]:
    return tuple(getattr(record, name) for name in ("rule", "episode", "occurrence"))


def row_of(due: DueService, facts: Facts, book: Rulebook) -> tuple[object, ...]:
    rule = book.find(due.rule, due.version)
    days = (due.opens_on, due.due_on, due.closes_on, due.why.anchor_on, done_on(due, facts))
    named = (due.rule, due.version, due.episode, due.occurrence, due.topic)
    remind_on = next_reminder_on(due, rule, since=TODAY) if rule else None
    return (*named, due.state.value, due.why.anchor.value, *days, remind_on)


async def written() -> dict[int, set[tuple[object, ...]]]:
    rows: dict[int, set[tuple[object, ...]]] = {}
    for row in await execute("SELECT * FROM due_service"):
        told = [as_date(row[name]) if name.endswith("_on") else row[name] for name in COLUMNS]
        rows.setdefault(row["person_id"], set()).add(tuple(told))
        assert as_datetime(row["updated_at"]) == NOW
    return rows


async def test_every_new_row_says_what_the_plan_says() -> None:
    await settle(PEOPLE)
    added = sum([step.changes.added async for step in replan_all(now=NOW)])
    person_ids = [row["id"] for row in await execute("SELECT id FROM person")]
    book = rulebook()
    expected = {
        person_id: {
            row_of(due, facts, book)
            for due in plan(facts, book.at(facts.region), TODAY)
            if due.state in WORTH_A_ROW
        }
        for person_id, facts in (await load_facts(person_ids, SHANGHAI)).items()
    }
    found = await written()
    assert found == {person_id: rows for person_id, rows in expected.items() if rows}
    assert added == sum(map(len, found.values())) > 5 * PEOPLE
    assert {row[5] for rows in found.values() for row in rows} == {*map(str, WORTH_A_ROW)}
