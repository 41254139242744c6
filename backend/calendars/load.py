"""Reads the service calendars and a township's own values, and refuses what cannot be."""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import NamedTuple

from backend.calendars.checks import check_each, check_together
from backend.calendars.entries import Entry
from backend.calendars.rules import OVERRIDE_FIELDS, rules_of, version_of
from backend.domain.calendar import Rule
from backend.domain.errors import CalendarMistake

BASE = Path(__file__).parent
_IN_OTHER_LETTERS = "a file saved in UTF-16, GBK or anything else but UTF-8"
_ONE_DAY = timedelta(1)


class Written(NamedTuple):
    """A file as it stands: its name, for telling of mistakes, and its text."""

    name: str
    text: str


@cache
def load(base: Path = BASE, override: Path | None = None) -> tuple[Rule, ...]:
    """Every rule of the calendars in a folder, with a township's own values over them.

    The township's file has `[rules.ID]` tables of changed fields, each with a higher `version`
    (or `enabled = false`), and may name its 12-digit `region`: then the shipped rule still holds
    everywhere else, see `rules_for`. It also holds before a version's `effective_from` and after
    its `effective_to`; several versions that take turns are `[[rules.ID]]`. Raises CalendarMistake.
    """
    entries = read_entries(read_file(override) if override else None, base)
    rules = rules_of(entries)
    check_each(entries)
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
    """A file's text, with or without the mark some editors begin UTF-8 with.

    Raises CalendarMistake where there is none.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise _unreadable(path.name, str(error)) from error
    except UnicodeDecodeError as error:
        raise _unreadable(path.name, _IN_OTHER_LETTERS) from error
    if "\0" in text:
        # So UTF-16 without a mark looks, which is UTF-8 by chance.
        raise _unreadable(path.name, _IN_OTHER_LETTERS)
    return Written(path.name, text)


def own_region(own: Written) -> str:
    """The region for which a township's file is; empty for everywhere."""
    return Entry(own.name, "", _parse(own)).region("region")


def _parse(file: Written) -> Mapping[str, object]:
    """The tables of a file; raises CalendarMistake where it is no TOML."""
    try:
        return tomllib.loads(file.text)
    except tomllib.TOMLDecodeError as error:
        raise _unreadable(file.name, str(error)) from error


def _unreadable(name: str, found: str) -> CalendarMistake:
    return CalendarMistake(
        file=name, rule="", field="", found=found, allowed="a TOML file in UTF-8"
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
        versions = _own(changes, entry, region)
        if region or not versions:
            found.append(entry)
        found += versions
        found += _meanwhile(entry, versions, region)
    return found


def _own(changes: Entry, entry: Entry, region: str) -> list[Entry]:
    """A township's versions of a rule; mistakes in them are told under its own file."""
    found, lowest = [], version_of(entry) + 1
    for said in _said(changes, entry.rule):
        change = Entry(changes.file, entry.rule, said.fields)
        change.allow_only(OVERRIDE_FIELDS)
        version = change.number("version", lowest=lowest, highest=9999)
        if version is None and change.flag("enabled", True):
            change.refuse("version", f"a whole number above {lowest - 1}")
        lowest = (version or lowest - 1) + 1
        fields = {**entry.fields, **change.fields, "region": region}
        found.append(Entry(change.file, entry.rule, fields, changed=frozenset(change.fields)))
    return found


def _said(changes: Entry, rule: str) -> Sequence[Entry]:
    """What a township says about a rule: one table, or a list of them."""
    rules = Entry(changes.file, "rules", changes.fields)
    if isinstance(changes.fields.get(rule), list):
        return rules.tables(rule)
    table = rules.table(rule)
    return [table] if table else []


def _meanwhile(entry: Entry, own: Sequence[Entry], region: str) -> Iterator[Entry]:
    """The rule as shipped for the days on which none of a township's versions is in force."""
    free_from, last = _in_force(entry)
    for begins, ends in sorted(map(_in_force, own)):
        if begins > free_from:
            yield _until(entry, free_from, begins - _ONE_DAY, region)
        if ends >= last:
            return
        free_from = max(free_from, ends + _ONE_DAY)
    if own:
        yield _until(entry, free_from, last, region)


def _in_force(entry: Entry) -> tuple[date, date]:
    """The days from which and until which an entry is in force, both inclusive."""
    return entry.day("effective_from", date.min), entry.day("effective_to", date.max)


def _until(entry: Entry, begins: date, ends: date, region: str) -> Entry:
    """An entry that is in force from one day to another only, both inclusive."""
    days = {"effective_from": begins, "effective_to": ends}
    limits = {name: day for name, day in days.items() if day not in (date.min, date.max)}
    return Entry(entry.file, entry.rule, {**entry.fields, **limits, "region": region})
