"""The story of a seed: who did what when, told of one row and of what concerns every row."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import NamedTuple


class Line(NamedTuple):
    """One step: when, by whom, about which row (None: about all), and what."""

    at: float
    who: str
    row_id: int | None
    what: str


class Story:
    """Keeps every step in the order it happened."""

    def __init__(self, start: datetime, time: Callable[[], float]) -> None:
        self.lines: list[Line] = []
        self._start = start
        self._time = time

    def tell(self, who: str, row_id: int | None, what: str) -> None:
        """Keep one step."""
        self.lines.append(Line(self._time(), who, row_id, what))

    def of(self, row_id: int | None) -> Iterator[str]:
        """Yield the steps of one row, and of everybody, as lines; of all rows for None."""
        for line in self.lines:
            if row_id is None or line.row_id in (None, row_id):
                about = "" if line.row_id is None or row_id is not None else f"[{line.row_id}] "
                yield f"{self._moment(line.at)} {line.who:<11} {about}{line.what}"

    def _moment(self, at: float) -> str:
        moment = self._start + timedelta(seconds=at)
        return f"{moment:%m-%d %H:%M:%S}.{moment.microsecond // 1000:03}"
