"""A call's parameters, read by the Bot API description from text or JSON into values."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from bot.sandbox.errors import Json
from bot.sandbox.schema import Check, Problem, Schema

DESCRIPTION = Path(__file__).parent / "description" / "telegram-bot-api.json"
TRUE_WORDS = frozenset({"true", "yes", "1"})
FALSE_WORDS = frozenset({"false", "no", "0"})
_DIGITS = re.compile(r"-?\d+")
# Telegram's own words for a parameter that is missing or empty.
MISSING = {
    "chat_id": "chat_id is empty",
    "from_chat_id": "chat_id is empty",
    "text": "message text is empty",
    "user_id": "invalid user_id specified",
    "message_id": "message identifier is not specified",
    "phone_number": "phone_number is empty",
    "file_id": "file_id not specified",
    "photo": "there is no photo in the request",
    "document": "there is no document in the request",
    "voice": "there is no voice in the request",
    "audio": "there is no audio in the request",
    "video": "there is no video in the request",
}


@dataclass(frozen=True, slots=True)
class Upload:
    """One file of a multipart call."""

    field: str
    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Param:
    """One described parameter of a method."""

    name: str
    types: tuple[str, ...]
    required: bool
    check: Check

    def read(self, raw: Any) -> Any:
        """Turn a text of a form into the described value, and a number into a text where one is.

        Raises ValueError with the reason.
        """
        if not isinstance(raw, str):
            number = isinstance(raw, int | float) and not isinstance(raw, bool)
            return str(raw) if number and self.types == ("String",) else raw
        if "Integer" in self.types and _DIGITS.fullmatch(raw):
            return int(raw)
        if "String" in self.types or "InputFile" in self.types:
            return raw
        return _read_other(self.name, self.types[0], raw)


def _read_other(name: str, kind: str, raw: str) -> Any:
    """Read a number, a yes or no, or JSON."""
    if kind == "Integer":
        raise ValueError(f"{name} must be an Integer")
    if kind == "Float":
        return float(raw)
    if kind == "Boolean":
        if raw.lower() in TRUE_WORDS | FALSE_WORDS:
            return raw.lower() in TRUE_WORDS
        raise ValueError(f"{name} must be true or false")
    try:
        return json.loads(raw)
    except ValueError:
        raise ValueError(f"can't parse {name} JSON object") from None


@dataclass(frozen=True, slots=True)
class Method:
    """One described method."""

    name: str
    params: Mapping[str, Param]
    required: tuple[str, ...]
    returns: tuple[str, ...]

    def parse(
        self, raw: Mapping[str, Any], files: Mapping[str, Upload]
    ) -> tuple[Json, list[Problem]]:
        """Return the values by name, and everything that differs from the description."""
        values: Json = {}
        problems: list[Problem] = []
        for name, content in raw.items():
            param = self.params.get(name)
            if param is None:
                problems.append(Problem(f'unknown parameter "{name}"', refused=False))
                values[name] = content
            elif content is not None and (content != "" or not param.required):
                _take(param, content, values, problems)
        for name in self.required:
            if name not in values and name not in files:
                problems.append(Problem(MISSING.get(name, f'parameter "{name}" is required')))
        return values, problems


def _take(param: Param, content: Any, values: Json, problems: list[Problem]) -> None:
    """Read and check one parameter; what cannot be read is kept as it came."""
    try:
        value = param.read(content)
    except ValueError as error:
        problems.append(Problem(str(error)))
        values[param.name] = content
        return
    param.check(value, param.name, problems)
    values[param.name] = value


@cache
def bot_api() -> tuple[Schema, Mapping[str, Method]]:
    """Return the types and, by lower-case name, the methods of the Bot API description."""
    description = json.loads(DESCRIPTION.read_text(encoding="utf-8"))
    schema = Schema(description)
    methods = {name.lower(): _method(schema, m) for name, m in description["methods"].items()}
    return schema, methods


def _method(schema: Schema, described: Json) -> Method:
    fields = described.get("fields", [])
    required = tuple(f["name"] for f in fields if f["required"] and not _may_be_empty(f))
    params = {
        f["name"]: Param(f["name"], tuple(f["types"]), f["name"] in required, schema.field(f))
        for f in fields
    }
    return Method(described["name"], params, required, tuple(described["returns"]))


def _may_be_empty(described: Json) -> bool:
    """Say whether an empty text has a meaning of its own, which Telegram also reads from none."""
    return "empty string" in described["description"]
