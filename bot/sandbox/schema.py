"""The types of the Bot API description, compiled into checks that run at full speed."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from bot.sandbox.errors import Json


@dataclass(frozen=True, slots=True)
class Problem:
    """One way in which a value differs from the description; Telegram tolerates some of them."""

    text: str
    refused: bool = True


Check = Callable[[Any, str, list[Problem]], None]

# Telegram names these problems itself; everything else is told by path and type.
OWN_WORDS = {
    "callback_data": "BUTTON_DATA_INVALID",
    "command": "BOT_COMMAND_INVALID",
    "commands": "BOT_COMMANDS_TOO_MUCH",
}
NOT_UTF_8 = "strings must be encoded in UTF-8"
DISCRIMINATORS = frozenset({"type", "source", "status"})
_CONSTANT = re.compile(r"must be ([a-z_0-9]+)$|always \"([a-z_0-9]+)\"")
_LENGTH = re.compile(r"(\d+)-(\d+) (characters|bytes)(?! after entit)", re.IGNORECASE)
_COUNT = re.compile(r"(\d+)-(\d+) (?:[a-z]+ )?(?:items|identifiers|options|tasks)")
_AT_MOST = re.compile(r"[Aa]t most (\d+)")
_RANGE = re.compile(r"(?:between|;) (\d+)(?:-| and )(\d+)")


def _anything(value: Any, path: str, problems: list[Problem]) -> None:
    """Accept any value: the description says no more about it."""


def _string(value: Any, path: str, problems: list[Problem]) -> None:
    """Accept text that can be written in UTF-8."""
    if not isinstance(value, str):
        problems.append(Problem(f"{path} must be of type String"))
    elif not value.isascii() and any("\ud800" <= letter <= "\udfff" for letter in value):
        problems.append(Problem(NOT_UTF_8))


def _integer(value: Any, path: str, problems: list[Problem]) -> None:
    """Accept whole numbers."""
    if isinstance(value, bool) or not isinstance(value, int):
        problems.append(Problem(f"{path} must be of type Number"))


def _float(value: Any, path: str, problems: list[Problem]) -> None:
    """Accept any number."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        problems.append(Problem(f"{path} must be of type Number"))


def _boolean(value: Any, path: str, problems: list[Problem]) -> None:
    """Accept true and false."""
    if not isinstance(value, bool):
        problems.append(Problem(f"{path} must be of type Boolean"))


SIMPLE: dict[str, Check] = {
    "String": _string,
    "Integer": _integer,
    "Float": _float,
    "Boolean": _boolean,
    "InputFile": _string,
}


@dataclass(slots=True)
class ObjectType:
    """A type with fields, compiled when it is first met (types may contain each other)."""

    schema: "Schema"
    name: str
    _fields: dict[str, Check] = field(default_factory=dict)
    _required: frozenset[str] = frozenset()
    _constants: dict[str, str] = field(default_factory=dict)
    _ready: bool = False

    def _compile(self) -> None:
        described = self.schema.types[self.name].get("fields", [])
        self._required = frozenset(f["name"] for f in described if f["required"])
        self._constants = _constants(described)
        self._fields = {f["name"]: self.schema.field(f) for f in described}
        self._ready = True

    def fits(self, value: Any) -> bool:
        """Say whether an object can only have been meant as this type."""
        if not self._ready:
            self._compile()
        if not isinstance(value, dict) or not value.keys() >= self._required:
            return False
        return all(value.get(name) == constant for name, constant in self._constants.items())

    def __call__(self, value: Any, path: str, problems: list[Problem]) -> None:
        """Check every field of the object and note the missing and the unknown ones."""
        if not self._ready:
            self._compile()
        if not isinstance(value, dict):
            problems.append(Problem(f"{path} must be of type Object"))
            return
        problems.extend(
            Problem(f'{path}: can\'t find field "{name}"') for name in self._required - value.keys()
        )
        for name, content in value.items():
            check = self._fields.get(name)
            if check is None:
                problems.append(Problem(f'{path}: unknown field "{name}"', refused=False))
            else:
                check(content, f"{path}.{name}", problems)


