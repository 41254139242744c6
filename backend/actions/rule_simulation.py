"""What publishing changed rules would do to the people now enrolled, before it is done."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import product

from backend.actions.differences import Difference
from backend.actions.dues import read_due
from backend.actions.everyone import count_enrolled, enrolled_after
from backend.actions.planning import find_difference, read
from backend.actions.publications import Draft
from backend.actions.rulebook import Rulebook, follow_publications
from backend.domain.calendar import Rule
from backend.domain.reminders import next_reminder_on
from backend.domain.rule_changes import (
    Candidates,
    Course,
    Effect,
    Stretch,
    Tally,
    day_by_day,
)
from backend.domain.rules import HORIZON
from backend.domain.schedule import DueService
from backend.store.sql import among, as_date, execute, listed

SAMPLES = 10
_PERSON = "SELECT birth_date, birth_year, village_code FROM person WHERE id = $1"

Versions = Mapping[str, tuple[tuple[int, ...], tuple[int, ...]]]
OnProgress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Touched:
    """What changes somewhere: services that appear, move and vanish, and for how many people."""

    services: Tally = field(default_factory=Tally)
    people: int = 0


@dataclass(frozen=True, slots=True)
class Sample:
    """One person's days as they are and as they would be.

    Nobody's name is in it: `born` is a year, if it is known. `person_id` is for who may open her.
    """

    person_id: int
    born: int | None
    village_code: str
    days: tuple[Stretch, ...]


@dataclass(frozen=True, slots=True)
class Simulation:
    """What a draft would do to `people` who are enrolled.

    `versions` holds of each changed rule the versions in force before and after; villages are
    12-digit codes; samples are the people whose changes differ most from each other.
    """

    people: int
    touched: Touched
    versions: Versions
    by_rule: Mapping[str, Touched]
    by_village: Mapping[str, Touched]
    by_rule_and_village: Mapping[tuple[str, str], Touched]
    samples: tuple[Sample, ...]


async def simulate_rules(
    drafted: Draft, *, now: datetime, on_progress: OnProgress = lambda done, total: None
) -> Simulation:
    """Plan everybody who is enrolled by a draft, in memory of one batch, and write nothing.

    The rows as they stand are compared with the changed rules by the same code that publishing
    runs, so the counts are what it will do to them. `on_progress` is told people done and in all.
    """
    before = await follow_publications()
    book = before.succeeded_by(drafted.rules)
    total, done, last_person, counts = await count_enrolled(), 0, 0, _Counts()
    while drafted.to_plan != frozenset() and (person_ids := await enrolled_after(last_person)):
        reading = await read(person_ids, book, drafted.to_plan)
        difference = await find_difference(reading, now=now)
        counts.add(difference, await _villages(person_ids))
        done, last_person = done + len(person_ids), person_ids[-1]
        on_progress(done, max(done, total))
    chosen = counts.candidates.chosen()
    samples = [await _sample(one, book, drafted, now=now) for one in chosen]
    return counts.result(max(done, total), _versions(before, drafted), samples)


class _Counts:
    """The counts as they grow, batch by batch; None stands for every rule or village."""

    def __init__(self) -> None:
        self.candidates = Candidates(SAMPLES)
        self._effects: Counter[tuple[str | None, str | None, Effect]] = Counter()
        self._people: Counter[tuple[str | None, str | None]] = Counter()

    def add(self, difference: Difference, villages: Mapping[int, str]) -> None:
        """Count what changes for the people of a batch."""
        by_person: defaultdict[int, list[tuple[str, Effect]]] = defaultdict(list)
        for person_id, rule, what in difference.effects():
            by_person[person_id].append((rule, what))
        for person_id, effects in by_person.items():
            here = (villages[person_id], None)
            rules = {None, *(rule for rule, _ in effects)}
            self._people.update(product(rules, here))
            for rule, what in effects:
                self._effects.update(product((rule, None), here, (what,)))
            self.candidates.add(person_id, effects)

    def result(self, people: int, versions: Versions, samples: Iterable[Sample]) -> Simulation:
        """Everything counted."""
        places = sorted((rule, place) for rule, place in self._people if rule and place)
        rules = sorted({*versions, *(rule for rule, _ in places)})
        villages = sorted({village for _, village in places})
        return Simulation(
            people=people,
            touched=self._touched(None, None),
            versions=versions,
            by_rule={rule: self._touched(rule, None) for rule in rules},
            by_village={village: self._touched(None, village) for village in villages},
            by_rule_and_village={place: self._touched(*place) for place in places},
            samples=tuple(samples),
        )

    def _touched(self, rule: str | None, village: str | None) -> Touched:
        counted = [self._effects[rule, village, what] for what in Effect]
        return Touched(Tally(*counted), self._people[rule, village])


def _versions(before: Rulebook, drafted: Draft) -> Versions:
    """Of each rule that changes, the versions in force before and after."""
    return {
        rule_id: (_offered(before.rules, rule_id), _offered(drafted.rules, rule_id))
        for rule_id in sorted(drafted.changed)
    }


def _offered(rules: Iterable[Rule], rule_id: str) -> tuple[int, ...]:
    return tuple(sorted({rule.version for rule in rules if rule.id == rule_id and rule.is_offered}))


async def _villages(person_ids: Iterable[int]) -> dict[int, str]:
    query = f"SELECT id, village_code FROM person WHERE {among('id', 1)}"
    return {row["id"]: row["village_code"] for row in await execute(query, listed(person_ids))}


async def _sample(person_id: int, book: Rulebook, drafted: Draft, *, now: datetime) -> Sample:
    """One person's days, as far ahead as services are planned."""
    person = (await execute(_PERSON, person_id))[0]
    difference = await find_difference(await read([person_id], book, drafted.to_plan), now=now)
    today = now.date()
    days = day_by_day(
        [_course(due, book, remind_on, today) for due, remind_on in _before(difference)],
        [_course(due, book, remind_on, today) for due, remind_on in _after(difference)],
        first_on=today,
        last_on=today + HORIZON,
    )
    born = as_date(person["birth_date"])
    return Sample(
        person_id=person_id,
        born=born.year if born else person["birth_year"],
        village_code=person["village_code"],
        days=tuple(days),
    )


def _before(difference: Difference) -> Iterator[tuple[DueService, date | None]]:
    """What can be had now of what changes, with the next day of reminding."""
    for row in (*difference.ended, *(step.row for step in difference.moved)):
        yield read_due(row), as_date(row["remind_on"])


def _after(difference: Difference) -> Iterator[tuple[DueService, date | None]]:
    """What could be had then of what changes, with the next day of reminding."""
    for step in difference.moved:
        yield step.due, step.remind_on
    for row in difference.added_rows():
        yield read_due(row), as_date(row["remind_on"])


def _course(due: DueService, book: Rulebook, remind_on: date | None, today: date) -> Course:
    """A service as it runs; one that is over has no days."""
    rule = book.find(due.rule, due.version)
    if rule is None or not due.state.is_live:
        return Course(due.rule, due.occurrence, date.max, date.min, ())
    reminders, last_on = [], today + HORIZON
    while remind_on and remind_on <= last_on:
        reminders.append(max(remind_on, today))
        remind_on = next_reminder_on(due, rule, reminders[-1])
    return Course(due.rule, due.occurrence, due.opens_on, due.closes_on, tuple(reminders))
