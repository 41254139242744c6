"""What has to be written so that a person's rows say what the plan says."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from backend.actions.dues import read_due
from backend.actions.rulebook import rulebook
from backend.domain.events import EventKind
from backend.domain.reminders import next_reminder_on
from backend.domain.schedule import DueService, Facts, State
from backend.store.sql import Row, as_date

_LIVE = ("planned", "open")
# What the plan decides of a row, in the order of `_planned`.
_PLANNED = (
    *("rule_version", "topic", "opens_on", "due_on", "closes_on"),
    *("state", "anchor", "anchor_on", "done_on"),
)
COLUMNS = ("person_id", "rule", "episode", "occurrence", *_PLANNED, "remind_on", "updated_at")
_MARKED = ", ".join(f"{name} = ${number}" for number, name in enumerate(_PLANNED, 1))
MOVE = f"UPDATE due_service SET {_MARKED}, remind_on = $10, updated_at = $11 WHERE id = $12"
END = "UPDATE due_service SET state = $1, remind_on = NULL, updated_at = $2 WHERE id = $3"

Values = tuple[object, ...]


@dataclass(slots=True)
class Difference:
    """The rows to write, and the ids of live rows that are over by it."""

    added: list[Values] = field(default_factory=list)
    moved: list[Values] = field(default_factory=list)
    ended: list[Values] = field(default_factory=list)
    over: list[int] = field(default_factory=list)


def compare(
    facts: Facts,
    dues: Iterable[DueService],
    held: Sequence[Row],
    *,
    person_id: int,
    difference: Difference,
    now: datetime,
) -> None:
    """Note how the rows a person has differ from what she is owed.

    What ended before it was ever written is left out; what is no longer owed becomes cancelled.
    """
    if not held:
        _add(person_id, facts, dues, difference=difference, now=now)
        return
    rows = {(row["rule"], row["episode"], row["occurrence"]): row for row in held}
    fresh = []
    for due in dues:
        row = rows.pop(due.key, None)
        if row is None:
            fresh.append(due)
        else:
            _move(row, due, facts, difference=difference, now=now)
    _add(person_id, facts, fresh, difference=difference, now=now)
    over = [row["id"] for row in rows.values() if row["state"] in _LIVE]
    difference.ended += [(State.CANCELLED.value, now, due_id) for due_id in over]
    difference.over += over


def _add(
    person_id: int,
    facts: Facts,
    dues: Iterable[DueService],
    *,
    difference: Difference,
    now: datetime,
) -> None:
    """Note the rows of services that nobody has written yet."""
    today, find = now.date(), rulebook().find
    for due in dues:
        if not due.state.is_live and due.state is not State.DONE:
            continue
        rule = find(due.rule, due.version)
        remind_on = next_reminder_on(due, rule, since=today) if rule else None
        planned = _planned(due, facts)
        difference.added.append(
            (person_id, due.rule, due.episode, due.occurrence, *planned, remind_on, now)
        )


def _move(
    row: Row, due: DueService, facts: Facts, *, difference: Difference, now: datetime
) -> None:
    """Note a row whose service has moved or changed its state, if it has."""
    planned = _planned(due, facts)
    if _says(row, planned):
        return
    remind_on = _moved_reminder(row, due, now.date())
    difference.moved.append((*planned, remind_on, now, row["id"]))
    if row["state"] in _LIVE and not due.state.is_live:
        difference.over.append(row["id"])


def _planned(due: DueService, facts: Facts) -> Values:
    """The values that the plan decides, by `_PLANNED`."""
    return (
        *(due.version, due.topic, due.opens_on, due.due_on, due.closes_on),
        *(due.state.value, due.why.anchor.value, due.why.anchor_on, _done_on(due, facts)),
    )


def _says(row: Row, planned: Values) -> bool:
    """Whether a row says what the plan says."""
    return all(
        value == (as_date(row[name]) if isinstance(value, date) else row[name])
        for name, value in zip(_PLANNED, planned, strict=True)
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
