"""Keeping what is owed in step with the facts: plan again, write only what changed."""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from backend.actions.differences import (
    MOVE,
    MOVED,
    NEW_ROWS,
    Difference,
    compare,
    first_reminder,
    new_rows,
)
from backend.actions.due_run import queue_due_for
from backend.actions.dues import DUE_COLUMNS, lock
from backend.actions.facts import FactRows, facts_of, read_facts
from backend.actions.late_run import skip_late
from backend.actions.recall import recall_due_services, take_back_unsent
from backend.actions.rulebook import Rulebook, follow_publications
from backend.actions.tasks import cancel_tasks_about, cancel_visits_about
from backend.domain.schedule import State, first_plan, plan
from backend.store.sql import (
    Row,
    among,
    execute,
    in_transaction,
    listed,
    marks,
    write_rows,
)

_SECONDS_AN_HOUR, _HOURS_A_WEEK = 3600, 168
# As many persons as can be planned while others wait for the database without minding.
_BATCH = 2_000
# As few as are planned before anyone notices that the loop stood still.
_WITHOUT_A_THREAD = 250
# That a live service opens, or has its last day, by a day; said as its index has it.
_TURNS = "CASE state WHEN 'planned' THEN opens_on WHEN 'open' THEN closes_on END <= $1"
ENROLLED = "enrolled_on IS NOT NULL AND state <> 'erased'"


@dataclass(frozen=True, slots=True)
class Changes:
    """How many due services a planning wrote anew, moved, and took back."""

    added: int = 0
    moved: int = 0
    ended: int = 0

    def __bool__(self) -> bool:
        return bool(self.added or self.moved or self.ended)

    def __add__(self, other: "Changes") -> "Changes":
        return Changes(self.added + other.added, self.moved + other.moved, self.ended + other.ended)


@dataclass(frozen=True, slots=True)
class Reading:
    """What the planner needs of some persons, as the database told it: facts, and rows they have.

    Equal to another one if it told the same. `rules`, ids, are those to plan by, None for all.
    """

    facts: FactRows
    held: Mapping[int, Sequence[Row]]
    person_ids: Sequence[int] = field(compare=False)
    book: Rulebook = field(compare=False)
    rules: Collection[str] | None = field(compare=False)


async def replan(person_id: int, *, now: datetime, is_told: bool = True) -> Changes:
    """Plan one person anew and queue what is to be told today, in the caller's transaction.

    Without `is_told` nothing is queued, as when something is put back as it was.
    """
    async with in_transaction():
        changes = await _replan([person_id], now=now)
        if is_told:
            await queue_due_for([person_id], now=now)
        return changes


async def renew_share(*, now: datetime) -> Changes:
    """Plan a share of everyone anew, another one each hour, so that all had their turn in a week.

    Services that repeat for ever are planned 400 days ahead; this is what carries them on.
    """
    share = int(now.timestamp()) // _SECONDS_AN_HOUR % _HOURS_A_WEEK
    query = f"SELECT id FROM person WHERE {ENROLLED} AND id % $1 = $2 ORDER BY id"
    rows = await execute(query, _HOURS_A_WEEK, share)
    changes = Changes()
    for first in range(0, len(rows), _BATCH):
        person_ids = [row["id"] for row in rows[first : first + _BATCH]]
        async with in_transaction():
            changes += await _replan(person_ids, now=now)
    return changes


async def roll(*, now: datetime) -> Changes:
    """Let the windows of everyone open and close with the date; no plan changes by it."""
    today = now.date()
    await skip_late(now=now)
    async with in_transaction():
        opened = await execute(
            "UPDATE due_service SET state = 'open', updated_at = $2"
            f" WHERE {_TURNS} AND state = 'planned' AND closes_on >= $1 RETURNING 1 AS one",
            *(today, now),
        )
        closed = await execute(
            "UPDATE due_service SET state = 'closed', remind_on = NULL, updated_at = $2"
            f" WHERE {_TURNS} AND closes_on < $1 RETURNING 1 AS one",
            *(today, now),
        )
    return Changes(moved=len(opened), ended=len(closed))


async def _replan(person_ids: Sequence[int], *, now: datetime) -> Changes:
    """Bring the due services of some persons to what is owed now."""
    await lock(person_ids)
    # Read once the persons are locked: who waited here must not plan by rules replaced meanwhile.
    book = await follow_publications()
    reading = await read(person_ids, book, None)
    return await write(reading, await find_difference(reading, now=now), now=now)


