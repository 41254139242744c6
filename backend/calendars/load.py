"""Reads the service calendars and a township's own values, and refuses what cannot be."""

import tomllib
from collections.abc import Iterable, Mapping, Sequence, Set
from datetime import date
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from backend.calendars.entries import Entry
from backend.domain.calendar import (
    COMPANIONS,
    Anchor,
    Audience,
    Certainty,
    First,
    Follows,
    Kind,
    Reminding,
    Repeat,
    Rule,
    Stage,
    When,
    Window,
    find_overlap,
)
from backend.domain.errors import CalendarMistake
from backend.domain.events import EventKind, Method, Sex

BASE = Path(__file__).parent

WINDOW_FIELDS = ("when", "opens", "due", "closes")
REPEAT_FIELDS = (
    *("months", "then_every_months", "every_months"),
    *("from_record", "by_year", "by_quantity"),
)
FOLLOWS_FIELDS = ("rule", "within_months")
REMIND_FIELDS = ("first", "last_days")
OVERRIDE_FIELDS = (
    "version",
    "enabled",
    "effective_from",
    "effective_to",
    "age_from",
    "age_to",
    "windows",
    "repeat",
    "until",
    "follows",
    "remind",
    "source",
    "certainty",
)
RULE_FIELDS = (
    *OVERRIDE_FIELDS,
    "id",
    "kind",
    "calendar",
    "region",
    "topic",
    "sex",
    "stage",
    "method",
    "named",
    "anchor",
    "ends",
    "done_by",
    "group",
)


class Written(NamedTuple):
    """A file as it stands: its name, for telling of mistakes, and its text."""

    name: str
    text: str


@cache
def load(base: Path = BASE, override: Path | None = None) -> tuple[Rule, ...]:
    """Every rule of the calendars in a folder, with a township's own values over them.

    The township's file has `[rules.ID]` tables of changed fields, each with a higher `version`
    (or `enabled = false`), and may name its 12-digit `region`: then the shipped rule still holds
    everywhere else, see `rules_for`. Raises CalendarMistake.
    """
    entries = read_entries(read_file(override) if override else None, base)
    rules = rules_of(entries)
    check_together(rules, entries)
    return rules


def read_entries(own: Written | None = None, base: Path = BASE) -> list[Entry]:
    """The entries of the calendars in a folder, with a township's own values over them."""
    entries = list(_shipped(base))
    return _overridden(entries, own) if own else entries


@cache
def _shipped(base: Path) -> tuple[Entry, ...]:
    """The entries of the calendars in a folder; the program's own do not change while it runs."""
    return tuple(entry for path in sorted(base.glob("*.toml")) for entry in _entries(path))