class Schema:
    """All types of one description; checks are compiled once and kept."""

    def __init__(self, description: Json) -> None:
        self.types: dict[str, Json] = description["types"]
        self._checks: dict[str, Check] = dict(SIMPLE)

    def one_of(self, names: Iterable[str]) -> Check:
        """Return the check of a value that may have any of these types."""
        listed = tuple(names)
        elements = [name.removeprefix("Array of ") for name in listed]
        if len(listed) > 1 and all(name.startswith("Array of ") for name in listed):
            return _array(self.one_of(elements))
        return self._named(listed[0]) if len(listed) == 1 else self._union(listed)

    def field(self, described: Json) -> Check:
        """Return the check of a field: its types and the bounds that its description names."""
        check = self.one_of(described["types"])
        bound = _bound(described)
        return check if bound is None else _both(check, bound)

    def problems(self, types: Iterable[str], value: Any, path: str) -> list[Problem]:
        """Return everything about `value` that differs from these types."""
        found: list[Problem] = []
        self.one_of(types)(value, path, found)
        return found

    def _named(self, name: str) -> Check:
        if name not in self._checks:
            self._checks[name] = self._build(name)
        return self._checks[name]

    def _build(self, name: str) -> Check:
        if name.startswith("Array of "):
            return _array(self.one_of([name.removeprefix("Array of ")]))
        if name == "KeyboardButton":
            return _text_or(ObjectType(self, name))
        described = self.types.get(name, {})
        if name == "RichText" or not described:
            return _anything
        if "subtypes" in described:
            return self._union(tuple(described["subtypes"]))
        return ObjectType(self, name)

    def _union(self, names: tuple[str, ...]) -> Check:
        choices = [(name, self._named(name)) for name in names]

        def check(value: Any, path: str, problems: list[Problem]) -> None:
            for _name, choice in choices:
                if _meant(choice, value):
                    choice(value, path, problems)
                    return
            problems.append(Problem(f"{path} must be one of {', '.join(names)}"))

        return check


def _meant(choice: Check, value: Any) -> bool:
    """Say whether a value is of this kind, so that its own problems can be told."""
    if isinstance(choice, ObjectType):
        return choice.fits(value)
    found: list[Problem] = []
    choice(value, "", found)
    return not any(problem.refused for problem in found)


def _array(element: Check) -> Check:
    def check(value: Any, path: str, problems: list[Problem]) -> None:
        if not isinstance(value, list):
            problems.append(Problem(f"{path} must be of type Array"))
            return
        for content in value:
            element(content, path, problems)

    return check


def _text_or(other: Check) -> Check:
    def check(value: Any, path: str, problems: list[Problem]) -> None:
        if not isinstance(value, str):
            other(value, path, problems)

    return check


def _both(first: Check, second: Check) -> Check:
    def check(value: Any, path: str, problems: list[Problem]) -> None:
        before = len(problems)
        first(value, path, problems)
        if len(problems) == before:
            second(value, path, problems)

    return check


def _constants(described: list[Json]) -> dict[str, str]:
    """Return the fields that tell the subtypes of a union apart, with their only value."""
    found = {}
    for one in described:
        match = _CONSTANT.search(one["description"]) if one["name"] in DISCRIMINATORS else None
        if match:
            found[one["name"]] = match[1] or match[2]
    return found


def _bound(described: Json) -> Check | None:
    """Return the check of the length, count or range that a field's description names."""
    types, text = described["types"], described["description"]
    if "String" in types and (match := _LENGTH.search(text)):
        return _length(described["name"], match)
    if types[0].startswith("Array of ") and (match := _COUNT.search(text) or _AT_MOST.search(text)):
        return _count(described["name"], match)
    if types == ["Integer"] and (match := _RANGE.search(text)):
        return _within(int(match[1]), int(match[2]))
    return None


def _length(name: str, match: re.Match[str]) -> Check:
    low, high, unit = int(match[1]), int(match[2]), match[3].lower()

    def check(value: Any, path: str, problems: list[Problem]) -> None:
        size = len(value.encode()) if unit == "bytes" else len(value)
        if not low <= size <= high:
            problems.append(
                Problem(OWN_WORDS.get(name, f"{path} must be {low}-{high} {unit} long"))
            )

    return check


def _count(name: str, match: re.Match[str]) -> Check:
    low, high = (int(match[1]), int(match[2])) if match.lastindex == 2 else (0, int(match[1]))

    def check(value: Any, path: str, problems: list[Problem]) -> None:
        if not low <= len(value) <= high:
            problems.append(Problem(OWN_WORDS.get(name, f"{path} must have {low}-{high} items")))

    return check


def _within(low: int, high: int) -> Check:
    def check(value: Any, path: str, problems: list[Problem]) -> None:
        if not low <= int(value) <= high:
            problems.append(Problem(f"{path} must be between {low} and {high}", refused=False))

    return check
