"""Keeping what is owed in step with the facts: plan again, write only what changed."""

from collections.abc import AsyncIterator, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from backend.actions.due_run import queue_due_for
from backend.actions.dues import DUE_COLUMNS, lock_persons, read_due
from backend.actions.facts import load_facts
from backend.actions.recall import recall_due_services
from backend.actions.rulebook import rulebook
from backend.actions.tasks import cancel_tasks_about
from backend.domain.events import EventKind
from backend.domain.reminders import next_reminder_on
from backend.domain.schedule import (
    DueService,
    Facts,
    State,
    plan,
)
from backend.store.sql import (
    Row,
    as_date,
    execute,
    execute_many,
    in_transaction,
    marks,
)

_SECONDS_AN_HOUR, _HOURS_A_WEEK = 3600, 168
_BATCH = 500
_LIVE = ("planned", "open")

_INSERT = """
    INSERT INTO due_service (person_id, rule, episode, occurrence, rule_version, topic, opens_on,
        due_on, closes_on, state, anchor, anchor_on, done_on, remind_on, updated_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
    ON CONFLICT (person_id, rule, episode, occurrence) DO NOTHING
"""
_UPDATE = """
    UPDATE due_service SET rule_version = $1, topic = $2, opens_on = $3, due_on = $4,
        closes_on = $5, state = $6, anchor = $7, anchor_on = $8, done_on = $9, remind_on = $10,
        updated_at = $11 WHERE id = $12
"""
_END = "UPDATE due_service SET state = $1, remind_on = NULL, updated_at = $2 WHERE id = $3"


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
    changes: Changes


@dataclass(slots=True)
class _Difference:
    """The rows to write, and the live rows that end by it."""

    added: list[tuple[object, ...]] = field(default_factory=list)
    moved: list[tuple[object, ...]] = field(default_factory=list)
    ended: list[tuple[object, ...]] = field(default_factory=list)
    over: list[int] = field(default_factory=list)


async def replan(person_id: int, *, now: datetime, is_told: bool = True) -> Changes:
    """Plan one person anew and queue what is to be told today, in the caller's transaction.

    Without `is_told` nothing is queued, as when something is put back as it was.
    """
    async with in_transaction():
        changes = await _replan([person_id], now=now)
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
    while True:
        rows = await execute(
            "SELECT id FROM person WHERE enrolled_on IS NOT NULL AND state <> 'erased'"
            f" AND id > $1 ORDER BY id LIMIT {_BATCH}",
            after_person,
        )
        if not rows:
            return
        person_ids = [row["id"] for row in rows]
        async with in_transaction():
            changes = await _replan(person_ids, now=now, rules=rules)
        after_person = person_ids[-1]
        yield Progress(after_person, len(person_ids), changes)


async def renew_share(*, now: datetime) -> Changes:
    """Plan a share of everyone anew, another one each hour, so that all had their turn in a week.

    Services that repeat for ever are planned 400 days ahead; this is what carries them on.
    """
    share = int(now.timestamp()) // _SECONDS_AN_HOUR % _HOURS_A_WEEK
    rows = await execute(
        "SELECT id FROM person WHERE enrolled_on IS NOT NULL AND state <> 'erased'"
        " AND id % $1 = $2 ORDER BY id",
        *(_HOURS_A_WEEK, share),
    )
    changes = Changes()
    for first in range(0, len(rows), _BATCH):
        person_ids = [row["id"] for row in rows[first : first + _BATCH]]
        async with in_transaction():
            changes += await _replan(person_ids, now=now)
    return changes


async def roll(*, now: datetime) -> Changes:
    """Let the windows of everyone open and close with the date; no plan changes by it."""
    today = now.date()
    async with in_transaction():
        opened = await execute(
            "UPDATE due_service SET state = 'open', updated_at = $2"
            " WHERE state = 'planned' AND opens_on <= $1 AND closes_on >= $1 RETURNING 1 AS one",
            *(today, now),
        )
        closed = await execute(
            "UPDATE due_service SET state = 'closed', remind_on = NULL, updated_at = $2"
            " WHERE state IN ('planned', 'open') AND closes_on < $1 RETURNING 1 AS one",
            *(today, now),
        )
    return Changes(moved=len(opened), ended=len(closed))


async def _replan(
    person_ids: Collection[int], *, now: datetime, rules: Collection[str] | None = None
) -> Changes:
    """Bring the due services of some persons, by some rules only or all, to what is owed now."""
    whose = f"IN ({marks(len(person_ids))})"
    await execute(
        f"SELECT id FROM person p WHERE id {whose} ORDER BY id {lock_persons('p')}", *person_ids
    )
    zone = now.tzinfo
    assert zone is not None, "now is aware"
    facts = await load_facts(person_ids, zone)
    held = await _held(person_ids, rules)
    difference = _Difference()
    for person_id, known in facts.items():
        here = rulebook().at(known.region)
        planned = here if rules is None else [rule for rule in here if rule.id in rules]
        dues = plan(known, planned, now.date())
        rows = held.get(person_id, ())
        _compare((person_id, known), dues, rows, difference=difference, now=now)
    return await _write(person_ids, difference, now=now)


