"""One entry of a calendar file: reads its fields, and says clearly what is wrong with them."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import NoReturn, TypeVar

from backend.domain.calendar import Anchor, Mark
from backend.domain.errors import CalendarMistake

MARK = re.compile(r"([a-z_]+)((?:[+-]\d{1,4}[dwm])*)")
STEP = re.compile(r"([+-]\d+)([dwm])")
REGION = re.compile(r"([0-9]{12})?")
# No service is so far off; beyond it the days of a long life would leave the calendar.
MOST_MONTHS, MOST_DAYS = 1200, 36_600
IDENTIFIER = re.compile(r"[a-z][a-z0-9_]{0,23}")

Choice = TypeVar("Choice", bound=StrEnum)


@dataclass(frozen=True)
class Entry:
    """A table of a calendar file, and where it stands.

    `changed` names the fields a township says in its own file; it is empty for one as shipped.
    """

    file: str
    rule: str
    fields: Mapping[str, object]
    inside: str = ""
    changed: frozenset[str] = frozenset()

    def refuse(self, field: str, allowed: str, *, found: str | None = None) -> NoReturn:
        """Raise CalendarMistake about a field of this entry; by default its value is at fault."""
        if found is None:
            found = repr(self.fields[field]) if field in self.fields else "nothing"
        where = f"{self.inside}.{field}" if self.inside else field
        raise CalendarMistake(
            file=self.file, rule=self.rule, field=where, found=found, allowed=allowed
        )

    def allow_only(self, known: Collection[str]) -> None:
        """Refuse a field nobody reads: most likely a slip of the pen."""
        for field in self.fields:
            if field not in known:
                where = self.inside or self.rule
                raise CalendarMistake(
                    file=self.file,
                    rule=self.rule,
                    field=field,
                    found=f"a field of this name in {where}",
                    allowed=", ".join(sorted(known)),
                )

    def identifier(self, field: str) -> str:
        """A needed word of lower-case letters, digits and underscores, 24 characters at most."""
        value = self.fields.get(field)
        if not isinstance(value, str) or not _is_identifier(value):
            self.refuse(field, "lower-case letters, digits and _, at most 24, a letter first")
        return value

    def identifiers(self, field: str) -> frozenset[str]:
        """Some such words; none where absent."""
        values = self.fields.get(field, [])
        if not isinstance(values, list) or not all(map(_is_identifier, values)):
            self.refuse(field, "names of lower-case letters, digits and _ in brackets")
        return frozenset(values)

    def text(self, field: str, default: str | None = None) -> str:
        """A text, needed where there is no default."""
        value = self.fields.get(field, default)
        if not isinstance(value, str) or (not value and default is None):
            self.refuse(field, "a text in quotation marks")
        return value

    def region(self, field: str) -> str:
        """A region's code, empty where absent: then it is for everywhere."""
        value = self.fields.get(field, "")
        if not isinstance(value, str) or not REGION.fullmatch(value):
            self.refuse(field, "a text of exactly 12 digits")
        return value

    def number(self, field: str, *, lowest: int, highest: int) -> int | None:
        """A whole number within both bounds, None where absent."""
        value = self.fields.get(field)
        if value is None:
            return None
        if type(value) is not int or not lowest <= value <= highest:
            self.refuse(field, f"a whole number from {lowest} to {highest}")
        return value

    def numbers(self, field: str, *, lowest: int, highest: int) -> tuple[int, ...]:
        """Whole numbers within both bounds, rising; none where absent."""
        values = self.fields.get(field, [])
        allowed = f"rising whole numbers from {lowest} to {highest} in brackets"
        if not isinstance(values, list) or any(type(value) is not int for value in values):
            self.refuse(field, allowed)
        in_bounds = all(lowest <= value <= highest for value in values)
        if not in_bounds or values != sorted(set(values)):
            self.refuse(field, allowed)
        return tuple(values)

    def flag(self, field: str, default: bool) -> bool:
        """true or false."""
        value = self.fields.get(field, default)
        if not isinstance(value, bool):
            self.refuse(field, "true or false")
        return value

    def day(self, field: str, default: date) -> date:
        """A day written 2026-05-03, without quotation marks."""
        value = self.fields.get(field, default)
        if type(value) is not date:
            self.refuse(field, "a day such as 2026-05-03, without quotation marks")
        return value

    def choice(self, field: str, choices: type[Choice], default: Choice | None = None) -> Choice:
        """One of the words of an enumeration, needed where there is no default."""
        found = self.choice_or_none(field, choices)
        if found is None:
            found = default
        if found is None:
            self.refuse(field, ", ".join(choices))
        return found

    def choice_or_none(self, field: str, choices: type[Choice]) -> Choice | None:
        """One of the words of an enumeration, None where absent."""
        value = self.fields.get(field)
        if value is None:
            return None
        if not isinstance(value, str) or value not in {member.value for member in choices}:
            self.refuse(field, ", ".join(choices))
        return choices(value)

    def choices(self, field: str, choices: type[Choice]) -> frozenset[Choice]:
        """Some words of an enumeration; none where absent."""
        values = self.fields.get(field, [])
        members = {member.value: member for member in choices}
        if not isinstance(values, list) or any(not isinstance(one, str) for one in values):
            self.refuse(field, f"any of {', '.join(choices)} in brackets")
        if not members.keys() >= set(values):
            self.refuse(field, f"any of {', '.join(choices)} in brackets")
        return frozenset(members[value] for value in values)

    def mark(self, field: str, anchors: Collection[Anchor]) -> Mark:
        """A day such as `lmp+90d` or `birth+3m-15d`, counted from one of `anchors`."""
        mark = _mark(self.fields.get(field), anchors)
        if mark is None:
            self.refuse(field, _allowed_marks(anchors))
        return mark

    def marks(self, field: str, anchors: Collection[Anchor]) -> tuple[Mark, ...]:
        """Some such days; none where absent."""
        values = self.fields.get(field, [])
        allowed = f"{_allowed_marks(anchors)}; in brackets"
        if not isinstance(values, list):
            self.refuse(field, allowed)
        marks = tuple(mark for value in values if (mark := _mark(value, anchors)))
        if len(marks) != len(values):
            self.refuse(field, allowed)
        return marks

    def table(self, field: str) -> "Entry | None":
        """A table inside this one, None where absent."""
        value = self.fields.get(field)
        if value is None:
            return None
        if not isinstance(value, dict):
            self.refuse(field, "a table in braces")
        return Entry(self.file, self.rule, value, field)

    def tables(self, field: str) -> tuple["Entry", ...]:
        """A list of at least one table inside this one."""
        values = self.fields.get(field)
        is_list = isinstance(values, list) and bool(values)
        if not isinstance(values, list) or not is_list:
            self.refuse(field, "a list of tables: [{ ... }]")
        if not all(isinstance(value, dict) for value in values):
            self.refuse(field, "a list of tables: [{ ... }]")
        return tuple(Entry(self.file, self.rule, value, field) for value in values)


def _is_identifier(value: object) -> bool:
    """Whether a value is a name such as a rule's or a topic's."""
    return isinstance(value, str) and bool(IDENTIFIER.fullmatch(value))


def _mark(value: object, anchors: Collection[Anchor]) -> Mark | None:
    """The day a text names, None where it is no such text."""
    parts = MARK.fullmatch(value) if isinstance(value, str) else None
    if parts is None or parts[1] not in anchors:
        return None
    steps = {"d": 0, "w": 0, "m": 0}
    for count, unit in STEP.findall(parts[2]):
        steps[unit] += int(count)
    if abs(steps["m"]) > MOST_MONTHS or abs(steps["d"] + 7 * steps["w"]) > MOST_DAYS:
        return None
    return Mark(Anchor(parts[1]), months=steps["m"], days=steps["d"] + 7 * steps["w"])


def _allowed_marks(anchors: Collection[Anchor]) -> str:
    """What a day may be counted from, and how."""
    return f"{', '.join(sorted(anchors))}, then steps such as +90d, +2w, -1m, a century at most"
