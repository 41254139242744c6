"""A cadre's work items: what they are about, and what may become of them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import ClassVar

from backend.domain.errors import SuixingError


class TaskKind(StrEnum):
    """What a task asks of a cadre."""

    HELP = "help"
    HANDOVER = "handover"
    MOVE = "move"
    REGISTRATION = "registration"
    VISIT = "visit"


# What cannot wait for the morning's digest.
URGENT = frozenset({TaskKind.HELP, TaskKind.HANDOVER})


class HelpReason(StrEnum):
    """What a resident needs help with."""

    TRANSPORT = "transport"
    TIME = "time"
    PROCEDURE = "procedure"
    COMPANY = "company"
    CALL = "call"
    VISIT = "visit"
    OTHER = "other"


class TaskState(StrEnum):
    """Where a task stands; all but `open` are over, and none is held against anyone."""

    OPEN = "open"
    DONE = "done"
    UNREACHABLE = "unreachable"
    DECLINED = "declined"
    MOVED = "moved"
    CANCELLED = "cancelled"


class Answered(StrEnum):
    """What a cadre may make of a task."""

    DONE = "done"
    UNREACHABLE = "unreachable"
    DECLINED = "declined"
    MOVED = "moved"
    RESCHEDULED = "rescheduled"


class NotReached(StrEnum):
    """Why somebody was not reached."""

    NO_ANSWER = "no_answer"
    NO_SUCH_NUMBER = "no_such_number"
    NOT_AT_HOME = "not_at_home"


@dataclass(eq=False, repr=False, kw_only=True)
class TaskOver(SuixingError):
    """A task was answered or taken back meanwhile."""

    code: ClassVar[str] = "task_over"


@dataclass(eq=False, repr=False, kw_only=True)
class UndoTooLate(SuixingError):
    """An answer to a task is older than ten minutes."""

    code: ClassVar[str] = "undo_too_late"


@dataclass(eq=False, repr=False, kw_only=True)
class DayNotOffered(SuixingError):
    """A task cannot be put off to that day."""

    code: ClassVar[str] = "day_not_offered"


RETRY_DAYS = 3
TRIES = 3
UNDO_WITHIN = timedelta(minutes=10)
LATEST_DAYS = 90
_WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class NextTry:
    """What a failed try means: a new day, or the end of trying."""

    state: TaskState
    tries: int
    due_on: date | None


def after_failed_try(tries: int, today: date) -> NextTry:
    """Three days later again, and after the third time closed as not reachable."""
    tries += 1
    if tries >= TRIES:
        return NextTry(TaskState.UNREACHABLE, tries, None)
    return NextTry(TaskState.OPEN, tries, today + timedelta(days=RETRY_DAYS))


def may_reschedule(to: date, today: date) -> bool:
    """Whether a task may be put off to a day: from tomorrow on, for at most 90 days."""
    return today < to <= today + timedelta(days=LATEST_DAYS)


def may_undo(answered_at: datetime, now: datetime) -> bool:
    """Whether an answer can still be taken back: within ten minutes, the last moment included."""
    return now - answered_at <= UNDO_WITHIN


@dataclass(frozen=True, slots=True)
class Counts:
    """How a grid's tasks stand; `overdue` ones are among those of `today`.

    `done` of `week` counts Monday to Sunday. What somebody declined, could not be reached for or
    moved away from is in neither: it is held against nobody.
    """

    today: int = 0
    overdue: int = 0
    done: int = 0
    week: int = 0


@dataclass(frozen=True, slots=True)
class Standing:
    """A task as it is counted and put in order; `closed_on` is set for one that is over."""

    task_id: int
    kind: TaskKind
    state: TaskState
    due_on: date
    person_id: int
    household: str | None = None
    closed_on: date | None = None


def counted(tasks: Iterable[Standing], today: date) -> Counts:
    """Count the tasks of a grid for a day and its week."""
    monday = today - timedelta(days=today.weekday())
    held = list(tasks)
    due = [task.due_on for task in held if task.state is TaskState.OPEN]
    done = sum(
        task.state is TaskState.DONE
        and task.closed_on is not None
        and monday <= task.closed_on < monday + _WEEK
        for task in held
    )
    return Counts(
        today=sum(day <= today for day in due),
        overdue=sum(day < today for day in due),
        done=done,
        week=done + sum(day < monday + _WEEK for day in due),
    )


def by_household(tasks: Iterable[Standing]) -> list[Standing]:
    """In order of households, the one with the longest overdue task first.

    Within a household a person's tasks stay together; who has none is a household by herself.
    """
    held = list(tasks)
    first: dict[str, date] = {}
    for task in held:
        home = _home(task)
        first[home] = min(first.get(home, task.due_on), task.due_on)
    return sorted(
        held,
        key=lambda task: (
            *(first[_home(task)], _home(task), task.person_id),
            *(task.due_on, _urgency(task), task.task_id),
        ),
    )


def by_urgency(tasks: Iterable[Standing]) -> list[Standing]:
    """In order of urgency: what somebody waits for first, then the longest overdue."""
    return sorted(tasks, key=lambda task: (_urgency(task), task.due_on, task.task_id))


def _urgency(task: Standing) -> int:
    return tuple(TaskKind).index(task.kind)


def _home(task: Standing) -> str:
    return task.household or f"~{task.person_id}"
