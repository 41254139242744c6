"""What every table is made of: cells, rows with their line, and the table itself."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from pathlib import Path

Source = Path | bytes
Cell = str | float | bool | date | time | timedelta
Row = Sequence[Cell]

# Up to here whole numbers are exact in a spreadsheet, which keeps 15 digits.
_EXACT = 1e15


@dataclass(frozen=True)
class Table:
    """One sheet or one separated text.

    `rows` gives (line, cells) once, blank rows included, where line counts from 1 as the office's
    program shows it. `last_line` is the number of lines as far as known, to show progress.
    """

    name: str
    rows: Iterable[tuple[int, Row]]
    last_line: int
    is_1904: bool = False


def text_of(cell: Cell) -> str:
    """The cell as a person would have typed it: whole numbers without a point, ISO dates."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < _EXACT:
        return str(int(cell))
    return str(cell)
