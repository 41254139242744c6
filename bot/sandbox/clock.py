"""The time that the sandbox lives in, which can be moved forward."""

from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """What the sandbox asks of a clock handed in."""

    def now(self) -> datetime:
        """Return the present moment, aware of its zone."""
        ...

    async def advance(self, delta: timedelta) -> None:
        """Move forward and return when everything due on the way has been worked through."""
        ...


class MovableClock:
    """A clock that starts at real time, runs with it, and can be moved forward."""

    def __init__(self) -> None:
        self._ahead = timedelta(0)

    def now(self) -> datetime:
        """Return the real time plus all that it was moved by, in the computer's own zone."""
        return (datetime.now(UTC) + self._ahead).astimezone()

    async def advance(self, delta: timedelta) -> None:
        """Move forward by `delta`; raises ValueError for a step back."""
        if delta < timedelta(0):
            raise ValueError("a clock only moves forward")
        self._ahead += delta
