"""A clock that stands at the same moment in every process that looks at its file."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from backend.clock import FrozenClock


class SharedClock(FrozenClock):
    """Stands still until somebody moves it; the moment is what the file says, or first `at`."""

    def __init__(self, zone: ZoneInfo, file: Path, *, at: datetime | None = None) -> None:
        self._file = file
        if at:
            self._set(at)
        super().__init__(zone, at=self.now())

    def now(self) -> datetime:
        """Return the moment the clock stands at."""
        return datetime.fromisoformat(self._file.read_text("ascii"))

    def move(self, delta: timedelta) -> None:
        """Move the clock by `delta`, which may be negative."""
        self._set(self.now() + delta)

    def _set(self, moment: datetime) -> None:
        """Write the moment; whoever reads meanwhile sees the old one or the new."""
        written = self._file.with_suffix(".new")
        written.write_text(moment.astimezone(UTC).isoformat(), "ascii")
        written.replace(self._file)
