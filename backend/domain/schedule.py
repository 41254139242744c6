"""The planner: from facts and rules to the services a person is, was or will be owed."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import NamedTuple

from backend.domain.calendar import (
    EVERYONE,
    Anchor,
    Follows,
    Repeat,
    Rule,
    Stage,
    Window,
)
from backend.domain.episodes import Episode, History, trace
from backend.domain.events import Event, EventKind
from backend.domain.gestation import add_months, age_on
from backend.domain.windows import hangs_on, window_for

# Endless repeats are laid out this far ahead and remembered this far back, in days.
HORIZON = timedelta(400)


class State(StrEnum):
    """Where a due service stands; `done`, `declined`, `closed` and `cancelled` are terminal."""

    PLANNED = "planned"
    OPEN = "open"
    DONE = "done"
    DECLINED = "declined"
    CLOSED = "closed"
    CANCELLED = "cancelled"

    @property
    def is_live(self) -> bool:
        """True while the service can still be had."""
        return self in (State.PLANNED, State.OPEN)


@dataclass(frozen=True, slots=True)
class ServiceRecord:
    """A service a person had on a day; with `episode` and `occurrence` it names its due service."""

    rule: str
    on: date
    episode: str | None = None
    occurrence: int | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """All the planner may know of a person. `declined` holds topics or rule ids: final.

    `region` is the 12-digit code of where she lives, by which her rules are chosen.
    """

    sex: str | None
    birth_date: date | None
    enrolled_on: date
    calendar: str
    topics: frozenset[str]
    declined: frozenset[str] = frozenset()
    events: tuple[Event, ...] = ()
    records: tuple[ServiceRecord, ...] = ()
    region: str = ""


class Why(NamedTuple):
    """The reason of a due service, as data."""

    anchor: Anchor
    anchor_on: date
    rule: str
    version: int
    source: str


class DueService(NamedTuple):
    """A service a person is owed once; unique by rule, episode and occurrence. Days inclusive."""

    rule: str
    version: int
    episode: str
    occurrence: int
    opens_on: date
    due_on: date
    closes_on: date
    state: State
    why: Why
    topic: str

    @property
    def key(self) -> tuple[str, str, int]:
        """What makes it the same service after its dates have moved."""
        return self.rule, self.episode, self.occurrence


class Span(NamedTuple):
    """One occurrence of a window laid on the calendar, counted from a day; days inclusive."""

    occurrence: int
    counted_on: date
    opens_on: date
    due_on: date
    closes_on: date


@dataclass(frozen=True, slots=True)
class Case:
    """One person's planning: facts, what they add up to, and what was done by today, by rule."""

    facts: Facts
    history: History
    today: date
    done: dict[str, list[ServiceRecord]]


# So far off that adding some months still gives a date.
NEVER = date(9000, 1, 1)
# Exams of which nobody said which service they were.
ANY_EXAM = ""


def plan(facts: Facts, rules: Sequence[Rule], today: date) -> list[DueService]:
    """Everything a person is, was or will be owed, by opening day; pure and total.

    The order of facts does not matter. A window that closed before enrolment, or before its event
    was known, creates nothing. Endless repeats reach 400 days ahead and back. Live rows of an
    earlier plan that are not in this one are no longer owed; terminal rows stay as they are.
    """
    history = trace(facts.events, facts.enrolled_on)
    case = Case(facts, history, today, _done(facts, today))
    found = [
        due
        for rule in rules
        if _is_for(rule, facts)
        for episode in history.by_anchor.get(rule.anchor, ())
        if hangs_on(rule, episode)
        for due in _owed(rule, episode, case)
    ]
    found.sort(key=_order)
    return found


def _order(due: DueService) -> tuple[date, str, str, int]:
    """By opening day, then in a fixed order."""
    return due.opens_on, due.rule, due.episode, due.occurrence


def _is_for(rule: Rule, facts: Facts) -> bool:
    """True if a rule's calendar, topic and sex are this person's."""
    audience = rule.audience
    return (
        audience.topic in facts.topics
        and rule.calendar in (EVERYONE, facts.calendar)
        and audience.sex in (None, facts.sex)
    )


def _done(facts: Facts, today: date) -> dict[str, list[ServiceRecord]]:
    """What was done up to and including today, by rule; exams count as records."""
    done: dict[str, list[ServiceRecord]] = {}
    for record in facts.records:
        if record.on <= today:
            done.setdefault(record.rule, []).append(record)
    for event in facts.events:
        if event.kind is EventKind.EXAM and event.on and event.on <= today:
            rule = event.rule or ANY_EXAM
            done.setdefault(rule, []).append(ServiceRecord(rule, event.on))
    return done


