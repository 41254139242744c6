"""Which part may import which: the arrows of the house go one way."""

import ast
import sys
from collections.abc import Iterator

import pytest

from tests.guards.sources import Source, sources

EVERYWHERE = {"structlog", "prometheus_client"}
FIRST_PARTY = {"bot", "backend", "scripts", "tests"}

# part: what it may import besides the standard library and itself
ALLOWED: dict[str, set[str]] = {
    "backend.domain": set(),
    "backend.clock": set(),
    "backend.logs": set(),
    "backend.config": {"pydantic", "pydantic_settings", "backend.domain"},
    "backend.i18n": {"babel"},
    "backend.calendars": {"backend.domain"},
    "backend.files": {
        "backend.domain",
        "python_calamine",
        "openpyxl",
        "defusedxml",
        "stdnum",
        "PIL",
        "segno",
    },
    "backend.texts": {"backend.domain", "backend.i18n"},
    # aiosqlite is the driver below Tortoise: there it is decided what need not go by its thread.
    "backend.store": {"backend.domain", "tortoise", "nacl", "aiosqlite"},
    "backend.actions": {
        "backend.domain",
        "backend.store",
        "backend.calendars",
        "backend.files",
        "backend.clock",
        "tortoise",
        "pypinyin",
        "chinese_calendar",
    },
    "backend.web": {
        "backend.domain",
        "backend.actions",
        "backend.texts",
        "backend.i18n",
        "backend.clock",
        "aiohttp",
        "jinja2",
        "pydantic",
        "tortoise",
    },
    "backend.jobs": {"backend.actions", "backend.clock"},
    "bot.sandbox": {"aiohttp"},
    "bot": {
        "backend.domain",
        "backend.actions",
        "backend.texts",
        "backend.i18n",
        "backend.clock",
        "backend.files",
        "telegram",
        "aiohttp",
        "httpx",
    },
}
MEETING_POINTS = {"bot.__main__", "bot.service", "scripts", "tests"}


def part_of(module: str) -> str | None:
    """Return the part a module belongs to (the longest name that fits), None where all is free."""
    if any(module == point or module.startswith(f"{point}.") for point in MEETING_POINTS):
        return None
    fitting = [part for part in ALLOWED if module == part or module.startswith(f"{part}.")]
    if not fitting and module not in {"backend"}:
        raise AssertionError(f"{module} belongs to no part of the house")
    return max(fitting, key=len) if fitting else None


def imported(source: Source) -> Iterator[str]:
    """Yield the dotted names a file imports, down to the name taken from a package of ours."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{source.path} imports by dots"
            for alias in node.names:
                yield f"{node.module}.{alias.name}"


def is_allowed(name: str, part: str) -> bool:
    """Whether `part` may import `name`."""
    top = name.split(".")[0]
    if top in sys.stdlib_module_names or top in EVERYWHERE:
        return True
    if part == "bot" and name.startswith("bot.sandbox"):
        return False
    return any(name == other or name.startswith(f"{other}.") for other in ALLOWED[part] | {part})


@pytest.mark.parametrize(
    "source", [one for one in sources() if part_of(one.module)], ids=lambda one: one.module
)
def test_a_part_imports_only_what_the_house_allows(source: Source) -> None:
    part = part_of(source.module)
    assert part is not None
    foreign = [name for name in imported(source) if not is_allowed(name, part)]
    assert not foreign, f"{source.path} ({part}) must not import {foreign}"


@pytest.mark.parametrize(
    ("name", "part", "allowed"),
    [
        ("tortoise.models.Model", "backend.domain", False),
        ("datetime.date", "backend.domain", True),
        ("backend.store.models.Person", "bot", False),
        ("bot.sandbox.server.Sandbox", "bot", False),
        ("backend.actions.people", "bot", True),
        ("backend.domain.people", "bot.sandbox", False),
    ],
)
def test_the_guard_itself_tells_good_from_bad(name: str, part: str, allowed: bool) -> None:
    assert is_allowed(name, part) is allowed
