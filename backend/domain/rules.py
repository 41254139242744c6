"""Rules made ready for planning many people: found by whom they are for, their days remembered."""

from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from functools import lru_cache
from operator import attrgetter, itemgetter
from typing import NamedTuple

from backend.domain.calendar import EVERYONE, Anchor, Reason, Repeat, Rule, Stage, When, Window
from backend.domain.due_services import Entry, ServiceRecord, Why, state_by_date
from backend.domain.gestation import PREGNANCY, add_months
from backend.domain.stretches import Episode
from backend.domain.windows import hangs_on

_BY_DUE_DATE = frozenset({Reason.DUE_DATE, Reason.TRANSFER})
# Endless repeats are laid out this far ahead and remembered this far back, in days.
HORIZON = timedelta(400)
# Days for which the series of a window are kept: more than there are births with visits ahead.
_DAYS_KEPT = 4_096
_AUDIENCES_KEPT = 1_024
_PARTS_KEPT = 4


class Span(NamedTuple):
    """One occurrence of a window laid on the calendar, counted from a day; days inclusive."""

    occurrence: int
    counted_on: date
    opens_on: date
    due_on: date
    closes_on: date


class Days(NamedTuple):
    """The days that the marks of a window, and its rule's version, are counted from."""

    opens_from: date
    due_from: date
    closes_from: date
    counted_on: date


class Turn(NamedTuple):
    """From when on a service is owed again and again, why, and how long what was given lasts."""

    start: date
    told_by: Anchor | Reason
    told_on: date
    lasts_months: int | None


_OPENS_ON, _CLOSES_ON = attrgetter("opens_on"), attrgetter("closes_on")


class Series:
    """What a rule owes to whoever counts from the same days, as far as the date decides.

    Beside the entries there is how early and how late any of them opens and closes; of a series
    without entries the last day that there is comes before the first.
    """

    __slots__ = (
        *("_last_since", "entries", "first_closes_on", "first_opens_on", "last_closes_on"),
        "last_opens_on",
    )

    def __init__(self, entries: Sequence[Entry]) -> None:
        self.entries = entries
        opens, closes = list(map(_OPENS_ON, entries)), list(map(_CLOSES_ON, entries))
        self.first_opens_on = min(opens, default=date.max)
        self.last_opens_on = max(opens, default=date.min)
        self.first_closes_on = min(closes, default=date.max)
        self.last_closes_on = max(closes, default=date.min)
        # Nearly everybody asks for the same day, which is today.
        self._last_since: tuple[date, Series] | None = None

    def since(self, day: date) -> "Series":
        """Of the series what closes on a day or later; the same object for the same day."""
        if self.first_closes_on >= day:
            return self
        last = self._last_since
        if last is None or last[0] != day:
            last = day, Series(tuple(entry for entry in self.entries if entry.closes_on >= day))
            self._last_since = last
        return last[1]


# Of a window that is counted from a second day, or repeats without end.
_ENDLESS_DAYS = timedelta.max.days
_LONGEST_MONTH_DAYS = 31


class Layout:
    """One window of a rule, and its series by the days they are counted from.

    Those are the same for everybody with these days, so they are laid once and kept.
    """

    __slots__ = (
        *("_anchors", "_kept", "_rule", "is_on_one_day", "is_usual", "rolling_on", "series_on"),
        "window",
    )

    def __init__(self, rule: Rule, window: Window) -> None:
        self._rule, self.window = rule, window
        self._anchors = (window.opens.anchor, window.due.anchor, window.closes.anchor)
        # Nothing has to be known for it but the day that the rule is anchored on.
        self.is_on_one_day = set(self._anchors) == {rule.anchor}
        self.is_usual = window.when is When.ALWAYS and self.is_on_one_day
        self._kept = lru_cache(_DAYS_KEPT)(self._on_days)
        # As `series` of a window all of which is counted from one day: that, today, what it is.
        self.series_on = lru_cache(_DAYS_KEPT)(self._on_day)
        # As `rolling` of somebody who had none of it yet.
        self.rolling_on = lru_cache(_DAYS_KEPT)(self.rolling)

    def series(self, dates: Mapping[Anchor, date], counted_on: date, today: date) -> Series:
        """Every fixed occurrence on these days, and endless ones within the horizon of today."""
        opens, due, closes = self._anchors
        return self._kept(Days(dates[opens], dates[due], dates[closes], counted_on), today)

    def rolling(self, turn: Turn, today: date, records: Sequence[ServiceRecord] = ()) -> Series:
        """Occurrences from the last time it was done, or from the last time it was offered."""
        rule = self._rule
        assert rule.repeat is not None, "it rolls on"
        repeat = rule.repeat.lasting(turn.lasts_months)
        rolled = _rolled(repeat, self.window, start=turn.start, today=today, records=records)
        first = _why(rule, turn.told_by, turn.told_on)
        # Supplies that were had were fetched, too.
        again_by = rule.anchor if repeat.by_quantity else Reason.RECORD
        told = [
            (span, _why(rule, again_by, had_on) if had_on else first) for span, had_on in rolled
        ]
        return Series(tuple(_told(rule, told, today)))

    def _on_days(self, days: Days, today: date) -> Series:
        return self._laid(days, today, _why(self._rule, self._anchors[0], days.opens_from))

    def _on_day(self, day: date, today: date, told_by: Anchor | Reason) -> Series:
        told_on = day + PREGNANCY if told_by in _BY_DUE_DATE else day
        return self._laid(Days(day, day, day, day), today, _why(self._rule, told_by, told_on))

    def _laid(self, days: Days, today: date, why: Why) -> Series:
        told = ((span, why) for span in _laid(self._rule, self.window, days, today))
        return Series(tuple(_told(self._rule, told, today)))


