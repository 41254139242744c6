"""Rules made ready for planning many people: found by whom they are for, their days remembered."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date, timedelta
from functools import lru_cache, partial
from typing import NamedTuple

from backend.domain.calendar import EVERYONE, Anchor, Repeat, Rule, Stage, When, Window
from backend.domain.gestation import add_months

# Endless repeats are laid out this far ahead and remembered this far back, in days.
HORIZON = timedelta(400)
# Days for which the spans of a window are kept: more than there are births with visits ahead.
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


class Layout:
    """One window of a rule, and its spans by the days they are counted from.

    Those are the same for everybody with these days, so they are laid once and kept.
    """

    __slots__ = ("_anchors", "_laid", "is_usual", "spans_on", "window")

    def __init__(self, rule: Rule, window: Window) -> None:
        self.window = window
        self._anchors = (window.opens.anchor, window.due.anchor, window.closes.anchor)
        # Nothing has to be known for it but the day that the rule is anchored on.
        self.is_usual = window.when is When.ALWAYS and set(self._anchors) == {rule.anchor}
        self._laid = lru_cache(_DAYS_KEPT)(partial(_lay_all, rule, window))
        # As `spans` of a window all of which is counted from one day: that, and today.
        self.spans_on = lru_cache(_DAYS_KEPT)(partial(_lay_from, rule, window))

    def spans(
        self, dates: Mapping[Anchor, date], counted_on: date, today: date
    ) -> tuple[Span, ...]:
        """Every fixed occurrence on these days, and endless ones within the horizon of today."""
        opens, due, closes = self._anchors
        return self._laid(Days(dates[opens], dates[due], dates[closes], counted_on), today)


class ReadyRule:
    """A rule, and what of it does not depend on the person."""

    __slots__ = ("is_choosy", "is_plain", "layouts", "rule", "usual")

    def __init__(self, rule: Rule) -> None:
        self.rule = rule
        self.layouts = {id(window): Layout(rule, window) for window in rule.windows}
        first = self.layouts[id(rule.windows[0])] if rule.windows else None
        # The one window of a rule without conditions, so that none has to be chosen.
        self.usual = first if first and first.is_usual and not rule.follows else None
        # Neither age nor a record moves its days.
        is_rolling = rule.repeat is not None and rule.repeat.from_record
        self.is_plain = bool(self.usual) and rule.anchor is not Anchor.OF_AGE and not is_rolling
        # For some ages or one stage of life only.
        audience = rule.audience
        ages = (audience.age_from, audience.age_to)
        self.is_choosy = audience.stage is not Stage.ANY or ages != (None, None)


class Rules(tuple[Rule, ...]):
    """Rules in their order, which remember for whom which of them are."""

    def __init__(self, _rules: Iterable[Rule] = ()) -> None:
        self.ids = frozenset(rule.id for rule in self)
        self._ready = tuple(map(ReadyRule, self))
        self._chosen = lru_cache(_AUDIENCES_KEPT)(self._choose)
        self._parts = lru_cache(_PARTS_KEPT)(self._part)

    def of(
        self, sex: str | None, calendar: str, topics: frozenset[str]
    ) -> Iterable[tuple[Anchor, list[ReadyRule]]]:
        """The rules for persons of this sex, calendar and topics, by what they are anchored on."""
        return self._chosen(sex, calendar, topics)

    def only(self, ids: Collection[str]) -> "Rules":
        """Those of the rules whose ids are among these."""
        return self._parts(frozenset(ids))

    def _part(self, ids: frozenset[str]) -> "Rules":
        return Rules(rule for rule in self if rule.id in ids)

    def _choose(
        self, sex: str | None, calendar: str, topics: frozenset[str]
    ) -> tuple[tuple[Anchor, list[ReadyRule]], ...]:
        chosen: dict[Anchor, list[ReadyRule]] = {}
        for ready in self._ready:
            rule, audience = ready.rule, ready.rule.audience
            is_hers = audience.topic in topics and audience.sex in (None, sex)
            if is_hers and rule.calendar in (EVERYONE, calendar):
                chosen.setdefault(rule.anchor, []).append(ready)
        return tuple(chosen.items())


def lay(window: Window, days: Days, occurrence: int, months: int = 0) -> Span:
    """A window laid on the calendar, so many months on."""
    return Span(
        occurrence,
        add_months(days.counted_on, months) if months else days.counted_on,
        window.opens.day(days.opens_from, months),
        window.due.day(days.due_from, months),
        window.closes.day(days.closes_from, months),
    )


def is_in_force(rule: Rule, span: Span) -> bool:
    """True if a rule is in force for what is counted from that day, and the span has a day."""
    is_in_time = rule.effective_from <= span.counted_on <= rule.effective_to
    return is_in_time and span.opens_on <= span.closes_on


def _lay_all(rule: Rule, window: Window, days: Days, today: date) -> tuple[Span, ...]:
    """The spans of a window that is not counted from records."""
    repeat = rule.repeat
    if repeat is None:
        found = [lay(window, days, 1)]
    else:
        days = days._replace(counted_on=days.due_from)
        found = list(_repeated(repeat, window, days, today))
    return tuple(span for span in found if is_in_force(rule, span))


def _lay_from(rule: Rule, window: Window, day: date, today: date) -> tuple[Span, ...]:
    return _lay_all(rule, window, Days(day, day, day, day), today)


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
