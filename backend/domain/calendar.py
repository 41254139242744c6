"""A service calendar as data: what a rule is, and when one of its windows opens and closes."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache
from itertools import pairwise

from backend.domain.events import EventKind, Method
from backend.domain.gestation import add_months

EVERYONE = "everyone"


class Anchor(StrEnum):
    """What a window is counted from: a life event, or a fact about the person.

    `preparing` is the stretch in which folic acid matters: from enrolment or the wish for a child
    until the pregnancy is three months old. `of_age` is the later of enrolment and the birthday on
    which the rule's lowest age is reached. `expiry` is the end of the life a product is labelled
    with. `certificate` is a residence permit's day of issue, `marriage` the day she told that she
    is going to marry.
    """

    ENROLMENT = "enrolment"
    OF_AGE = "of_age"
    PLANNING = "planning"
    PREPARING = "preparing"
    LMP = "lmp"
    BIRTH = "birth"
    DISCHARGE = "discharge"
    EXAM = "exam"
    PROCEDURE = "procedure"
    REMOVAL = "removal"
    SUPPLY = "supply"
    EXPIRY = "expiry"
    REFERRAL = "referral"
    LAST_PERIOD = "last_period"
    MARRIAGE = "marriage"
    MOVED_IN = "moved_in"
    CERTIFICATE = "certificate"

    # Found by its word, as what equals it is, and without a call.
    __hash__ = str.__hash__


class Reason(StrEnum):
    """What a person told that a window is counted from, where her words were not the anchor's.

    `due_date` is the day a child is expected, `transfer` that day as it follows from assisted
    conception. `delivery` is a birth whose children have died, `record` the last time it was had.
    """

    DUE_DATE = "due_date"
    TRANSFER = "transfer"
    DELIVERY = "delivery"
    RECORD = "record"

    # Found by its word, as what equals it is, and without a call.
    __hash__ = str.__hash__


# Dates an episode may know beside its own anchor.
COMPANIONS = {
    Anchor.PREPARING: frozenset({Anchor.LMP}),
    Anchor.BIRTH: frozenset({Anchor.DISCHARGE}),
    Anchor.PROCEDURE: frozenset({Anchor.EXPIRY}),
}


class Stage(StrEnum):
    """Which stage of life a repeating rule is for."""

    ANY = "any"
    NOT_PREGNANT = "not_pregnant"


class When(StrEnum):
    """A condition under which one of a rule's windows applies."""

    ALWAYS = "always"
    CAESAREAN = "caesarean"
    NOT_PREGNANT = "not_pregnant"
    TWO_RODS = "two_rods"
    SIX_RODS = "six_rods"


class Kind(StrEnum):
    """A service to be had, or a question asked once."""

    SERVICE = "service"
    QUESTION = "question"


class First(StrEnum):
    """The day of the first reminder; `daily` means every day of the window."""

    OPENS = "opens"
    DUE = "due"
    DAILY = "daily"


class Certainty(StrEnum):
    """How sure we are of a rule: the grades of `domain.md`."""

    READ = "V"
    SECONDARY = "V2"
    RECALLED = "R"
    UNCERTAIN = "U"


@dataclass(frozen=True, slots=True)
class Mark:
    """A day: an anchor, some calendar months on (clamped to the month's end), then some days."""

    anchor: Anchor
    months: int = 0
    days: int = 0
    # Made once: the planner lays some 300 million marks for a million people.
    step: timedelta = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "step", timedelta(self.days))

    def day(self, anchor_on: date, shift_months: int = 0) -> date:
        """The civil day of this mark; for a repeated window, counted from `shift_months` later.

        Both steps are clamped, so a month before the anniversary of 29 February is 28 January
        where that anniversary is 28 February.
        """
        on = add_months(anchor_on, shift_months) if shift_months else anchor_on
        return (add_months(on, self.months) if self.months else on) + self.step


@dataclass(frozen=True, slots=True)
class Window:
    """From `opens` to `closes`, both inclusive, best on `due`; used where its anchors are known."""

    opens: Mark
    due: Mark
    closes: Mark
    when: When = When.ALWAYS

    @property
    def anchors(self) -> frozenset[Anchor]:
        """Every anchor one has to know to use this window."""
        return frozenset({self.opens.anchor, self.due.anchor, self.closes.anchor})