def _owed(rule: Rule, episode: Episode, case: Case) -> Iterator[DueService]:
    """The due services of one rule in one episode."""
    if rule.follows:
        episode = _after_other(episode, rule.follows, case)
    window = window_for(rule, episode)
    if window is None or _was_over(rule, episode, case.facts):
        return
    last_on = rule.until.day(episode.dates.get(rule.until.anchor, NEVER)) if rule.until else None
    records = case.done.get(rule.id, [])
    if EventKind.EXAM in rule.done_by:
        records = records + case.done.get(ANY_EXAM, [])
    for span in _spans(rule, window, episode=episode, case=case, records=records):
        if last_on and span.opens_on > last_on:
            return
        is_done = any(_completes(record, span, episode.id) for record in records)
        if _suits(rule, span, case) and not _is_past(span, episode, case.facts, is_done=is_done):
            state = State.DONE if is_done else _state(rule, episode, span=span, case=case)
            yield _due(rule, window, episode=episode, span=span, state=state, case=case)


def _after_other(episode: Episode, follows: Follows, case: Case) -> Episode:
    """The episode with the first day the other service was had within the time before it."""
    had = [
        record.on
        for record in (*case.done.get(follows.rule, ()), *case.done.get(ANY_EXAM, ()))
        if record.on <= episode.on <= add_months(record.on, follows.within_months)
    ]
    return replace(episode, dates={**episode.dates, Anchor.EXAM: min(had)}) if had else episode


def _spans(
    rule: Rule,
    window: Window,
    *,
    episode: Episode,
    case: Case,
    records: Sequence[ServiceRecord],
) -> Iterator[Span]:
    """The occurrences of a window, endless ones within the horizon of today."""
    dates = episode.dates
    if rule.anchor is Anchor.OF_AGE:
        start = _of_age_on(rule, case.facts)
        if start is None:
            return
        dates = {Anchor.OF_AGE: start}
    repeat = rule.repeat
    if repeat is None:
        yield _span(window, dates, 1, counted_on=dates.get(rule.anchor, episode.on))
    elif repeat.from_record:
        own = [record for record in records if record.episode in (None, episode.id)]
        start, repeat = dates[rule.anchor], repeat.lasting(episode.lasts_months)
        yield from _rolling(repeat, window, start=start, case=case, records=own)
    else:
        yield from _repeated(repeat, window, dates=dates, today=case.today)


def _of_age_on(rule: Rule, facts: Facts) -> date | None:
    """The later of enrolment and the birthday of the rule's lowest age; None if age is unknown."""
    if rule.audience.age_from is None:
        return facts.enrolled_on
    if facts.birth_date is None:
        return None
    return max(facts.enrolled_on, add_months(facts.birth_date, 12 * rule.audience.age_from))


def _span(
    window: Window,
    dates: Mapping[Anchor, date],
    occurrence: int,
    *,
    counted_on: date,
    shift_months: int = 0,
) -> Span:
    """A window laid on the days of an episode."""
    opens, due, closes = window.opens, window.due, window.closes
    return Span(
        occurrence,
        counted_on,
        opens.day(dates[opens.anchor], shift_months),
        due.day(dates[due.anchor], shift_months),
        closes.day(dates[closes.anchor], shift_months),
    )


def _repeated(
    repeat: Repeat, window: Window, *, dates: Mapping[Anchor, date], today: date
) -> Iterator[Span]:
    """Occurrences counted from the anchor: all fixed ones, endless ones within the horizon."""
    for occurrence, months in repeat.occurrences():
        counted_on = add_months(dates[window.due.anchor], months)
        span = _span(window, dates, occurrence, counted_on=counted_on, shift_months=months)
        if months in repeat.months:
            yield span
        elif span.opens_on > today + HORIZON:
            return
        elif span.closes_on >= today - HORIZON:
            yield span


