"""What has to be written so that a person's rows say what the plan says."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import NamedTuple, cast

from backend.actions.dues import read_due
from backend.actions.rulebook import Rulebook
from backend.domain.calendar import Anchor, Reason
from backend.domain.due_services import Entry
from backend.domain.events import EventKind
from backend.domain.moved_reminders import Reminded, remind_after_move
from backend.domain.reminders import next_reminder_on
from backend.domain.rule_changes import Effect, effect
from backend.domain.rules import Series
from backend.domain.schedule import DueService, Facts, Owed, State, due_service
from backend.store.alike import Alike, AlikeRows, Owned, Values
from backend.store.sql import Row, as_date

_LIVE = ("planned", "open")
# Nearly as many as a million people have; the rulebook in force beside one that is simulated.
_ALIKE_KEPT, _BOOKS_KEPT = 65_536, 2
# Many are only one person's, and are not asked for again.
_ENTRIES_KEPT = 16_384
# What the plan decides of a row, in the order of `_planned`.
_PLANNED = (
    *("rule_version", "topic", "opens_on", "due_on", "closes_on"),
    *("state", "anchor", "anchor_on", "done_on"),
)
NEW_ROWS = AlikeRows(
    "due_service",
    own=("person_id", "episode"),
    shared=("rule", "occurrence", *_PLANNED, "remind_on"),
    at="updated_at",
)
_MARKED = ", ".join(f"{name} = given.{name}" for name in (*_PLANNED, "remind_on", "updated_at"))
MOVE = f"UPDATE due_service SET {_MARKED} FROM {{given}} WHERE due_service.id = given.id"
_KINDS = {"rule_version": "int", "updated_at": "timestamptz", "id": "bigint"}
# What `MOVE` is given, and its types.
MOVED = {
    name: _KINDS.get(name, "date" if name.endswith("_on") else "text")
    for name in (*_PLANNED, "remind_on", "updated_at", "id")
}

_STATE = 2 + _PLANNED.index("state")
# The text of a state and of an anchor, and which states are worth a row of their own.
_TEXTS = {word: word.value for kind in (State, Anchor, Reason) for word in kind}
_WRITTEN = frozenset(state for state in State if state.is_live or state is State.DONE)
_DONE = State.DONE


class Moved(NamedTuple):
    """A row whose service has other days, another state or rule; `planned` by `_PLANNED`."""

    row: Row
    due: DueService
    planned: Values
    remind_on: date | None


@dataclass(slots=True)
class Difference:
    """The rows to write: new ones by `NEW_ROWS`, those that move, and those nobody is owed."""

    added: list[Owned] = field(default_factory=list)
    moved: list[Moved] = field(default_factory=list)
    ended: list[Row] = field(default_factory=list)

    @property
    def count_added(self) -> int:
        """How many rows are new."""
        return sum(len(alike.rows) for _, _, alike in self.added)

    def added_rows(self) -> Iterator[Row]:
        """The new rows, column by column."""
        for person_id, episode, alike in self.added:
            own = {"person_id": person_id, "episode": episode}
            for values in alike.rows:
                yield own | dict(zip(NEW_ROWS.shared, values, strict=True))

    @property
    def over(self) -> list[int]:
        """The ids of what could be had and cannot any more."""
        ids = [row["id"] for row in self.ended]
        ids += [
            step.row["id"]
            for step in self.moved
            if step.row["state"] in _LIVE and not step.due.state.is_live
        ]
        return ids

    @property
    def put_off(self) -> dict[int, date | None]:
        """What she may have been told is open and opens only later now: ids, and when told."""
        return {
            step.row["id"]: as_date(step.row["reminded_on"])
            for step in self.moved
            if step.row["reminded_on"] and step.due.state is State.PLANNED
        }

    def effects(self) -> Iterator[tuple[int, str, Effect]]:
        """What people see of it: whose service, by which rule, and what becomes of it."""
        for person_id, _, alike in self.added:
            for values in alike.rows:
                if values[_STATE] in _LIVE:
                    yield person_id, cast(str, values[0]), Effect.APPEARS
        for step in self.moved:
            if what := effect(read_due(step.row), step.due):
                yield step.row["person_id"], step.due.rule, what
        for row in self.ended:
            yield row["person_id"], row["rule"], Effect.VANISHES


class NewRows:
    """The new rows of what is owed by a rulebook today, but for whose they are; remembered."""

    def __init__(self, book: Rulebook, today: date) -> None:
        self._book, self._today = book, today
        self._of_series: dict[Series, Alike] = {}
        # By the identity of entries, which are kept beside so that no other has it meanwhile.
        self._of_entries: dict[int, tuple[Entry, Values]] = {}
        self._of_rows: dict[tuple[Values, ...], Alike] = {}

    def add(self, person_id: int, facts: Facts, owed: Iterable[Owed], to: Difference) -> None:
        """Note what a person is owed who has no rows yet; what ended already is left out."""
        known, add = self._of_series, to.added.append
        for one in owed:
            _, episode, series, is_hers = one
            alike = None if is_hers else known.get(series)
            if alike is None:
                alike = self._alike(one, facts)
                if not is_hers:
                    known[series] = alike
            if alike.rows:
                add((person_id, episode, alike))

    def add_one(self, person_id: int, facts: Facts, due: DueService, to: Difference) -> None:
        """Note a service that a person is owed and has no row for, unless it ended already."""
        if due.state in _WRITTEN:
            to.added.append((person_id, due.episode, self._known((self._row(due, facts),))))

    def _alike(self, owed: Owed, facts: Facts) -> Alike:
        rows = []
        for entry in owed.series.entries:
            if entry.state is _DONE:
                rows.append(self._row(due_service(owed, entry), facts))
            elif entry.state in _WRITTEN:
                known = self._of_entries.get(id(entry))
                if known is None:
                    row = self._row(due_service(owed, entry), facts)
                    known = self._of_entries[id(entry)] = entry, row
                rows.append(known[1])
        return self._known(tuple(rows))

    def _known(self, rows: tuple[Values, ...]) -> Alike:
        """The same object for the same rows, as long as they are remembered."""
        if max(len(self._of_rows), len(self._of_series)) >= _ALIKE_KEPT:
            self._of_rows.clear()
            self._of_series.clear()
        if len(self._of_entries) >= _ENTRIES_KEPT:
            self._of_entries.clear()
        return self._of_rows.setdefault(rows, Alike(rows))

    def _row(self, due: DueService, facts: Facts) -> Values:
        remind_on = first_reminder(due, self._book, self._today)
        return (due.rule, due.occurrence, *_planned(due, facts), remind_on)


@lru_cache(_BOOKS_KEPT)
def new_rows(book: Rulebook, today: date) -> NewRows:
    """The rows by a rulebook on a day, the same object each time for as long as it is in use."""
    return NewRows(book, today)


def compare(
    facts: Facts,
    dues: Iterable[DueService],
    held: Sequence[Row],
    *,
    person_id: int,
    book: Rulebook,
    difference: Difference,
    today: date,
) -> None:
    """Note how the rows a person has differ from what she is owed.

    What ended before it was ever written is left out; what is no longer owed becomes cancelled.
    """
    rows = {(row["rule"], row["episode"], row["occurrence"]): row for row in held}
    for due in dues:
        row = rows.pop(due.key, None)
        if row is None:
            new_rows(book, today).add_one(person_id, facts, due, difference)
        else:
            _move(row, due, facts, book=book, difference=difference, today=today)
    difference.ended += [row for row in rows.values() if row["state"] in _LIVE]


def _move(
    row: Row,
    due: DueService,
    facts: Facts,
    *,
    book: Rulebook,
    difference: Difference,
    today: date,
) -> None:
    """Note a row whose service has moved or changed its state, if it has."""
    planned = _planned(due, facts)
    if not _says(row, planned) and not _is_settled(row, due, facts):
        remind_on = _moved_reminder(row, due, book, today)
        difference.moved.append(Moved(row, due, planned, remind_on))


def _planned(due: DueService, facts: Facts) -> Values:
    """The values that the plan decides, by `_PLANNED`."""
    _, version, _, _, opens_on, due_on, closes_on, state, why, topic = due
    told = (_TEXTS[state], _TEXTS[why.anchor], why.anchor_on, _done_on(due, facts))
    return (version, topic, opens_on, due_on, closes_on, *told)


def _says(row: Row, planned: Values) -> bool:
    """Whether a row says what the plan says."""
    return all(
        value == (as_date(row[name]) if isinstance(value, date) else row[name])
        for name, value in zip(_PLANNED, planned, strict=True)
    )


def _is_settled(row: Row, due: DueService, facts: Facts) -> bool:
    """Whether a row stays as it is: what is over stays over under the rule it was had by.

    What was done stays done, though its window moved away from that day, as long as the record
    of that day stands.
    """
    done_on = as_date(row["done_on"])
    if row["state"] == due.state.value:
        return not due.state.is_live and done_on == _done_on(due, facts)
    is_done = row["state"] == State.DONE.value and done_on is not None
    return is_done and done_on in _days_had(due, facts)


def _done_on(due: DueService, facts: Facts) -> date | None:
    """The day a done service was had: as recorded by name, else by a day in its window."""
    if due.state is not _DONE:
        return None
    records = facts.records
    named = [r.on for r in records if (r.rule, r.episode, r.occurrence) == due.key]
    days = named or _days_had(due, facts)
    return next((day for day in days if named or due.opens_on <= day <= due.closes_on), None)


def _days_had(due: DueService, facts: Facts) -> list[date]:
    """The days for which something is recorded that may have been this service."""
    days = [
        record.on
        for record in facts.records
        if record.rule == due.rule
        and record.episode in (None, due.episode)
        and record.occurrence in (None, due.occurrence)
    ]
    days += [
        event.on
        for event in facts.events
        if event.kind is EventKind.EXAM and event.on and event.rule in (None, due.rule)
    ]
    return days


def first_reminder(due: DueService, book: Rulebook, today: date) -> date | None:
    """The first reminder of a service of which nothing was said yet."""
    rule = book.find(due.rule, due.version)
    return next_reminder_on(due, rule, since=today) if rule else None


def _moved_reminder(row: Row, due: DueService, book: Rulebook, today: date) -> date | None:
    rule = book.find(due.rule, due.version)
    if rule is None:
        return None
    before = Reminded(
        due=read_due(row),
        rule=book.find(row["rule"], row["rule_version"]) or rule,
        remind_on=as_date(row["remind_on"]),
        given_on=as_date(row["reminded_on"]),
        booked_on=as_date(row["booked_on"]),
    )
    return remind_after_move(before, due, rule, today)
