"""The planner: from facts and rules to the services a person is, was or will be owed."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache
from operator import itemgetter
from typing import NamedTuple

from backend.domain.calendar import (
    Anchor,
    Audience,
    Follows,
    Repeat,
    Rule,
    Stage,
    Window,
)
from backend.domain.episodes import Episode, History, trace
from backend.domain.events import Event, EventKind
from backend.domain.gestation import add_months
from backend.domain.rules import HORIZON, Days, Layout, ReadyRule, Rules, Span, is_in_force, lay
from backend.domain.windows import hangs_on, last_opening, window_for


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


@dataclass(frozen=True, slots=True)
class Case:
    """One person's planning: facts, what they add up to, and what was done by today, by rule."""

    facts: Facts
    history: History
    today: date
    done: dict[str, list[ServiceRecord]]


# Without the keywords of a call, as there are a dozen for each of a million people.
_due = DueService._make
# By opening day, then by rule, episode and occurrence.
_ORDER = itemgetter(4, 0, 2, 3)
_NONE: Sequence[ServiceRecord] = ()
_AGES_KEPT = 16_384
# Exams of which nobody said which service they were.
ANY_EXAM = ""


def plan(facts: Facts, rules: Sequence[Rule], today: date) -> list[DueService]:
    """Everything a person is, was or will be owed, by opening day; pure and total.

    The order of facts does not matter. A window that closed before enrolment, or before its event
    was known, creates nothing. Endless repeats reach 400 days ahead and back. Live rows of an
    earlier plan that are not in this one are no longer owed; terminal rows stay as they are.
    """
    ready = rules if isinstance(rules, Rules) else Rules(rules)
    history = trace(facts.events, facts.enrolled_on)
    case = Case(facts, history, today, _done(facts, today))
    found = [
        due
        for anchor, chosen in ready.of(facts.sex, facts.calendar, facts.topics)
        for episode in history.by_anchor.get(anchor, ())
        for rule in chosen
        if hangs_on(rule.rule, episode)
        for due in _owed(rule, episode, case)
    ]
    found.sort(key=_ORDER)
    return found


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


def _owed(ready: ReadyRule, episode: Episode, case: Case) -> list[DueService]:
    """The due services of one rule in one episode."""
    rule = ready.rule
    if rule.follows:
        episode = _after_other(episode, rule.follows, case)
    layout = _layout_for(ready, episode)
    if layout is None or (episode.ends and _was_over(rule, episode, case.facts)):
        return []
    records = case.done.get(rule.id, _NONE)
    if rule.done_by and EventKind.EXAM in rule.done_by:
        records = (*records, *case.done.get(ANY_EXAM, _NONE))
    spans = _spans(ready, layout, episode=episode, case=case, records=records)
    if rule.until and (last_on := last_opening(rule, episode)):
        spans = [span for span in spans if span.opens_on <= last_on]
    if ready.is_choosy:
        spans = _suiting(rule.audience, spans, case)
    known_on = enrolled_on = case.facts.enrolled_on
    if episode.known_on and episode.known_on > enrolled_on:
        known_on = episode.known_on
    if not records:
        told = [(span, False) for span in spans if span.closes_on >= known_on]
    else:
        told = [
            (span, is_done)
            for span in spans
            if span.closes_on >= enrolled_on
            for is_done in [any(_completes(record, span, episode.id) for record in records)]
            if is_done or span.closes_on >= known_on
        ]
    return _dues(rule, layout.window, told, episode=episode, case=case) if told else []


def _dues(
    rule: Rule,
    window: Window,
    told: Iterable[tuple[Span, bool]],
    *,
    episode: Episode,
    case: Case,
) -> list[DueService]:
    """The due services of spans, each with whether it is done; mostly the date alone decides."""
    today, topic = case.today, rule.audience.topic
    rests = case.history.resting and rule.audience.stage is Stage.NOT_PREGNANT
    ended_on = _ended_on(rule, episode)
    is_free = not (ended_on or case.facts.declined or rests)
    why = _why(rule, window, episode, case.facts)
    rule_id, version, episode_id = rule.id, rule.version, episode.id
    found = []
    for span, is_done in told:
        occurrence, _, opens_on, due_on, closes_on = span
        if is_done:
            state = State.DONE
        elif is_free:
            state = _state_by_date(opens_on, closes_on, today)
        else:
            state = _state(rule, ended_on, span=span, case=case)
        days = (occurrence, opens_on, due_on, closes_on)
        found.append(_due((rule_id, version, episode_id, *days, state, why, topic)))
    return found


def _ended_on(rule: Rule, episode: Episode) -> date | None:
    """The first day on which something ended what a rule hangs on, None while it goes on."""
    if not episode.ends:
        return None
    return min((on for kind, on in episode.ends.items() if kind in rule.ends), default=None)


def _after_other(episode: Episode, follows: Follows, case: Case) -> Episode:
    """The episode with the first day the other service was had within the time before it."""
    had = [
        record.on
        for record in (*case.done.get(follows.rule, ()), *case.done.get(ANY_EXAM, ()))
        if record.on <= episode.on <= add_months(record.on, follows.within_months)
    ]
    return replace(episode, dates={**episode.dates, Anchor.EXAM: min(had)}) if had else episode


def _layout_for(ready: ReadyRule, episode: Episode) -> Layout | None:
    """The window of a rule that fits an episode, laid out."""
    if ready.usual and ready.rule.anchor in episode.dates:
        return ready.usual
    window = window_for(ready.rule, episode)
    return ready.layouts[id(window)] if window else None