def read_file(path: Path) -> Written:
    """A file's text; raises CalendarMistake where there is none."""
    try:
        return Written(path.name, path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise _unreadable(path.name, error) from error


def own_rules(own: Written) -> frozenset[str]:
    """The ids of the rules of which a township's file says something."""
    changes = Entry(own.name, "", _parse(own)).table("rules")
    return frozenset(changes.fields if changes else ())


def rules_of(entries: Iterable[Entry]) -> tuple[Rule, ...]:
    """The rules that entries describe, each checked alone; raises CalendarMistake."""
    return tuple(rule for entry in entries if (rule := _rule(entry)).is_offered or rule.region)


def rules_for(rules: Sequence[Rule], region: str) -> tuple[Rule, ...]:
    """The rules in force in a 12-digit region: its own, else those of the nearest one above it."""
    nearest: dict[str, str] = {}
    for rule in rules:
        prefix = _prefix(rule.region)
        if region.startswith(prefix) and len(prefix) >= len(nearest.get(rule.id, "")):
            nearest[rule.id] = prefix
    return tuple(
        rule for rule in rules if rule.is_offered and nearest.get(rule.id) == _prefix(rule.region)
    )


# Province, city, county, township: a region above a village ends in zeros (`domain.md` 11).
LEVELS = (2, 4, 6, 9)


def _prefix(region: str) -> str:
    """The digits every code inside a region begins with; none for everywhere."""
    lengths = (length for length in LEVELS if not region[length:].strip("0"))
    return region[: next(lengths, None)]


def _parse(file: Written) -> Mapping[str, object]:
    """The tables of a file; raises CalendarMistake where it is no TOML."""
    try:
        return tomllib.loads(file.text)
    except tomllib.TOMLDecodeError as error:
        raise _unreadable(file.name, error) from error


def _unreadable(name: str, error: Exception) -> CalendarMistake:
    return CalendarMistake(
        file=name, rule="", field="", found=str(error), allowed="a TOML file in UTF-8"
    )


def _entries(path: Path) -> tuple[Entry, ...]:
    """The `[[rules]]` of a calendar file."""
    top = Entry(path.name, "", _parse(read_file(path)))
    top.allow_only(("rules",))
    found = []
    for number, table in enumerate(top.tables("rules"), 1):
        place = Entry(path.name, f"rule number {number}", table.fields)
        found.append(Entry(path.name, place.identifier("id"), table.fields))
    return tuple(found)


def _overridden(entries: Sequence[Entry], own: Written) -> list[Entry]:
    """The entries with a township's values over them."""
    top = Entry(own.name, "", _parse(own))
    top.allow_only(("region", "rules"))
    region = top.region("region")
    changes = top.table("rules")
    if changes is None:
        return list(entries)
    changes.allow_only({entry.rule for entry in entries})
    found = []
    for entry in entries:
        change = _change(changes, entry)
        if change is None or region:
            found.append(entry)
        if change is not None:
            found.append(_changed(entry, change, region))
    return found


def _change(changes: Entry, entry: Entry) -> Entry | None:
    """What a township says about one rule; its version has to rise when a value changes."""
    change = Entry(changes.file, "rules", changes.fields).table(entry.rule)
    if change is None:
        return None
    change = Entry(changes.file, entry.rule, change.fields)
    change.allow_only(OVERRIDE_FIELDS)
    version = change.number("version", lowest=_version(entry) + 1, highest=9999)
    if version is None and change.flag("enabled", True):
        change.refuse("version", f"a whole number above {_version(entry)}")
    return change


def _changed(entry: Entry, change: Entry, region: str) -> Entry:
    """An entry with changed fields; mistakes in it are told under the township's file."""
    return Entry(change.file, entry.rule, {**entry.fields, **change.fields, "region": region})


def _version(entry: Entry) -> int:
    """The version of an entry; it is needed."""
    version = entry.number("version", lowest=1, highest=9999)
    if version is None:
        entry.refuse("version", "a whole number from 1 to 9999")
    return version


def _rule(entry: Entry) -> Rule:
    """The rule an entry describes; raises CalendarMistake."""
    entry.allow_only(RULE_FIELDS)
    anchor = entry.choice("anchor", Anchor)
    anchors = {anchor} | COMPANIONS.get(anchor, frozenset())
    if "follows" in entry.fields:
        anchors |= {Anchor.EXAM}
    rule = Rule(
        id=entry.identifier("id"),
        version=_version(entry),
        calendar=entry.identifier("calendar"),
        anchor=anchor,
        audience=_audience(entry),
        windows=tuple(_window(table, anchors) for table in entry.tables("windows")),
        group=entry.identifier("group"),
        source=entry.text("source"),
        certainty=entry.choice("certainty", Certainty),
        region=entry.region("region"),
        effective_from=entry.day("effective_from", date.min),
        effective_to=entry.day("effective_to", date.max),
        repeat=_repeat(entry),
        until=entry.marks("until", anchors),
        follows=_follows(entry),
        ends=entry.choices("ends", EventKind),
        reminding=_reminding(entry),
        done_by=entry.choices("done_by", EventKind),
        kind=entry.choice("kind", Kind, Kind.SERVICE),
        is_offered=entry.flag("enabled", True),
    )
    _check_alone(entry, rule)
    return rule


def _audience(entry: Entry) -> Audience:
    """Whom a rule is for."""
    return Audience(
        topic=entry.identifier("topic"),
        sex=entry.choice_or_none("sex", Sex),
        age_from=entry.number("age_from", lowest=0, highest=120),
        age_to=entry.number("age_to", lowest=0, highest=120),
        stage=entry.choice("stage", Stage, Stage.ANY),
        method=entry.choice_or_none("method", Method),
        named=entry.identifiers("named"),
    )


def _window(table: Entry, anchors: Set[Anchor]) -> Window:
    """One window of a rule, counted from its anchor or from a day known beside it."""
    table.allow_only(WINDOW_FIELDS)
    return Window(
        opens=table.mark("opens", anchors),
        due=table.mark("due", anchors),
        closes=table.mark("closes", anchors),
        when=table.choice("when", When, When.ALWAYS),
    )


def _repeat(entry: Entry) -> Repeat | None:
    """How a rule repeats, None where it does not."""
    table = entry.table("repeat")
    if table is None:
        return None
    table.allow_only(REPEAT_FIELDS)
    repeat = Repeat(
        months=table.numbers("months", lowest=1, highest=240),
        then_every_months=table.number("then_every_months", lowest=1, highest=120) or 0,
        every_months=table.number("every_months", lowest=1, highest=120) or 0,
        from_record=table.flag("from_record", False),
        by_year=table.flag("by_year", False),
        by_quantity=table.flag("by_quantity", False),
    )
    by_list, by_step = bool(repeat.months), bool(repeat.every_months)
    if by_list == by_step or (repeat.then_every_months and by_step):
        entry.refuse("repeat", "either months (and then_every_months) or every_months")
    if repeat.from_record and not by_step:
        entry.refuse("repeat", "from_record only with every_months")
    if (repeat.by_year or repeat.by_quantity) and not repeat.from_record:
        entry.refuse("repeat", "by_year and by_quantity only with from_record")
    if repeat.by_year and repeat.every_months % 12:
        entry.refuse("repeat", "by_year only with a whole number of years")
    return repeat


def _follows(entry: Entry) -> Follows | None:
    """After which other service a rule is owed, None where after none."""
    table = entry.table("follows")
    if table is None:
        return None
    table.allow_only(FOLLOWS_FIELDS)
    within_months = table.number("within_months", lowest=1, highest=120)
    if within_months is None:
        table.refuse("within_months", "a whole number from 1 to 120")
    return Follows(table.identifier("rule"), within_months)


def _reminding(entry: Entry) -> Reminding:
    """When a rule is reminded of."""
    table = entry.table("remind")
    if table is None:
        entry.refuse("remind", '{ first = "opens", "due" or "daily" } and perhaps last_days')
    table.allow_only(REMIND_FIELDS)
    return Reminding(
        first=table.choice("first", First),
        last_days=table.number("last_days", lowest=1, highest=365),
    )


# Any day far from a month's end will do to compare marks of one anchor.
SAMPLE_DAY = date(2026, 1, 15)


def _check_alone(entry: Entry, rule: Rule) -> None:
    """Refuse windows that close before they open, and ages or days the wrong way round."""
    for window in rule.windows:
        if len(window.anchors) == 1:
            days = [mark.day(SAMPLE_DAY) for mark in (window.opens, window.due, window.closes)]
            if days != sorted(days):
                entry.refuse("windows", "opens, due and closes in this order")
    if rule.effective_from > rule.effective_to:
        entry.refuse("effective_to", f"a day from {rule.effective_from} on")
    age_from, age_to = rule.audience.age_from, rule.audience.age_to
    if age_from is not None and age_to is not None and age_from > age_to:
        entry.refuse("age_to", f"an age from {age_from} on")


def check_together(rules: Sequence[Rule], entries: Sequence[Entry]) -> None:
    """Refuse two versions of a rule in force at once, and windows of a group that overlap."""
    files = {entry.rule: entry.file for entry in entries}
    for rule in rules:
        if rule.follows and rule.follows.rule not in files:
            raise CalendarMistake(
                file=files[rule.id],
                rule=rule.id,
                field="follows.rule",
                found=repr(rule.follows.rule),
                allowed=", ".join(sorted(files)),
            )
    for region in sorted({rule.region for rule in rules}):
        _check_region(rules_for(rules, region), files)


def _check_region(rules: Sequence[Rule], files: Mapping[str, str]) -> None:
    """Refuse what cannot be together among the rules of one region."""
    ordered = sorted(rules, key=lambda rule: (rule.id, rule.effective_from))
    for rule, following in pairwise(ordered):
        if rule.id == following.id and following.effective_from <= rule.effective_to:
            raise CalendarMistake(
                file=files[rule.id],
                rule=rule.id,
                field="effective_from",
                found=str(following.effective_from),
                allowed=f"a day after {rule.effective_to}, when the other version ends",
            )
    overlap = find_overlap(tuple(rules))
    if overlap:
        rule_id = overlap.second.split("/")[0]
        raise CalendarMistake(
            file=files[rule_id],
            rule=rule_id,
            field="windows",
            found=f"a day shared by {overlap.first} and {overlap.second}",
            allowed="windows of one group that do not overlap",
        )