class ReadyRule:
    """A rule, and what of it does not depend on the person."""

    __slots__ = (
        *("is_choosy", "is_plain", "is_resting", "is_rolling", "layouts", "rule", "usual"),
    )

    def __init__(self, rule: Rule) -> None:
        self.rule = rule
        self.layouts = {id(window): Layout(rule, window) for window in rule.windows}
        first = self.layouts[id(rule.windows[0])] if rule.windows else None
        # The one window of a rule without conditions, so that none has to be chosen.
        self.usual = first if first and first.is_usual and not rule.follows else None
        # Counted from the last time it was done.
        self.is_rolling = rule.repeat is not None and rule.repeat.from_record
        # Neither age nor a record moves its days.
        self.is_plain = bool(self.usual) and rule.anchor is not Anchor.OF_AGE
        self.is_plain &= not self.is_rolling
        # For some ages or one stage of life only, or until some day.
        audience = rule.audience
        ages = (audience.age_from, audience.age_to)
        self.is_resting = audience.stage is Stage.NOT_PREGNANT
        self.is_choosy = bool(self.is_resting or rule.until or ages != (None, None))


class Reaching:
    """Rules that hang on one kind of day, found by how long ago one was."""

    __slots__ = ("_limits", "_rules")

    def __init__(self, rules: Iterable[tuple[int, ReadyRule]]) -> None:
        # Those first whose windows reach farthest; in how many days each is over.
        ordered = sorted(rules, key=itemgetter(0), reverse=True)
        self._rules = [ready for _, ready in ordered]
        self._limits = [-reach for reach, _ in ordered]

    def since(self, day: date, first: date) -> Iterable[ReadyRule]:
        """Those that hang on a day, but for what was over before another, the first to count."""
        if day >= first:
            return self._rules
        return self._rules[: bisect_right(self._limits, (day - first).days)]


class Anchored:
    """Rules that hang on one kind of day."""

    __slots__ = ("_for_all", "_of_one_day", "_rules", "anchor")

    def __init__(self, anchor: Anchor, rules: Iterable[ReadyRule]) -> None:
        self.anchor = anchor
        self._rules = list(rules)
        # Those for events of no method that name no service, by what is known of such an event.
        for_all = [ready for ready in self._rules if _is_for_all(ready.rule)]
        self._for_all = Reaching((_reach(ready.rule, is_alone=False), ready) for ready in for_all)
        of_one_day = [ready for ready in for_all if _windows(ready.rule, is_alone=True)]
        self._of_one_day = Reaching((_reach(one.rule, is_alone=True), one) for one in of_one_day)

    def on(self, episode: Episode, enrolled_on: date) -> Iterable[ReadyRule]:
        """Those that hang on an episode, but for what was over before enrolment."""
        if episode.method is not None or episode.named is not None:
            return [ready for ready in self._rules if hangs_on(ready.rule, episode)]
        day = episode.dates.get(self.anchor)
        if day is None:
            # Told by another day alone, as a birth by leaving hospital: no day to reach from.
            return self._for_all.since(enrolled_on, enrolled_on)
        reaching = self._of_one_day if len(episode.dates) == 1 else self._for_all
        return reaching.since(day, enrolled_on)


class Chosen(tuple[Anchored, ...]):
    """The rules for some persons, by what they are anchored on; `anchors` are those there are."""

    def __init__(self, _anchored: Iterable[Anchored] = ()) -> None:
        self.anchors = frozenset(anchored.anchor for anchored in self)


