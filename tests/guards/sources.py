"""The project's Python files, read once for all guards."""

import ast
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
_PARTS = ("bot", "backend", "scripts", "tests")
_GENERATED = "backend/store/migrations/"


@dataclass(frozen=True)
class Source:
    """One file: its path from the root, its dotted module, its text and its syntax tree."""

    path: str
    module: str
    text: str
    tree: ast.Module

    @property
    def is_test(self) -> bool:
        """Whether it belongs to the tests."""
        return self.path.startswith("tests/")


@cache
def sources() -> tuple[Source, ...]:
    """Return every file written by hand."""
    found = []
    for part in _PARTS:
        for file in sorted((ROOT / part).rglob("*.py")):
            path = file.relative_to(ROOT).as_posix()
            if not path.startswith(_GENERATED):
                text = file.read_text("utf-8")
                module = path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
                found.append(Source(path, module, text, ast.parse(text)))
    return tuple(found)
