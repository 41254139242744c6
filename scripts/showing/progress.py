"""A bar on a terminal, and a JSON line each tenth elsewhere."""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import Progress

_TENTHS = 10


@contextmanager
def progress(what: str) -> Iterator[Callable[[int, int], None]]:
    """Yield what is told how many of how many are done; all goes to standard error."""
    console = Console(stderr=True)
    said = -1

    def on_lines(done: int, total: int) -> None:
        nonlocal said
        if (tenth := _TENTHS * done // max(total, 1)) != said:
            said = tenth
            print(json.dumps({what: done, "of": total}), file=sys.stderr)

    if not console.is_terminal:
        yield on_lines
        return
    with Progress(console=console) as bars:
        bar = bars.add_task(what)
        yield lambda done, total: bars.update(bar, completed=done, total=total)
