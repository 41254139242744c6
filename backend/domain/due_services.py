"""Due services as values: a service a person is owed once, where it stands, and why."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from backend.domain.calendar import Anchor, Reason


class State(StrEnum):
    """Where a due service stands; `done`, `declined`, `closed` and `cancelled` are terminal."""

    PLANNED = "planned"
    OPEN = "open"
    DONE = "done"
    DECLINED = "declined"
    CLOSED = "closed"
    CANCELLED = "cancelled"

    # Found by its word, as what equals it is, and without a call.
    __hash__ = str.__hash__

    @property
    def is_live(self) -> bool:
        """True while the service can still be had."""
        return self is _PLANNED or self is _OPEN


# A member is found by its class's name at some cost, and the planner asks millions of times.
_PLANNED, _OPEN, _CLOSED = State.PLANNED, State.OPEN, State.CLOSED


@dataclass(frozen=True, slots=True)
class ServiceRecord:
    """A service a person had on a day; with `episode` and `occurrence` it names its due service."""

    rule: str
    on: date
    episode: str | None = None
    occurrence: int | None = None


class Why(NamedTuple):
    """The reason of a due service, as data."""

    anchor: Anchor | Reason
    anchor_on: date
    rule: str
    version: int
    source: str


class DueService(NamedTuple):
    """A service a person is owed once; unique by rule, episode and occurrence. Days inclusive."""

    rule: str
    version: int
    episode: str
    occurrence: int
    opens_on: date
    due_on: date
    closes_on: date
    state: State
    why: Why
    topic: str

    @property
    def key(self) -> tuple[str, str, int]:
        """What makes it the same service after its dates have moved."""
        return self.rule, self.episode, self.occurrence


class Entry(NamedTuple):
    """What follows the episode in a due service: the same for all who count from the same days."""

    occurrence: int
    opens_on: date
    due_on: date
    closes_on: date
    state: State
    why: Why
    topic: str


def state_by_date(opens_on: date, closes_on: date, today: date) -> State:
    """Where a service stands as far as the date alone decides."""
    if today > closes_on:
        return _CLOSED
    return _OPEN if today >= opens_on else _PLANNED