def _spans(
    ready: ReadyRule,
    layout: Layout,
    *,
    episode: Episode,
    case: Case,
    records: Sequence[ServiceRecord],
) -> Iterable[Span]:
    """The occurrences of a window, endless ones within the horizon of today."""
    rule, dates = ready.rule, episode.dates
    if ready.is_plain:
        return layout.spans_on(dates[rule.anchor], case.today)
    if rule.anchor is Anchor.OF_AGE:
        start = _of_age_on(rule, case.facts)
        if start is None:
            return ()
        dates = {Anchor.OF_AGE: start}
    repeat = rule.repeat
    if repeat and repeat.from_record:
        own = [record for record in records if record.episode in (None, episode.id)]
        start, repeat = dates[rule.anchor], repeat.lasting(episode.lasts_months)
        rolling = _rolling(repeat, layout.window, start=start, case=case, records=own)
        return [span for span in rolling if is_in_force(rule, span)]
    return layout.spans(dates, dates.get(rule.anchor, episode.on), case.today)


def _of_age_on(rule: Rule, facts: Facts) -> date | None:
    """The later of enrolment and the birthday of the rule's lowest age; None if age is unknown."""
    if rule.audience.age_from is None:
        return facts.enrolled_on
    if facts.birth_date is None:
        return None
    return max(facts.enrolled_on, add_months(facts.birth_date, 12 * rule.audience.age_from))


def _rolling(
    repeat: Repeat, window: Window, *, start: date, case: Case, records: Sequence[ServiceRecord]
) -> Iterator[Span]:
    """Occurrences counted from the last time it was done, or from the last time it was offered."""
    step, occurrence = repeat.every_months, 1
    start = add_months(start, step) if repeat.by_quantity else start
    while start <= case.today + HORIZON:
        named = [record.on for record in records if record.occurrence == occurrence]
        unnamed = [record.on for record in records if record.occurrence is None]
        recent = [day for day in unnamed if day < start < repeat.after(day)]
        if recent and not named:
            start = repeat.after(max(recent))
            continue
        span = lay(window, Days(start, start, start, start), occurrence)
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


def _suiting(audience: Audience, spans: Iterable[Span], case: Case) -> Iterable[Span]:
    """The spans on whose opening day the person is of a rule's age and stage, while of that age."""
    resting = case.history.resting
    if resting and audience.stage is Stage.NOT_PREGNANT:
        spans = [
            span
            for span in spans
            if not any(start <= span.opens_on <= end for start, end in resting)
        ]
    if audience.age_from is None and audience.age_to is None:
        return spans
    if case.facts.birth_date is None:
        return ()
    first, end = _of_age(audience.age_from, audience.age_to, case.facts.birth_date)
    return [
        span if span.closes_on < end else _shortened(span, end - timedelta(1))
        for span in spans
        if first <= span.opens_on < end
    ]


def _shortened(span: Span, last: date) -> Span:
    """The span up to a day within it."""
    return span._replace(due_on=min(span.due_on, last), closes_on=last)


@lru_cache(_AGES_KEPT)
def _of_age(age_from: int | None, age_to: int | None, birth_date: date) -> tuple[date, date]:
    """From which day, inclusive, until which, exclusive, somebody is of these completed years."""
    end = date.max if age_to is None else add_months(birth_date, 12 * (age_to + 1))
    return add_months(birth_date, 12 * (age_from or 0)), end


def _was_over(rule: Rule, episode: Episode, facts: Facts) -> bool:
    """True if an episode had ended before we knew of it or of the person."""
    known_on = max(facts.enrolled_on, episode.known_on or facts.enrolled_on)
    ended_on = _ended_on(rule, episode)
    return ended_on is not None and ended_on < known_on


def _state(rule: Rule, ended_on: date | None, *, span: Span, case: Case) -> State:
    """Where a service stands that is not done."""
    today = case.today
    if _has_ended(rule, ended_on, span=span, case=case):
        return State.CANCELLED
    declined = case.facts.declined
    if declined and (rule.audience.topic in declined or rule.id in declined):
        return State.DECLINED
    return _state_by_date(span.opens_on, span.closes_on, today)


def _state_by_date(opens_on: date, closes_on: date, today: date) -> State:
    if today > closes_on:
        return State.CLOSED
    return State.OPEN if today >= opens_on else State.PLANNED


def _has_ended(rule: Rule, ended_on: date | None, *, span: Span, case: Case) -> bool:
    """True if by today, and before the window closed, something ended what it hangs on."""
    last = min(case.today, span.closes_on)
    if ended_on and ended_on <= last:
        return True
    if rule.audience.stage is not Stage.NOT_PREGNANT or not case.history.resting:
        return False
    return any(span.opens_on < start <= last for start, _ in case.history.resting)


def _why(rule: Rule, window: Window, episode: Episode, facts: Facts) -> Why:
    """The reason of what is owed by a rule in an episode."""
    if rule.anchor is Anchor.PREPARING:
        anchor, anchor_on = episode.told_by, episode.told_on
    elif rule.anchor is Anchor.OF_AGE:
        # Coming of age if that was after enrolment, else enrolment.
        anchor_on = _of_age_on(rule, facts) or facts.enrolled_on
        anchor = Anchor.OF_AGE if anchor_on > facts.enrolled_on else Anchor.ENROLMENT
    else:
        anchor, anchor_on = window.opens.anchor, episode.dates[window.opens.anchor]
    return Why(anchor, anchor_on, rule.id, rule.version, rule.source)