@dataclass(frozen=True, slots=True)
class Repeat:
    """How a window repeats.

    Either at fixed `months` after the anchor and then each `then_every_months`, numbered by month;
    or each `every_months`, numbered from 1. `from_record`: counted from the last time it was done,
    with `by_year` from 1 January of the year it falls in; with `by_quantity` for the first time
    when what was handed out is used up, and as long as that lasts each time after.
    """

    months: tuple[int, ...] = ()
    then_every_months: int = 0
    every_months: int = 0
    from_record: bool = False
    by_year: bool = False
    by_quantity: bool = False

    def after(self, had_on: date) -> date:
        """The day from which it is owed again once it was had."""
        again_on = add_months(had_on, self.every_months)
        return again_on.replace(month=1, day=1) if self.by_year else again_on

    def lasting(self, months: int | None) -> "Repeat":
        """The repeat of what was handed out for so many months, unchanged for all else."""
        return replace(self, every_months=months) if self.by_quantity and months else self

    def occurrences(self) -> Iterator[tuple[int, int]]:
        """Pairs of occurrence number and months after the anchor, in order, perhaps endless."""
        yield from ((month, month) for month in self.months)
        month, number = (self.months or (0,))[-1], 1
        while self.then_every_months:
            month += self.then_every_months
            yield month, month
        while self.every_months:
            yield number, (number - 1) * self.every_months
            number += 1


@dataclass(frozen=True, slots=True)
class Audience:
    """Whom a rule is for; ages in completed years, both inclusive: it opens and closes at that age.

    `method` is the one of the event it hangs on, None for events of no method; `named` holds the
    services one of which that event names, empty for events that name none.
    """

    topic: str
    sex: str | None = None
    age_from: int | None = None
    age_to: int | None = None
    stage: Stage = Stage.ANY
    method: Method | None = None
    named: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Follows:
    """A service that was had before: at most `within_months` before the anchor, or on its day."""

    rule: str
    within_months: int


@dataclass(frozen=True, slots=True)
class Reminding:
    """The first reminder, and a gentle last one so many days before the window closes."""

    first: First = First.OPENS
    last_days: int | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """One entry of a calendar.

    With `until`, nothing is owed that opens after the first of these days that is known. With
    `follows`, it is owed only after another service, whose day windows call `exam`. One that is not
    offered only says that its region does without.
    From `effective_from` to `effective_to`, both inclusive, it is in force for whatever is counted
    from a day in between, so that of several versions just one plans an occurrence.
    """

    id: str
    version: int
    calendar: str
    anchor: Anchor
    audience: Audience
    windows: tuple[Window, ...]
    group: str
    source: str
    certainty: Certainty
    region: str = ""
    effective_from: date = date.min
    effective_to: date = date.max
    repeat: Repeat | None = None
    until: tuple[Mark, ...] = ()
    follows: Follows | None = None
    ends: frozenset[EventKind] = frozenset()
    reminding: Reminding = Reminding()
    done_by: frozenset[EventKind] = frozenset()
    kind: Kind = Kind.SERVICE
    is_offered: bool = True


@dataclass(frozen=True, slots=True)
class Overlap:
    """Two windows of one group that share days."""

    first: str
    second: str
    on: date


# A leap year and a common one, so that month ends of every length are met.
SAMPLE_DAYS = tuple(
    day
    for day in (date(2023, 1, 1) + timedelta(n) for n in range(731))
    if day.day == 1 or day.day >= 28
)
# Far enough to meet every fixed occurrence and the first yearly ones.
SAMPLE_OCCURRENCES = 12


@lru_cache(maxsize=4)
def find_overlap(rules: tuple[Rule, ...]) -> Overlap | None:
    """The first pair of windows of one calendar, group and anchor that share a day, or None.

    A group is what a visit clears together, so on each day at most one of it may be due.
    """
    for start in sorted({rule.effective_from for rule in rules}):
        in_force = [rule for rule in rules if rule.effective_from <= start <= rule.effective_to]
        overlap = _overlap_among(in_force)
        if overlap:
            return overlap
    return None


def _overlap_among(rules: Sequence[Rule]) -> Overlap | None:
    """The first overlap of rules that are in force together."""
    groups: dict[tuple[str, str, Anchor, When], list[tuple[Rule, Window]]] = {}
    for rule in rules:
        for window in rule.windows:
            key = (rule.calendar, rule.group, window.opens.anchor, window.when)
            groups.setdefault(key, []).append((rule, window))
    for members in groups.values():
        for anchor_on in SAMPLE_DAYS:
            overlap = _overlap_on(members, anchor_on)
            if overlap:
                return overlap
    return None


def _overlap_on(members: Sequence[tuple[Rule, Window]], anchor_on: date) -> Overlap | None:
    """The first two windows that share a day when all count from `anchor_on`."""
    spans = sorted(span for rule, window in members for span in _spans(rule, window, anchor_on))
    for (_, closes, name), (opens, _, other) in pairwise(spans):
        if opens <= closes:
            return Overlap(name, other, opens)
    return None


def _spans(rule: Rule, window: Window, anchor_on: date) -> Iterator[tuple[date, date, str]]:
    """Opening day, closing day and name of a rule's first occurrences."""
    if window.opens.anchor is not window.closes.anchor:
        return
    shifts = rule.repeat.occurrences() if rule.repeat else iter([(1, 0)])
    for (occurrence, months), _ in zip(shifts, range(SAMPLE_OCCURRENCES), strict=False):
        opens = window.opens.day(anchor_on, months)
        yield opens, window.closes.day(anchor_on, months), f"{rule.id}/{occurrence}"