def _rolling(
    repeat: Repeat, window: Window, *, start: date, case: Case, records: Sequence[ServiceRecord]
) -> Iterator[Span]:
    """Occurrences counted from the last time it was done, or from the last time it was offered."""
    anchor, step, occurrence = window.opens.anchor, repeat.every_months, 1
    start = add_months(start, step) if repeat.by_quantity else start
    while start <= case.today + HORIZON:
        named = [record.on for record in records if record.occurrence == occurrence]
        unnamed = [record.on for record in records if record.occurrence is None]
        recent = [day for day in unnamed if day < start < repeat.after(day)]
        if recent and not named:
            start = repeat.after(max(recent))
            continue
        span = _span(window, {anchor: start}, occurrence, counted_on=start)
        if span.closes_on >= case.today - HORIZON:
            yield span
        had = named or [day for day in unnamed if span.opens_on <= day <= span.closes_on]
        after = repeat.after(min(had)) if had else start
        start = after if after > start else add_months(start, step)
        occurrence += 1


def _completes(record: ServiceRecord, span: Span, episode_id: str) -> bool:
    """True if a record is of this occurrence: by name whenever it was, else by its day."""
    if record.episode is not None and record.occurrence is not None:
        return (record.episode, record.occurrence) == (episode_id, span.occurrence)
    return (
        record.episode in (None, episode_id)
        and record.occurrence in (None, span.occurrence)
        and span.opens_on <= record.on <= span.closes_on
    )


def _suits(rule: Rule, span: Span, case: Case) -> bool:
    """True if a rule is in force, and the person of its age and stage on the opening day."""
    opens_on, audience = span.opens_on, rule.audience
    if not rule.effective_from <= span.counted_on <= rule.effective_to:
        return False
    if span.closes_on < opens_on:
        return False
    if audience.stage is Stage.NOT_PREGNANT and any(
        start <= opens_on <= end for start, end in case.history.resting
    ):
        return False
    if audience.age_from is None and audience.age_to is None:
        return True
    if case.facts.birth_date is None:
        return False
    age = age_on(case.facts.birth_date, opens_on)
    return (audience.age_from or 0) <= age <= (audience.age_to or age)


def _was_over(rule: Rule, episode: Episode, facts: Facts) -> bool:
    """True if an episode had ended before we knew of it or of the person."""
    known_on = max(facts.enrolled_on, episode.known_on or facts.enrolled_on)
    return any(on < known_on and kind in rule.ends for kind, on in episode.ends.items())


def _is_past(span: Span, episode: Episode, facts: Facts, *, is_done: bool) -> bool:
    """True if the window had closed before we knew of the person or of the event."""
    if span.closes_on < facts.enrolled_on:
        return True
    return not is_done and episode.known_on is not None and span.closes_on < episode.known_on


def _state(rule: Rule, episode: Episode, *, span: Span, case: Case) -> State:
    """Where a service stands that is not done."""
    today = case.today
    if _has_ended(rule, episode, span=span, case=case):
        return State.CANCELLED
    if rule.audience.topic in case.facts.declined or rule.id in case.facts.declined:
        return State.DECLINED
    if today > span.closes_on:
        return State.CLOSED
    return State.OPEN if today >= span.opens_on else State.PLANNED


def _has_ended(rule: Rule, episode: Episode, *, span: Span, case: Case) -> bool:
    """True if by today, and before the window closed, something ended what it hangs on."""
    last = min(case.today, span.closes_on)
    for kind, on in episode.ends.items():
        if on <= last and kind in rule.ends:
            return True
    if rule.audience.stage is not Stage.NOT_PREGNANT:
        return False
    return any(span.opens_on < start <= last for start, _ in case.history.resting)


def _due(
    rule: Rule, window: Window, *, episode: Episode, span: Span, state: State, case: Case
) -> DueService:
    """The due service of one occurrence, with its reason."""
    if rule.anchor is Anchor.PREPARING:
        anchor, anchor_on = episode.told_by, episode.told_on
    elif rule.anchor is Anchor.OF_AGE:
        anchor, anchor_on = _reason_of_age(rule, case.facts)
    else:
        anchor, anchor_on = window.opens.anchor, episode.dates[window.opens.anchor]
    why = Why(anchor, anchor_on, rule.id, rule.version, rule.source)
    return DueService(
        rule=rule.id,
        version=rule.version,
        episode=episode.id,
        occurrence=span.occurrence,
        opens_on=span.opens_on,
        due_on=span.due_on,
        closes_on=span.closes_on,
        state=state,
        why=why,
        topic=rule.audience.topic,
    )


def _reason_of_age(rule: Rule, facts: Facts) -> tuple[Anchor, date]:
    """Coming of age if that was after enrolment, else enrolment."""
    start = _of_age_on(rule, facts) or facts.enrolled_on
    return (Anchor.OF_AGE if start > facts.enrolled_on else Anchor.ENROLMENT), start