class Rules(tuple[Rule, ...]):
    """Rules in their order, which remember for whom which of them are."""

    def __init__(self, _rules: Iterable[Rule] = ()) -> None:
        self.ids = frozenset(rule.id for rule in self)
        self._ready = tuple(map(ReadyRule, self))
        self._chosen = lru_cache(_AUDIENCES_KEPT)(self._choose)
        self._parts = lru_cache(_PARTS_KEPT)(self._part)

    def of(self, sex: str | None, calendar: str, topics: frozenset[str]) -> Chosen:
        """The rules for persons of this sex, calendar and topics, by what they are anchored on."""
        return self._chosen(sex, calendar, topics)

    def only(self, ids: Collection[str]) -> "Rules":
        """Those of the rules whose ids are among these."""
        return self._parts(frozenset(ids))

    def _part(self, ids: frozenset[str]) -> "Rules":
        return Rules(rule for rule in self if rule.id in ids)

    def _choose(self, sex: str | None, calendar: str, topics: frozenset[str]) -> Chosen:
        chosen: dict[Anchor, list[ReadyRule]] = {}
        for ready in self._ready:
            rule, audience = ready.rule, ready.rule.audience
            is_hers = audience.topic in topics and audience.sex in (None, sex)
            if is_hers and rule.calendar in (EVERYONE, calendar):
                chosen.setdefault(rule.anchor, []).append(ready)
        return Chosen(Anchored(anchor, rules) for anchor, rules in chosen.items())


def _is_for_all(rule: Rule) -> bool:
    """Whether a rule is for events of no method that name no service."""
    return rule.audience.method is None and not rule.audience.named


def _windows(rule: Rule, *, is_alone: bool) -> list[Window]:
    """A rule's windows; only those that a day of its anchor alone can open, if `is_alone`."""
    if not is_alone or rule.follows:
        return list(rule.windows)
    return [
        window
        for window in rule.windows
        if {mark.anchor for mark in (window.opens, window.due, window.closes)} == {rule.anchor}
    ]


def _reach(rule: Rule, *, is_alone: bool) -> int:
    """Within how many days of its anchor all of a rule's windows are over; never too few."""
    reaches = (_window_reach(rule, window) for window in _windows(rule, is_alone=is_alone))
    return max(reaches, default=0)


def _window_reach(rule: Rule, window: Window) -> int:
    repeat, closes = rule.repeat, window.closes
    is_endless = repeat and (repeat.then_every_months or repeat.every_months)
    if is_endless or closes.anchor is not rule.anchor or rule.anchor is Anchor.OF_AGE:
        return _ENDLESS_DAYS
    months = closes.months + max(repeat.months if repeat else (0,), default=0)
    return max(0, months) * _LONGEST_MONTH_DAYS + closes.days


def lay(window: Window, days: Days, occurrence: int, months: int = 0) -> Span:
    """A window laid on the calendar, so many months on."""
    return Span(
        occurrence,
        add_months(days.counted_on, months) if months else days.counted_on,
        window.opens.day(days.opens_from, months),
        window.due.day(days.due_from, months),
        window.closes.day(days.closes_from, months),
    )


def _why(rule: Rule, anchor: Anchor | Reason, anchor_on: date) -> Why:
    return Why(anchor, anchor_on, rule.id, rule.version, rule.source)


def _told(rule: Rule, told: Iterable[tuple[Span, Why]], today: date) -> Iterator[Entry]:
    """The spans for which a rule is in force, each with its reason, as entries."""
    topic = rule.audience.topic
    for (occurrence, counted_on, opens_on, due_on, closes_on), why in told:
        if rule.effective_from <= counted_on <= rule.effective_to and opens_on <= closes_on:
            state = state_by_date(opens_on, closes_on, today)
            yield Entry(occurrence, opens_on, due_on, closes_on, state, why, topic)


def _laid(rule: Rule, window: Window, days: Days, today: date) -> Iterable[Span]:
    """The spans of a window that is not counted from records."""
    if rule.repeat is None:
        return [lay(window, days, 1)]
    return _repeated(rule.repeat, window, days._replace(counted_on=days.due_from), today)


def _repeated(repeat: Repeat, window: Window, days: Days, today: date) -> Iterator[Span]:
    """Occurrences counted from the anchor: all fixed ones, endless ones within the horizon."""
    for occurrence, months in repeat.occurrences():
        span = lay(window, days, occurrence, months)
        if months in repeat.months:
            yield span
        elif span.opens_on > today + HORIZON:
            return
        elif span.closes_on >= today - HORIZON:
            yield span


def _rolled(
    repeat: Repeat, window: Window, *, start: date, today: date, records: Sequence[ServiceRecord]
) -> Iterator[tuple[Span, date | None]]:
    """Occurrences within the horizon, each with the record it is counted from, if from any."""
    step, occurrence, had_on = repeat.every_months, 1, None
    start = add_months(start, step) if repeat.by_quantity else start
    while start <= today + HORIZON:
        named = [record.on for record in records if record.occurrence == occurrence]
        unnamed = [record.on for record in records if record.occurrence is None]
        span = lay(window, Days(start, start, start, start), occurrence)
        had = named or [day for day in unnamed if span.opens_on <= day <= span.closes_on]
        recent = [day for day in unnamed if day < start < repeat.after(day)]
        if recent and not had:
            had_on = max(recent)
            start = repeat.after(had_on)
            continue
        if span.closes_on >= today - HORIZON:
            yield span, had_on
        had_on = min(had, default=had_on)
        after = repeat.after(had_on) if had and had_on else start
        start = after if after > start else add_months(start, step)
        occurrence += 1
