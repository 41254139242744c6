"""The planner: from facts and rules to the services a person is, was or will be owed."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import partial
from operator import itemgetter
from typing import NamedTuple

from backend.domain.calendar import Anchor, Follows, Reason, Rule, Stage
from backend.domain.due_services import (
    DueService,
    Entry,
    ServiceRecord,
    State,
    Why,
    state_by_date,
)
from backend.domain.episodes import trace
from backend.domain.events import Event, EventKind
from backend.domain.gestation import add_months
from backend.domain.rules import HORIZON, Layout, ReadyRule, Rules, Series, Turn
from backend.domain.stretches import Episode, History
from backend.domain.windows import last_opening, window_for

__all__ = [
    "DueService",
    "Facts",
    "Owed",
    "ServiceRecord",
    "State",
    "Why",
    "due_service",
    "first_plan",
    "plan",
    "spread",
]


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


@dataclass(frozen=True, slots=True)
class Case:
    """One person's planning: facts, what they add up to, and what was done by today, by rule."""

    facts: Facts
    history: History
    today: date
    done: dict[str, list[ServiceRecord]]
    # Unless something of a rule was done, what was over or had ended before this day is left out.
    since: date


class Owed(NamedTuple):
    """What one rule owes in one episode; others have the very same series unless `is_hers`."""

    rule: Rule
    episode: str
    series: Series
    is_hers: bool


# Without the keywords of a call, as there are a dozen for each of a million people.
_due, _entry = partial(tuple.__new__, DueService), partial(tuple.__new__, Entry)
_is_owed = partial(tuple.__new__, Owed)
# By opening day, then by rule, episode and occurrence.
_ORDER = itemgetter(4, 0, 2, 3)
_NONE: Sequence[ServiceRecord] = ()
# Members that are asked for millions of times; by the name of their class they cost more.
_OF_AGE, _PREPARING, _ENROLMENT = Anchor.OF_AGE, Anchor.PREPARING, Anchor.ENROLMENT
_EXAM, _NOT_PREGNANT, _DELIVERY = EventKind.EXAM, Stage.NOT_PREGNANT, Reason.DELIVERY
_DONE, _DECLINED, _CANCELLED = State.DONE, State.DECLINED, State.CANCELLED
# Exams of which nobody said which service they were.
ANY_EXAM = ""


def plan(facts: Facts, rules: Sequence[Rule], today: date) -> list[DueService]:
    """Everything a person is, was or will be owed, by opening day; pure and total.

    The order of facts does not matter. A window that closed before enrolment, or before its event
    was known, creates nothing. Endless repeats reach 400 days ahead and back. Live rows of an
    earlier plan that are not in this one are no longer owed; terminal rows stay as they are.
    """
    return sorted(spread(_plan(facts, rules, today, since=facts.enrolled_on)), key=_ORDER)


def first_plan(facts: Facts, rules: Sequence[Rule], today: date) -> list[Owed]:
    """Of `plan`, rule by rule, whatever is live or done: all that matters while nothing was owed.

    What people have alike is the same object, which need be looked at but once.
    """
    return _plan(facts, rules, today, since=max(facts.enrolled_on, today))


def spread(owed: Iterable[Owed]) -> Iterator[DueService]:
    """The due services, one by one, of what is owed."""
    for one in owed:
        for entry in one.series.entries:
            yield due_service(one, entry)


def due_service(owed: Owed, entry: Entry) -> DueService:
    """One of the due services of what is owed."""
    rule, episode, _, _ = owed
    return _due((rule.id, rule.version, episode, *entry))


def _plan(facts: Facts, rules: Sequence[Rule], today: date, *, since: date) -> list[Owed]:
    known = rules if isinstance(rules, Rules) else Rules(rules)
    chosen = known.of(facts.sex, facts.calendar, facts.topics)
    history, done = trace(facts.events, facts.enrolled_on, chosen.anchors), _done(facts, today)
    case = Case(facts, history, today, done, since)
    # What was done is looked for from enrolment on.
    if done:
        since = facts.enrolled_on
    return [
        owed
        for anchored in chosen
        for episode in history.by_anchor.get(anchored.anchor, ())
        for rule in anchored.on(episode, since)
        if (owed := _owed(rule, episode, case))
    ]


def _done(facts: Facts, today: date) -> dict[str, list[ServiceRecord]]:
    """What was done up to and including today, by rule; exams count as records."""
    done: dict[str, list[ServiceRecord]] = {}
    for record in facts.records:
        if record.on <= today:
            done.setdefault(record.rule, []).append(record)
    for event in facts.events:
        if event.kind is _EXAM and event.on and event.on <= today:
            rule = event.rule or ANY_EXAM
            done.setdefault(rule, []).append(ServiceRecord(rule, event.on))
    return done


