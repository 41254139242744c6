"""How far long work has come: a bar on a terminal, and a JSON line a batch elsewhere."""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

Step = Callable[[int, int | None], None]


@contextmanager
def shown(what: str, unit: str) -> Iterator[Step]:
    """Show on standard error what each call says is done: so many of a unit, of so many in all."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, TimeRemainingColumn(), console=console) as progress:
        bar = progress.add_task(what, total=None)
        progress.disable = not console.is_terminal

        def step(done: int, total: int | None) -> None:
            progress.update(bar, completed=done, total=total)
            if not console.is_terminal:
                print(json.dumps({unit: done}), file=sys.stderr)

        yield step
