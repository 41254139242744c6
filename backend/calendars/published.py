"""Rules as they were published: every entry as text that outlives the files it came from."""

import json
from collections.abc import Iterable, Mapping
from datetime import date
from functools import lru_cache

from backend.calendars.entries import Entry
from backend.calendars.rules import rules_of
from backend.domain.calendar import Rule

_PLACE = "the rules as published"
_DAY = "day"


def write_entries(entries: Iterable[Entry]) -> str:
    """The fields of entries as JSON; equal entries give equal text."""
    fields = [entry.fields for entry in entries]
    return json.dumps(fields, default=_written_day, ensure_ascii=False, sort_keys=True)


def read_entries(text: str) -> list[Entry]:
    """The entries that were written down."""
    tables: list[Mapping[str, object]] = json.loads(text, object_hook=_read_day)
    return [Entry(_PLACE, str(fields.get("id", "")), fields) for fields in tables]


@lru_cache(maxsize=4)
def read_rules(text: str) -> tuple[Rule, ...]:
    """The rules that were written down; raises CalendarMistake where they are not understood."""
    return rules_of(read_entries(text))


def _written_day(value: object) -> object:
    if isinstance(value, date):
        return {_DAY: value.isoformat()}
    raise TypeError(f"a calendar holds no {type(value).__name__}")


def _read_day(table: dict[str, object]) -> object:
    return date.fromisoformat(str(table[_DAY])) if table.keys() == {_DAY} else table