def _owed(ready: ReadyRule, episode: Episode, case: Case) -> Owed | None:
    """What one rule owes in one episode, None for nothing; mostly that is its series."""
    rule = ready.rule
    if rule.follows:
        episode = _after_other(episode, rule.follows, case)
    records = _records(rule, case) if case.done else _NONE
    series = _series(ready, episode, case=case, records=records)
    known_on = case.facts.enrolled_on if records else case.since
    if series is None or series.last_closes_on < known_on:
        return None
    if episode.known_on and episode.known_on > known_on:
        known_on = episode.known_on
    ended_on = _ended_on(rule, episode) if episode.ends and rule.ends else None
    if ended_on and ended_on < known_on:
        return None
    if not records:
        series = series.since(known_on)
    entries = series.entries
    if ready.is_choosy:
        entries = _suiting(ready, series, episode=episode, case=case)
    if records:
        entries = list(_completed(entries, records, episode=episode, case=case, known_on=known_on))
    elif entries is not series.entries:
        # One that was shortened may have been over by then.
        entries = [entry for entry in entries if entry[3] >= known_on]
    if ended_on or case.facts.declined or (ready.is_resting and _rested(series, case)):
        entries = [_restated(rule, entry, ended_on=ended_on, case=case) for entry in entries]
    if rule.anchor is _PREPARING or episode.told_by is _DELIVERY:
        entries = _because(episode, entries)
    if entries is series.entries:
        return _is_owed((rule, episode.id, series, False))
    return _is_owed((rule, episode.id, Series(entries), True)) if entries else None


def _records(rule: Rule, case: Case) -> Sequence[ServiceRecord]:
    """What was done of a rule by today."""
    records: Sequence[ServiceRecord] = case.done.get(rule.id, _NONE)
    if rule.done_by and _EXAM in rule.done_by:
        return (*records, *case.done.get(ANY_EXAM, _NONE))
    return records


def _ended_on(rule: Rule, episode: Episode) -> date | None:
    """The first day on which something ended what a rule hangs on, None while it goes on."""
    return min((on for kind, on in episode.ends.items() if kind in rule.ends), default=None)


def _after_other(episode: Episode, follows: Follows, case: Case) -> Episode:
    """The episode with the first day the other service was had within the time before it."""
    had = [
        record.on
        for record in (*case.done.get(follows.rule, ()), *case.done.get(ANY_EXAM, ()))
        if record.on <= episode.on <= add_months(record.on, follows.within_months)
    ]
    return replace(episode, dates={**episode.dates, Anchor.EXAM: min(had)}) if had else episode


def _series(
    ready: ReadyRule, episode: Episode, *, case: Case, records: Sequence[ServiceRecord]
) -> Series | None:
    """The series of a rule in an episode; None where it is owed nothing by it."""
    rule, dates, today = ready.rule, episode.dates, case.today
    if ready.is_plain and ready.usual and (day := dates.get(rule.anchor)):
        return ready.usual.series_on(day, today, episode.told_by)
    layout = _layout_for(ready, episode)
    if layout is None:
        return None
    if rule.anchor is not _OF_AGE and not ready.is_rolling:
        if layout.is_on_one_day:
            return layout.series_on(dates[rule.anchor], today, episode.told_by)
        return layout.series(dates, dates.get(rule.anchor, episode.on), today)
    turn = _turn(rule, layout, episode, case.facts)
    if turn is None or not ready.is_rolling:
        return turn and layout.series_on(turn.start, today, turn.told_by)
    # Nothing comes within the horizon; not remembered, as few share that day.
    if turn.start > today + HORIZON:
        return None
    own = [record for record in records if record.episode in (None, episode.id)]
    if own:
        return layout.rolling(turn, today, own)
    return layout.rolling_on(turn, today)


def _layout_for(ready: ReadyRule, episode: Episode) -> Layout | None:
    """The window of a rule that fits an episode, laid out."""
    if ready.usual and ready.rule.anchor in episode.dates:
        return ready.usual
    window = window_for(ready.rule, episode)
    return ready.layouts[id(window)] if window else None


def _turn(rule: Rule, layout: Layout, episode: Episode, facts: Facts) -> Turn | None:
    """From when on a service is owed that is not counted from a day alone; None if never."""
    if rule.anchor is not _OF_AGE:
        told_by, dates = layout.window.opens.anchor, episode.dates
        return Turn(dates[rule.anchor], told_by, dates[told_by], episode.lasts_months)
    start = _of_age_on(rule, facts)
    if start is None:
        return None
    # Coming of age if that was after enrolment, else enrolment.
    return Turn(start, _OF_AGE if start > facts.enrolled_on else _ENROLMENT, start, None)


def _of_age_on(rule: Rule, facts: Facts) -> date | None:
    """The later of enrolment and the birthday of the rule's lowest age; None if age is unknown."""
    age, born_on, enrolled_on = rule.audience.age_from, facts.birth_date, facts.enrolled_on
    if age is None:
        return enrolled_on
    if born_on is None:
        return None
    if born_on.year + age < enrolled_on.year:
        return enrolled_on
    return max(enrolled_on, add_months(born_on, 12 * age))


