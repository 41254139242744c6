"""What other rules would change for a person: services that appear, move or vanish."""

from bisect import insort
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from itertools import pairwise, zip_longest
from typing import NamedTuple

from backend.domain.calendar import Rule
from backend.domain.schedule import DueService

_ONE_DAY = timedelta(1)
# More kinds of change than this are not told apart when samples are chosen.
_MOST_KINDS = 500


class Effect(StrEnum):
    """What becomes of a service that can still be had."""

    APPEARS = "appears"
    MOVES = "moves"
    VANISHES = "vanishes"


@dataclass(frozen=True, slots=True)
class Tally:
    """How many services appear, move and vanish."""

    appear: int = 0
    move: int = 0
    vanish: int = 0

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(self.appear + other.appear, self.move + other.move, self.vanish + other.vanish)

    def __bool__(self) -> bool:
        return bool(self.appear or self.move or self.vanish)


def effect(before: DueService | None, after: DueService | None) -> Effect | None:
    """What a person sees of a service that was `before` and is `after`; None if nothing.

    One that is over (done, declined, closed, cancelled) or not owed is not there to be had.
    """
    was = before if before and before.state.is_live else None
    will_be = after if after and after.state.is_live else None
    if was and will_be:
        return Effect.MOVES if was[4:7] != will_be[4:7] else None
    if was:
        return Effect.VANISHES
    return Effect.APPEARS if will_be else None


def tally(effects: Iterable[Effect | None]) -> Tally:
    """Count effects; None is nothing."""
    counted = list(effects)
    return Tally(
        counted.count(Effect.APPEARS), counted.count(Effect.MOVES), counted.count(Effect.VANISHES)
    )


def differing(before: Iterable[Rule], after: Iterable[Rule]) -> frozenset[str]:
    """The ids of the rules that are not the same in both, those of one side only among them."""
    old, new = set(before), set(after)
    return frozenset(rule.id for rule in old ^ new)


class Course(NamedTuple):
    """One service as it runs: its window, both days inclusive, and its days of reminding."""

    rule: str
    occurrence: int
    opens_on: date
    closes_on: date
    reminders: tuple[date, ...]


class Shown(NamedTuple):
    """What a person finds on a day: services she can have, and those she is reminded of."""

    open: tuple[str, ...]
    reminded: tuple[str, ...]


class Stretch(NamedTuple):
    """Days, both inclusive, all of which are alike and differ from what they were."""

    first_on: date
    last_on: date
    before: Shown
    after: Shown


def day_by_day(
    before: Sequence[Course], after: Sequence[Course], *, first_on: date, last_on: date
) -> list[Stretch]:
    """The days on which a person would find something else, from one day to another, inclusive.

    Services are named by rule and occurrence, such as `m2/1`.
    """
    turns = {first_on, last_on + _ONE_DAY}
    for course in (*before, *after):
        turns |= {course.opens_on, min(course.closes_on, last_on) + _ONE_DAY}
        turns |= {day + one for day in course.reminders for one in (timedelta(0), _ONE_DAY)}
    within = sorted(day for day in turns if first_on <= day <= last_on + _ONE_DAY)
    stretches = (
        Stretch(start, end - _ONE_DAY, _shown(before, start), _shown(after, start))
        for start, end in pairwise(within)
    )
    return _joined(stretch for stretch in stretches if stretch.before != stretch.after)


def _joined(stretches: Iterable[Stretch]) -> list[Stretch]:
    """The same days with neighbours that are alike as one."""
    found: list[Stretch] = []
    for stretch in stretches:
        last = found[-1] if found else None
        if last and last[2:] == stretch[2:] and last.last_on + _ONE_DAY == stretch.first_on:
            found[-1] = last._replace(last_on=stretch.last_on)
        else:
            found.append(stretch)
    return found


def _shown(courses: Iterable[Course], day: date) -> Shown:
    there = [course for course in courses if course.opens_on <= day <= course.closes_on]
    reminded = [course for course in courses if day in course.reminders]
    return Shown(_names(there), _names(reminded))


def _names(courses: Iterable[Course]) -> tuple[str, ...]:
    return tuple(sorted(f"{course.rule}/{course.occurrence}" for course in courses))


# What happens to one person: each effect, and the rule it comes from.
Kind = frozenset[tuple[str, Effect]]


class Candidates:
    """The people from whom samples are chosen, a bounded number of them of each kind."""

    def __init__(self, wanted: int) -> None:
        self._wanted = wanted
        self._kept: dict[Kind, list[tuple[int, int]]] = {}

    def add(self, person_id: int, effects: Collection[tuple[str, Effect]]) -> None:
        """Take a person in; of one kind those stay who are touched most, then by lowest id."""
        kind = frozenset(effects)
        if kind not in self._kept and len(self._kept) >= _MOST_KINDS:
            return
        insort(self._kept.setdefault(kind, []), (-len(effects), person_id))
        del self._kept[kind][self._wanted :]

    def chosen(self) -> list[int]:
        """The people who differ most from each other: of each kind one, then a second of each."""
        rounds = zip_longest(*(self._kept[kind] for kind in self._kinds()))
        people = [entry[1] for one_of_each in rounds for entry in one_of_each if entry]
        return people[: self._wanted]

    def _kinds(self) -> list[Kind]:
        """The kinds, each next one with the most that was not seen before it."""
        left = sorted(self._kept, key=lambda kind: (-len(kind), sorted(kind)))
        ordered: list[Kind] = []
        seen: set[tuple[str, Effect]] = set()
        while left:
            best = max(left, key=lambda kind: len(kind - seen))
            left.remove(best)
            ordered.append(best)
            seen |= best
        return ordered