async def _held(person_ids: Collection[int], rules: Collection[str] | None) -> dict[int, list[Row]]:
    """The due services of some persons as they stand, by some rules only or all."""
    query = f"SELECT {DUE_COLUMNS} FROM due_service WHERE person_id IN ({marks(len(person_ids))})"
    if rules is not None:
        query += f" AND rule IN ({marks(len(rules), after=len(person_ids))})"
    held: dict[int, list[Row]] = {}
    for row in await execute(query, *person_ids, *(rules or ())):
        held.setdefault(row["person_id"], []).append(row)
    return held


async def _write(person_ids: Collection[int], difference: _Difference, *, now: datetime) -> Changes:
    for statement, rows in (
        (_INSERT, difference.added),
        (_UPDATE, difference.moved),
        (_END, difference.ended),
    ):
        if rows:
            await execute_many(statement, rows)
    await recall_due_services(person_ids, difference.over, now=now)
    await cancel_tasks_about(difference.over, now=now)
    return Changes(len(difference.added), len(difference.moved), len(difference.ended))


def _compare(
    person: tuple[int, Facts],
    dues: Iterable[DueService],
    held: Iterable[Row],
    *,
    difference: _Difference,
    now: datetime,
) -> None:
    """Note what has to be written so that the rows of a person say what the plan says."""
    (person_id, facts), today = person, now.date()
    rows = {(row["rule"], row["episode"], row["occurrence"]): row for row in held}
    for due in dues:
        columns = _columns(due, facts)
        row = rows.pop(due.key, None)
        if row is not None:
            if not _says(row, columns):
                _move(row, due, columns, difference=difference, now=now)
        elif due.state.is_live or due.state is State.DONE:
            remind_on = _first_reminder(due, today)
            difference.added.append((person_id, *due.key, *columns.values(), remind_on, now))
    over = [row["id"] for row in rows.values() if row["state"] in _LIVE]
    difference.ended += [(State.CANCELLED.value, now, due_id) for due_id in over]
    difference.over += over


def _move(
    row: Row,
    due: DueService,
    columns: Mapping[str, object],
    *,
    difference: _Difference,
    now: datetime,
) -> None:
    """Note a row whose service has moved or changed its state."""
    remind_on = _moved_reminder(row, due, now.date())
    difference.moved.append((*columns.values(), remind_on, now, row["id"]))
    if row["state"] in _LIVE and not due.state.is_live:
        difference.over.append(row["id"])


def _columns(due: DueService, facts: Facts) -> dict[str, object]:
    """The columns that the plan decides, in the order of the statements."""
    return {
        "rule_version": due.version,
        "topic": due.topic,
        "opens_on": due.opens_on,
        "due_on": due.due_on,
        "closes_on": due.closes_on,
        "state": due.state.value,
        "anchor": due.why.anchor.value,
        "anchor_on": due.why.anchor_on,
        "done_on": _done_on(due, facts),
    }


def _says(row: Row, columns: Mapping[str, object]) -> bool:
    """Whether a row says what the plan says."""
    return all(
        value == (as_date(row[name]) if isinstance(value, date) else row[name])
        for name, value in columns.items()
    )


def _done_on(due: DueService, facts: Facts) -> date | None:
    """The day a done service was had: as recorded by name, else by a day in its window."""
    if due.state is not State.DONE:
        return None
    own = [record for record in facts.records if record.rule == due.rule]
    named = [r.on for r in own if (r.rule, r.episode, r.occurrence) == due.key]
    days = named or [record.on for record in own]
    days += [event.on for event in facts.events if event.kind is EventKind.EXAM and event.on]
    return next((day for day in days if named or due.opens_on <= day <= due.closes_on), None)


def _first_reminder(due: DueService, today: date) -> date | None:
    rule = rulebook().find(due.rule, due.version)
    return next_reminder_on(due, rule, since=today) if rule else None


def _moved_reminder(row: Row, due: DueService, today: date) -> date | None:
    """The next reminder of a service that moved; a first one that was given is not repeated."""
    rule = rulebook().find(due.rule, due.version)
    if rule is None or not due.state.is_live:
        return None
    before = read_due(row)
    if before.state.is_live and before[4:7] == due[4:7]:
        return as_date(row["remind_on"])
    was_reminded = before.state.is_live and row["remind_on"] != next_reminder_on(before, rule)
    if not was_reminded:
        return next_reminder_on(due, rule, since=today)
    return next_reminder_on(due, rule, today - timedelta(days=1))
