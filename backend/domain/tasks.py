"""A cadre's work items: what they are about, and what may become of them."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum


class TaskKind(StrEnum):
    """What a task asks of a cadre."""

    HELP = "help"
    REGISTRATION = "registration"
    WELCOME = "welcome"
    QUESTION = "question"
    HANDOVER = "handover"


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


class NotReached(StrEnum):
    """Why somebody was not reached."""

    NO_ANSWER = "no_answer"
    NO_SUCH_NUMBER = "no_such_number"
    NOT_AT_HOME = "not_at_home"


RETRY_DAYS = 3
TRIES = 3
UNDO_WITHIN = timedelta(minutes=10)


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
