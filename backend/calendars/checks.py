"""What cannot be among the rules of the calendars, told with file, rule, field and what may be."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from itertools import pairwise
from typing import NoReturn

from backend.calendars.entries import Entry
from backend.calendars.rules import rule_of, rules_for
from backend.domain.calendar import (
    SAMPLE_DAYS,
    Anchor,
    First,
    Mark,
    Rule,
    When,
    Window,
    find_overlap,
)
from backend.domain.events import Method
from backend.domain.reminders import SHORTEST_GAP

# What a message has room for beside all else that explains a service.
LONGEST_SOURCE = 200
# Days of one month after another are in order on each of these if they are on one.
_ANY_DAY = SAMPLE_DAYS[:1]


def _is_implant(rule: Rule) -> bool:
    return rule.anchor is Anchor.PROCEDURE and rule.audience.method is Method.IMPLANT


# Of which rules an event can tell so.
_BELONGS: Mapping[When, Callable[[Rule], bool]] = {
    When.ALWAYS: lambda _rule: True,
    When.CAESAREAN: lambda rule: rule.anchor is Anchor.BIRTH,
    When.NOT_PREGNANT: lambda rule: rule.anchor is Anchor.PREPARING,
    When.TWO_RODS: _is_implant,
    When.SIX_RODS: _is_implant,
}


def check_each(entries: Iterable[Entry]) -> None:
    """Refuse rules that cannot be, each looked at alone; raises CalendarMistake."""
    for entry in entries:
        rule = rule_of(entry)
        if rule.is_offered:
            for check in _CHECKS:
                check(entry, rule)


def check_together(rules: Sequence[Rule], entries: Sequence[Entry]) -> None:
    """Refuse two versions of a rule in force at once, and windows of a group that overlap.

    Also rules that follow one there is not, or one another in a ring. Raises CalendarMistake.
    """
    # Where a rule is in several files, what a township says is what can be mended.
    places = {entry.rule: entry for entry in sorted(entries, key=lambda one: bool(one.changed))}
    _check_follows(rules, places)
    for region in sorted({rule.region for rule in rules}):
        _check_region(rules_for(rules, region), places)


def _check_follows(rules: Sequence[Rule], places: Mapping[str, Entry]) -> None:
    """Refuse to follow a rule there is not, or one that follows this one."""
    after: dict[str, set[str]] = {}
    for rule in rules:
        after.setdefault(rule.id, set()).update({rule.follows.rule} if rule.follows else ())
    for rule in sorted(rules, key=lambda rule: not places[rule.id].changed):
        if rule.follows is None:
            continue
        place, other = places[rule.id], rule.follows.rule
        if other not in places:
            place.refuse("follows.rule", ", ".join(sorted(places)), found=repr(other))
        behind = _all_behind(other, after)
        if rule.id in behind:
            found = f"{other!r}, by which {rule.id} comes after itself,"
            place.refuse("follows.rule", ", ".join(sorted(places.keys() - behind)), found=found)


def _all_behind(rule_id: str, after: Mapping[str, set[str]]) -> set[str]:
    """A rule, those it follows, those that they follow, and so on."""
    found, ahead = set[str](), {rule_id}
    while ahead:
        found |= ahead
        ahead = set[str]().union(*(after.get(one, ()) for one in ahead)) - found
    return found


def _check_region(rules: Sequence[Rule], places: Mapping[str, Entry]) -> None:
    """Refuse what cannot be together among the rules of one region."""
    ordered = sorted(rules, key=lambda rule: (rule.id, rule.effective_from))
    for rule, following in pairwise(ordered):
        if rule.id != following.id:
            continue
        if following.effective_from <= rule.effective_to:
            allowed = f"a day after {rule.effective_to}, when the other version ends"
            found = str(following.effective_from)
            places[rule.id].refuse("effective_from", allowed, found=found)
        if _numbering(rule) != _numbering(following):
            _refuse_turns(places[rule.id], following.effective_from)
    overlap = find_overlap(tuple(rules))
    if overlap:
        first, second = (places[name.split("/")[0]] for name in (overlap.first, overlap.second))
        blamed = first if first.changed and not second.changed else second
        blamed.refuse(
            "windows",
            "windows of one group that do not overlap",
            found=f"a day shared by {overlap.first} and {overlap.second}",
        )


def _numbering(rule: Rule) -> tuple[object, ...]:
    """What decides from which day the occurrence of a number is counted, alike in all versions."""
    repeat = rule.repeat
    age_from = rule.audience.age_from if rule.anchor is Anchor.OF_AGE else None
    if repeat is None:
        return (age_from,)
    # Months are numbers themselves, whichever of them a version has.
    by_step = replace(repeat, months=(), then_every_months=0)
    counted_from = frozenset(window.due.anchor for window in rule.windows)
    return age_from, by_step, counted_from, rule.windows if repeat.from_record else ()


def _refuse_turns(place: Entry, turns_on: date) -> NoReturn:
    """Refuse that one number would stand for two services, a day in each version."""
    place.refuse(
        "effective_from" if "effective_from" in place.changed else "effective_to",
        "the same repeat and age_from before and after (with from_record the same windows, too),"
        " or none: publish the file on that day",
        found=f"a turn on {turns_on} to what is numbered otherwise",
    )


def _check_source(entry: Entry, rule: Rule) -> None:
    """Refuse a text that nobody can read on a page, or that leaves no room for all else."""
    is_line = len(rule.source.splitlines()) == 1 and bool(rule.source.strip())
    allowed = f"a text in quotation marks, one line of at most {LONGEST_SOURCE} characters"
    if not is_line:
        entry.refuse("source", allowed)
    if len(rule.source) > LONGEST_SOURCE:
        entry.refuse("source", allowed, found=f"a text of {len(rule.source)} characters")


def _check_spans(entry: Entry, rule: Rule) -> None:
    """Refuse ages and days of force that are the wrong way round."""
    if rule.effective_from > rule.effective_to:
        entry.refuse("effective_to", f"a day from {rule.effective_from} on")
    age_from, age_to = rule.audience.age_from, rule.audience.age_to
    if age_from is not None and age_to is not None and age_from > age_to:
        entry.refuse("age_to", f"an age from {age_from} on")


def _check_order(entry: Entry, rule: Rule) -> None:
    """Refuse windows that close before they open, for whomever they are laid."""
    for window in rule.windows:
        marks = _marks(window)
        anchors = sorted(window.anchors, key=lambda anchor: _order(anchor, rule))
        allowed = "opens, due and closes in this order"
        if len(anchors) > 1:
            allowed += f" on whatever days these are: {', then '.join(anchors)}"
        places = [_order(mark.anchor, rule) for mark in marks]
        if places != sorted(places) or not all(_is_rising(marks, rule, on) for on in _days(marks)):
            entry.refuse("windows", allowed)


def _order(anchor: Anchor, rule: Rule) -> int:
    """Which of the days that one event may know comes first: what it follows, itself, the rest."""
    if anchor is rule.anchor:
        return 1
    return 0 if anchor is Anchor.EXAM else 2


def _marks(window: Window) -> tuple[Mark, Mark, Mark]:
    return window.opens, window.due, window.closes


def _days(marks: Sequence[Mark]) -> Sequence[date]:
    """The days on which to compare marks; months are not alike."""
    return SAMPLE_DAYS if len({mark.months for mark in marks}) > 1 else _ANY_DAY


def _is_rising(marks: Sequence[Mark], rule: Rule, on: date) -> bool:
    """Whether marks are in order where all they are counted from is one day."""
    days = [mark.day(on, _first_months(rule)) for mark in marks]
    return days == sorted(days)


def _first_months(rule: Rule) -> int:
    """How many months after its day a rule is owed for the first time, at least."""
    repeat = rule.repeat
    if repeat is None:
        return 0
    return repeat.months[0] if repeat.months else int(repeat.by_quantity)


def _check_begin(entry: Entry, rule: Rule) -> None:
    """Refuse services that are best had before there is anything to have them for."""
    for table, window in _tables(entry, rule):
        day, due = _ANY_DAY[0], window.due
        # Of what has its end written on it, the end is known before it comes.
        if due.anchor is not Anchor.EXPIRY and due.day(day, _first_months(rule)) < day:
            first = f"a day from {due.anchor} on"
            table.refuse("due", first if rule.repeat is None else f"{first} for the first time")


def _tables(entry: Entry, rule: Rule) -> Iterator[tuple[Entry, Window]]:
    return zip(entry.tables("windows"), rule.windows, strict=True)


def _check_when(entry: Entry, rule: Rule) -> None:
    """Refuse conditions of which nobody can ever tell, and windows behind one that always fits."""
    belonging = [when for when, belongs in _BELONGS.items() if belongs(rule)]
    for table, window in _tables(entry, rule):
        if window.when not in belonging:
            table.refuse("when", ", ".join(belonging))
        if window.when is When.NOT_PREGNANT and Anchor.LMP in window.anchors:
            table.refuse("when", f"{When.ALWAYS}, as lmp is known of who is pregnant only")
    for number, window in enumerate(rule.windows):
        before = next((n for n in range(number) if _hides(rule.windows[n], window, rule)), None)
        if before is not None:
            entry.refuse(
                "windows",
                "windows that differ in when or in what they are counted from, for all last",
                found=f"window {number + 1}, which is for nobody after window {before + 1},",
            )


def _hides(window: Window, later: Window, rule: Rule) -> bool:
    """Whether a window fits wherever a later one does."""
    # A birth may be known by the day she left hospital alone.
    known = set() if rule.anchor is Anchor.BIRTH else {rule.anchor}
    if rule.follows:
        known |= {Anchor.EXAM}
    return window.when in (When.ALWAYS, later.when) and window.anchors <= later.anchors | known


def _check_last_reminder(entry: Entry, rule: Rule) -> None:
    """Refuse a last reminder for which no window is long enough."""
    last_days = rule.reminding.last_days
    if last_days is None or (entry.changed and "remind" not in entry.changed):
        return
    if rule.reminding.first is First.DAILY:
        entry.refuse("remind", "last_days only where first is opens or due")
    rooms = [_room(window, rule) for window in rule.windows if len(window.anchors) == 1]
    if len(rooms) < len(rule.windows) or last_days <= max(rooms):
        return
    allowed = f"a whole number from 1 to {max(rooms)}" if max(rooms) > 0 else "no second reminder"
    entry.refuse("remind.last_days", f"{allowed} for windows so short", found=str(last_days))


def _room(window: Window, rule: Rule) -> int:
    """The most days before the end of a window at which a last reminder is not too soon."""
    first = window.due if rule.reminding.first is First.DUE else window.opens
    return min((window.closes.day(on) - first.day(on) - SHORTEST_GAP).days for on in SAMPLE_DAYS)


def _check_until(entry: Entry, rule: Rule) -> None:
    """Refuse an end before anything opened."""
    months = _first_months(rule)
    for mark in rule.until:
        opens = [one.opens for one in rule.windows if one.opens.anchor is mark.anchor]
        if opens and all(one.day(_ANY_DAY[0], months) > mark.day(_ANY_DAY[0]) for one in opens):
            entry.refuse("until", "days on which some window has opened already")


_CHECKS = (
    _check_source,
    _check_spans,
    _check_order,
    _check_begin,
    _check_when,
    _check_last_reminder,
    _check_until,
)
