"""The domain is told what time it is; only the clock and the store's ids look."""

import ast

from tests.guards.sources import Source, sources

LOOKING = {"now", "today", "utcnow"}
MAY_LOOK = {"backend.clock", "bot.sandbox.clock", "bot.sandbox.__main__"}


def looks_at_the_clock(source: Source) -> list[int]:
    """Return the lines that call .now(), .today() or .utcnow() of datetime or date."""
    return [
        node.lineno
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in LOOKING
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id in {"datetime", "date", "dt"}
    ]


def test_only_the_clock_reads_the_time() -> None:
    found = {
        source.path: lines
        for source in sources()
        if not source.is_test and source.module not in MAY_LOOK
        for lines in [looks_at_the_clock(source)]
        if lines
    }
    assert not found, f"these lines read the clock themselves: {found}"


def test_the_guard_sees_a_look_at_the_clock() -> None:
    text = "from datetime import datetime\nx = datetime.now()\n"
    assert looks_at_the_clock(Source("x.py", "x", text, ast.parse(text))) == [2]