def _suiting(ready: ReadyRule, series: Series, *, episode: Episode, case: Case) -> Sequence[Entry]:
    """The entries that open before a rule's end, and while the person is of its age and stage."""
    rule, entries = ready.rule, series.entries
    if rule.until and (last_on := last_opening(rule, episode)):
        entries = [entry for entry in entries if entry[1] <= last_on]
    audience, resting = rule.audience, case.history.resting
    if resting and audience.stage is _NOT_PREGNANT:
        for start, end in resting:
            if start <= series.last_opens_on and end >= series.first_opens_on:
                entries = [entry for entry in entries if not start <= entry[1] <= end]
    if audience.age_from is None and audience.age_to is None:
        return entries
    if case.facts.birth_date is None:
        return ()
    return _of_age(series, entries, rule=rule, born_on=case.facts.birth_date, today=case.today)


def _of_age(
    series: Series, entries: Sequence[Entry], *, rule: Rule, born_on: date, today: date
) -> Sequence[Entry]:
    """The entries that open while the person is of a rule's age, no longer than she is."""
    youngest, oldest = rule.audience.age_from or 0, rule.audience.age_to
    year = born_on.year
    is_young = year + youngest >= series.first_opens_on.year
    if not is_young and (oldest is None or year + oldest + 1 > series.last_closes_on.year):
        return entries
    first = add_months(born_on, 12 * youngest)
    end = date.max if oldest is None else add_months(born_on, 12 * (oldest + 1))
    return [
        entry if entry.closes_on < end else _shortened(entry, end - timedelta(1), today)
        for entry in entries
        if first <= entry.opens_on < end
    ]


def _shortened(entry: Entry, last: date, today: date) -> Entry:
    """The entry up to a day within it."""
    state = state_by_date(entry.opens_on, last, today)
    return entry._replace(due_on=min(entry.due_on, last), closes_on=last, state=state)


def _completed(
    entries: Iterable[Entry],
    records: Sequence[ServiceRecord],
    *,
    episode: Episode,
    case: Case,
    known_on: date,
) -> Iterator[Entry]:
    """The entries that are done, and those that were still to be had when they were known of."""
    enrolled_on = case.facts.enrolled_on
    for entry in entries:
        if entry.closes_on < enrolled_on:
            continue
        if any(_completes(record, entry, episode.id) for record in records):
            yield _standing(entry, _DONE)
        elif entry.closes_on >= known_on:
            yield entry


def _completes(record: ServiceRecord, entry: Entry, episode_id: str) -> bool:
    """True if a record is of this occurrence: by name whenever it was, else by its day."""
    if record.episode is not None and record.occurrence is not None:
        return record.occurrence == entry.occurrence and record.episode == episode_id
    return (
        record.episode in (None, episode_id)
        and record.occurrence in (None, entry.occurrence)
        and entry.opens_on <= record.on <= entry.closes_on
    )


def _rested(series: Series, case: Case) -> bool:
    """Whether she came to rest from invitations after anything of a series had opened."""
    return any(series.first_opens_on < start <= case.today for start, _ in case.history.resting)


def _restated(rule: Rule, entry: Entry, *, ended_on: date | None, case: Case) -> Entry:
    """An entry as it stands where more than its date and the records decides."""
    if entry.state is _DONE:
        return entry
    if _has_ended(rule, ended_on, entry=entry, case=case):
        return _standing(entry, _CANCELLED)
    declined = case.facts.declined
    if declined and (rule.audience.topic in declined or rule.id in declined):
        return _standing(entry, _DECLINED)
    return entry


def _has_ended(rule: Rule, ended_on: date | None, *, entry: Entry, case: Case) -> bool:
    """True if by today, and before the window closed, something ended what it hangs on."""
    last = min(case.today, entry.closes_on)
    if ended_on and ended_on <= last:
        return True
    if rule.audience.stage is not _NOT_PREGNANT or not case.history.resting:
        return False
    return any(entry.opens_on < start <= last for start, _ in case.history.resting)


def _standing(entry: Entry, state: State) -> Entry:
    """The entry in another state."""
    return _entry((*entry[:4], state, *entry[5:]))


def _because(episode: Episode, entries: Sequence[Entry]) -> Sequence[Entry]:
    """A rule's entries with what a person would recognise as their reason, not what came later."""
    if not entries:
        return entries
    usual = entries[0].why
    why = usual._replace(anchor=episode.told_by, anchor_on=episode.told_on)
    if episode.began is None:
        return [_entry((*entry[:5], why, entry[6])) for entry in entries]
    before = usual._replace(anchor=episode.began[0], anchor_on=episode.began[1])
    on = episode.dates[Anchor.LMP]
    return [_entry((*entry[:5], why if entry[3] >= on else before, entry[6])) for entry in entries]