async def read(person_ids: Sequence[int], book: Rulebook, rules: Collection[str] | None) -> Reading:
    """What some persons' plan by a rulebook, by some rules only or all, is made of and compared to.

    Whoever agreed to none of these rules' topics, and has nothing by them, is left out.
    """
    held, some = await _held(person_ids, rules), person_ids
    if rules is not None:
        topics = {rule.audience.topic for rule in book.rules if rule.id in rules}
        some = sorted(held.keys() | await _who_agreed(person_ids, topics))
    return Reading(await read_facts(some), held, person_ids, book, rules)


async def _who_agreed(person_ids: Sequence[int], topics: Collection[str]) -> set[int]:
    query = f"SELECT person_id FROM consent WHERE {among('person_id', 1)}"
    query += f" AND purpose IN ({marks(len(topics), after=1)})"
    rows = await execute(query, listed(person_ids), *topics) if topics else []
    return {row["person_id"] for row in rows}


async def write(reading: Reading, difference: Difference, *, now: datetime) -> Changes:
    """Write what differs, and take back what was to be said of what is owed no more."""
    await _take_back(difference, reading.book, now=now)
    await NEW_ROWS.write(difference.added, now)
    moved = [(*m.planned, m.remind_on, now, m.row["id"]) for m in difference.moved]
    await write_rows(MOVE, MOVED, moved)
    if ended := [row["id"] for row in difference.ended]:
        end = "UPDATE due_service SET state = $1, remind_on = NULL, updated_at = $2"
        await execute(f"{end} WHERE {among('id', 3)}", State.CANCELLED.value, now, listed(ended))
    over = difference.over
    await recall_due_services(reading.person_ids, over, now=now)
    await cancel_tasks_about(over, now=now)
    return Changes(difference.count_added, len(difference.moved), len(difference.ended))


async def _take_back(difference: Difference, book: Rulebook, *, now: datetime) -> None:
    """Take back what says that a service is open which opens only later now, if it is unsent.

    What was not said is said when its day comes; what has gone out is not said again.
    """
    given, today = difference.put_off, now.date()
    if not given:
        return
    unsaid = await take_back_unsent(given, now=now) | await cancel_visits_about(given, now=now)
    difference.moved = [
        step._replace(remind_on=first_reminder(step.due, book, today))
        if step.row["id"] in unsaid
        else step
        for step in difference.moved
    ]
    if unsaid:
        query = f"UPDATE due_service SET reminded_on = NULL WHERE {among('id', 1)}"
        await execute(query, listed(unsaid))


async def _held(person_ids: Collection[int], rules: Collection[str] | None) -> dict[int, list[Row]]:
    """The due services of some persons as they stand, by some rules only or all."""
    query = f"SELECT {DUE_COLUMNS} FROM due_service WHERE {among('person_id', 1)}"
    if rules is not None:
        query += f" AND rule IN ({marks(len(rules), after=1)})"
    held: dict[int, list[Row]] = {}
    for row in await execute(query, listed(person_ids), *(rules or ())):
        held.setdefault(row["person_id"], []).append(row)
    return held


async def find_difference(reading: Reading, *, now: datetime) -> Difference:
    """How the rows of persons differ from what they are owed; needs no database.

    That of many is found in a thread, so that the loop can go on meanwhile.
    """
    if len(reading.person_ids) > _WITHOUT_A_THREAD:
        return await asyncio.to_thread(_difference, reading, now=now)
    return _difference(reading, now=now)


def _difference(reading: Reading, *, now: datetime) -> Difference:
    zone = now.tzinfo
    assert zone is not None, "now is aware"
    book, rules, difference, today = reading.book, reading.rules, Difference(), now.date()
    new = new_rows(book, today)
    for person_id, facts in facts_of(reading.facts, zone):
        here = book.at(facts.region)
        wanted = here if rules is None else here.only(rules)
        held = reading.held.get(person_id)
        if not held:
            new.add(person_id, facts, first_plan(facts, wanted, today), difference)
            continue
        dues, to = plan(facts, wanted, today), difference
        compare(facts, dues, held, person_id=person_id, book=book, difference=to, today=today)
    return difference
