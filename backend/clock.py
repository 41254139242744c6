"""The one source of the present moment; everything else is handed `now` and `today`."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo


class Clock:
    """The machine's clock, read in the township's zone."""

    def __init__(self, zone: ZoneInfo) -> None:
        self.zone = zone

    def now(self) -> datetime:
        """Return the present moment as an aware UTC time."""
        return datetime.now(UTC)

    def local(self) -> datetime:
        """Return the present moment as an aware time in the township's zone."""
        return self.now().astimezone(self.zone)

    def today(self) -> date:
        """Return the township's civil date."""
        return self.local().date()


class MovableClock(Clock):
    """A clock that runs on from a chosen moment and can be moved forward by hand."""

    def __init__(self, zone: ZoneInfo, *, start: datetime | None = None) -> None:
        super().__init__(zone)
        self._ahead = start - datetime.now(UTC) if start else timedelta(0)

    def now(self) -> datetime:
        """Return the machine's time plus whatever the clock was moved by."""
        return datetime.now(UTC) + self._ahead

    def move(self, delta: timedelta) -> None:
        """Move the clock forward by `delta`; raise ValueError when it is negative."""
        if delta < timedelta(0):
            raise ValueError("the clock only moves forward")
        self._ahead += delta


class FrozenClock(Clock):
    """A clock that stands still until it is moved, for repeatable walks."""

    def __init__(self, zone: ZoneInfo, *, at: datetime) -> None:
        super().__init__(zone)
        self._at = at.astimezone(UTC)

    def now(self) -> datetime:
        """Return the moment the clock stands at."""
        return self._at

    def move(self, delta: timedelta) -> None:
        """Move the clock by `delta`, which may be negative."""
        self._at += delta
