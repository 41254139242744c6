"""Keeping what is owed in step with the facts: plan again, write only what changed."""

import asyncio
import gc
from collections.abc import AsyncIterator, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from backend.actions.differences import (
    END,
    MOVE,
    NEW_ROWS,
    UNSAY,
    Difference,
    compare,
    first_reminder,
    new_rows,
)
from backend.actions.due_run import queue_due_for
from backend.actions.dues import DUE_COLUMNS, lock
from backend.actions.facts import load_facts
from backend.actions.late_run import skip_late
from backend.actions.recall import recall_due_services, take_back_unsent
from backend.actions.rulebook import Rulebook, follow_publications
from backend.actions.tasks import cancel_tasks_about, cancel_visits_about
from backend.domain.schedule import Facts, State, first_plan, plan
from backend.store.sql import (
    Row,
    among,
    execute,
    execute_many,
    in_transaction,
    listed,
    marks,
)

_SECONDS_AN_HOUR, _HOURS_A_WEEK = 3600, 168
# As many persons as can be written while others wait for the database without minding.
_BATCH = 2_000
# As many as are planned while the rows of those before them are written. Not fewer: SQLite sets
# aside each page that a statement touches, and small statements touch the same ones again.
_AT_ONCE = 1_000
# As few as are planned before anyone notices that the loop stood still.
_WITHOUT_A_THREAD = 250
# That a live service opens, or has its last day, by a day; said as its index has it.
_TURNS = "CASE state WHEN 'planned' THEN opens_on WHEN 'open' THEN closes_on END <= $1"
_ENROLLED = "enrolled_on IS NOT NULL AND state <> 'erased'"

# A person's id, facts and rows; the rules to plan by, all of a rulebook or those of some ids.
_Known = tuple[int, Facts, Sequence[Row]]
_By = tuple[Rulebook, Collection[str] | None]


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
class Progress:
    """How far a planning of everyone has come; go on after `last_person`."""

    last_person: int
    persons: int
    difference: Difference

    @property
    def changes(self) -> Changes:
        """How many due services were written."""
        return _changes(self.difference)


async def replan(person_id: int, *, now: datetime, is_told: bool = True) -> Changes:
    """Plan one person anew and queue what is to be told today, in the caller's transaction.

    Without `is_told` nothing is queued, as when something is put back as it was.
    """
    async with in_transaction():
        changes = _changes(await _replan([person_id], now=now))
        if is_told:
            await queue_due_for([person_id], now=now)
        return changes


async def replan_all(
    *, now: datetime, after_person: int = 0, rules: Collection[str] | None = None
) -> AsyncIterator[Progress]:
    """Plan everyone who is enrolled anew, batch by batch, each in its own transaction.

    With `rules`, ids, only what is owed by these rules is planned and compared: no rule depends
    on another. Stopped after any batch, it goes on from `after_person`.
    """
    while step := await replan_batch(after_person, now=now, rules=rules):
        yield step
        after_person = step.last_person


async def replan_batch(
    after_person: int, *, now: datetime, rules: Collection[str] | None = None
) -> Progress | None:
    """Plan the next persons after one anew, in one transaction; None if there are no more."""
    person_ids = await enrolled_after(after_person)
    if not person_ids:
        return None
    with _without_collecting():
        async with in_transaction():
            difference = await _replan(person_ids, now=now, rules=rules)
    return Progress(person_ids[-1], len(person_ids), difference)


