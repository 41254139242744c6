"""Rules made ready for planning many people: found by whom they are for, their days remembered."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date, timedelta
from functools import lru_cache, partial
from typing import NamedTuple

from backend.domain.calendar import EVERYONE, Anchor, Repeat, Rule, When, Window
from backend.domain.gestation import add_months

# Endless repeats are laid out this far ahead and remembered this far back, in days.
HORIZON = timedelta(400)
# Days for which a window's spans are kept, by window: as many as births that have visits ahead.
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

    __slots__ = ("_anchors", "_laid", "is_usual", "window")

    def __init__(self, rule: Rule, window: Window) -> None:
        self.window = window
        self._anchors = (window.opens.anchor, window.due.anchor, window.closes.anchor)
        # Nothing has to be known for it but the day that the rule is anchored on.
        self.is_usual = window.when is When.ALWAYS and set(self._anchors) == {rule.anchor}
        self._laid = lru_cache(_DAYS_KEPT)(partial(_lay_all, window, rule.repeat))

    def spans(
        self, dates: Mapping[Anchor, date], counted_on: date, today: date
    ) -> tuple[Span, ...]:
        """Every fixed occurrence on these days, and endless ones within the horizon of today."""
        opens, due, closes = self._anchors
        return self._laid(Days(dates[opens], dates[due], dates[closes], counted_on), today)


class ReadyRule:
    """A rule, and what of it does not depend on the person."""

    __slots__ = ("has_ages", "is_always_in_force", "layouts", "rule", "usual")

    def __init__(self, rule: Rule) -> None:
        self.rule = rule
        self.layouts = {id(window): Layout(rule, window) for window in rule.windows}
        first = self.layouts[id(rule.windows[0])] if rule.windows else None
        # The one window of a rule without conditions, so that none has to be chosen.
        self.usual = first if first and first.is_usual and not rule.follows else None
        self.is_always_in_force = (rule.effective_from, rule.effective_to) == (date.min, date.max)
        audience = rule.audience
        self.has_ages = audience.age_from is not None or audience.age_to is not None


class Rules(tuple[Rule, ...]):
    """Rules in their order, which remember for whom which of them are."""

    def __init__(self, _rules: Iterable[Rule] = ()) -> None:
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


def _lay_all(window: Window, repeat: Repeat | None, days: Days, today: date) -> tuple[Span, ...]:
    """The spans of a window that is not counted from records."""
    if repeat is None:
        return (lay(window, days, 1),)
    days, found = days._replace(counted_on=days.due_from), []
    for occurrence, months in repeat.occurrences():
        span = lay(window, days, occurrence, months)
        if months not in repeat.months and span.opens_on > today + HORIZON:
            break
        if months in repeat.months or span.closes_on >= today - HORIZON:
            found.append(span)
    return tuple(found)