@contextmanager
def _without_collecting() -> Iterator[None]:
    """Look for no garbage meanwhile: a batch makes many values that live on, and no cycles."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


async def enrolled_after(person_id: int) -> list[int]:
    """The next persons who are enrolled after one, in the order in which all are planned."""
    query = f"SELECT id FROM person WHERE {_ENROLLED} AND id > $1 ORDER BY id LIMIT {_BATCH}"
    return [row["id"] for row in await execute(query, person_id)]


async def count_enrolled() -> int:
    """How many persons are enrolled."""
    rows = await execute(f"SELECT count(*) AS persons FROM person WHERE {_ENROLLED}")
    persons: int = rows[0]["persons"]
    return persons


async def renew_share(*, now: datetime) -> Changes:
    """Plan a share of everyone anew, another one each hour, so that all had their turn in a week.

    Services that repeat for ever are planned 400 days ahead; this is what carries them on.
    """
    share = int(now.timestamp()) // _SECONDS_AN_HOUR % _HOURS_A_WEEK
    query = f"SELECT id FROM person WHERE {_ENROLLED} AND id % $1 = $2 ORDER BY id"
    rows = await execute(query, _HOURS_A_WEEK, share)
    changes = Changes()
    for first in range(0, len(rows), _BATCH):
        person_ids = [row["id"] for row in rows[first : first + _BATCH]]
        async with in_transaction():
            changes += _changes(await _replan(person_ids, now=now))
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


async def _replan(
    person_ids: Sequence[int], *, now: datetime, rules: Collection[str] | None = None
) -> Difference:
    """Bring the due services of some persons, by some rules only or all, to what is owed now."""
    await lock(person_ids)
    # Read once the persons are locked: who waited here must not plan by rules replaced meanwhile.
    book = await follow_publications()
    known = await _known(person_ids, book, rules, now=now)
    difference = await _plan_and_add(known, (book, rules), now=now)
    await _take_back(difference, book, now=now)
    await _write(person_ids, difference, now=now)
    return difference


async def differences(
    person_ids: Sequence[int], book: Rulebook, rules: Collection[str] | None, *, now: datetime
) -> Difference:
    """How the rows of persons differ from what a rulebook owes them, by some rules only or all."""
    known = await _known(person_ids, book, rules, now=now)
    return _differences(known, (book, rules), now=now)


async def _known(
    person_ids: Sequence[int], book: Rulebook, rules: Collection[str] | None, *, now: datetime
) -> list[_Known]:
    """The facts of those persons who are enrolled, and the rows they have, by id."""
    zone = now.tzinfo
    assert zone is not None, "now is aware"
    held = await _held(person_ids, rules)
    if rules is not None:
        # Whoever agreed to none of their topics, and has nothing by them, need not be looked at.
        topics = {rule.audience.topic for rule in book.rules if rule.id in rules}
        person_ids = sorted(held.keys() | await _who_agreed(person_ids, topics))
    facts = await load_facts(person_ids, zone)
    return [(person_id, known, held.get(person_id, ())) for person_id, known in facts.items()]


async def _who_agreed(person_ids: Sequence[int], topics: Collection[str]) -> set[int]:
    query = f"SELECT person_id FROM consent WHERE {among('person_id', 1)}"
    query += f" AND purpose IN ({marks(len(topics), after=1)})"
    rows = await execute(query, listed(person_ids), *topics) if topics else []
    return {row["person_id"] for row in rows}


async def _plan_and_add(known: Sequence[_Known], by: _By, *, now: datetime) -> Difference:
    """The differences, whose new rows are written while the next persons are planned.

    Many are planned in a thread, so that the loop can go on with the writing and all else.
    """
    if len(known) <= _WITHOUT_A_THREAD:
        difference = _differences(known, by, now=now)
        await NEW_ROWS.write(difference.added, now)
        return difference
    difference, writing = Difference(), None
    try:
        for first in range(0, len(known), _AT_ONCE):
            some = known[first : first + _AT_ONCE]
            part = await asyncio.to_thread(_differences, some, by, now=now)
            if writing:
                await writing
            writing = asyncio.create_task(NEW_ROWS.write(part.added, now))
            difference.extend(part)
    finally:
        if writing:
            await writing
    return difference


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
        await execute_many(UNSAY, [(due_id,) for due_id in unsaid])


async def _write(person_ids: Collection[int], difference: Difference, *, now: datetime) -> None:
    """Write what is not new; that is written already."""
    for statement, rows in (
        (MOVE, [(*m.planned, m.remind_on, now, m.row["id"]) for m in difference.moved]),
        (END, [(State.CANCELLED.value, now, row["id"]) for row in difference.ended]),
    ):
        if rows:
            await execute_many(statement, rows)
    over = difference.over
    await recall_due_services(person_ids, over, now=now)
    await cancel_tasks_about(over, now=now)


def _changes(difference: Difference) -> Changes:
    return Changes(difference.count_added, len(difference.moved), len(difference.ended))


async def _held(person_ids: Collection[int], rules: Collection[str] | None) -> dict[int, list[Row]]:
    """The due services of some persons as they stand, by some rules only or all."""
    query = f"SELECT {DUE_COLUMNS} FROM due_service WHERE {among('person_id', 1)}"
    if rules is not None:
        query += f" AND rule IN ({marks(len(rules), after=1)})"
    held: dict[int, list[Row]] = {}
    for row in await execute(query, listed(person_ids), *(rules or ())):
        held.setdefault(row["person_id"], []).append(row)
    return held


def _differences(known: Iterable[_Known], by: _By, *, now: datetime) -> Difference:
    (book, rules), difference, today = by, Difference(), now.date()
    for person_id, facts, held in known:
        here = book.at(facts.region)
        wanted = here if rules is None else here.only(rules)
        if not held:
            owed = first_plan(facts, wanted, today)
            new_rows(book, today).add(person_id, facts, owed, difference)
            continue
        dues, to = plan(facts, wanted, today), difference
        compare(facts, dues, held, person_id=person_id, book=book, difference=to, today=today)
    return difference
