"""What becomes of a message after each outcome of sending it: one table, no I/O.

Exactly-once does not exist (a timeout may have delivered), so a reminder or an alert is tried
once more after an unclear outcome and nothing else is. Source: design, sending; reliability 2.
"""

from dataclasses import dataclass
from datetime import timedelta
from enum import Enum, StrEnum


class Kind(StrEnum):
    """The class of a message."""

    REMINDER = "reminder"
    ALERT = "alert"
    BROADCAST = "broadcast"
    SCREEN = "screen"
    COMPLAINT_ANSWER = "complaint_answer"
    CODE = "code"


class State(StrEnum):
    """The state of an outbox row; all but queued, claimed and hold are terminal."""

    QUEUED = "queued"
    CLAIMED = "claimed"
    SENT = "sent"
    BLOCKED = "blocked"
    FAILED = "failed"
    UNKNOWN = "unknown"
    EXPIRED = "expired"
    CANCELLED = "cancelled"
    HOLD = "hold"


class Outcome(StrEnum):
    """How one attempt to send ended."""

    DELIVERED = "delivered"
    REFUSED = "refused"
    CONNECT_TIMEOUT = "connect_timeout"
    POOL_TIMEOUT = "pool_timeout"
    READ_TIMEOUT = "read_timeout"
    WRITE_TIMEOUT = "write_timeout"
    SERVER_CLOSED = "server_closed"
    SERVER_ERROR = "server_error"
    UNREADABLE = "unreadable"
    CRASHED = "crashed"
    RATE_LIMITED = "rate_limited"
    BLOCKED = "blocked"
    DEACTIVATED = "deactivated"
    MIGRATED = "migrated"
    BAD_REQUEST = "bad_request"
    INVALID_TOKEN = "invalid_token"
    CONFLICT = "conflict"
    NOT_WRITTEN = "not_written"


class Treatment(Enum):
    """What an outcome means for the row."""

    SENT = "sent"
    NOT_SENT = "not_sent"
    UNCLEAR = "unclear"
    GATED = "gated"
    UNREACHABLE = "unreachable"
    MOVED = "moved"
    WRONG = "wrong"
    HALTED = "halted"


TREATMENTS = {
    Outcome.DELIVERED: Treatment.SENT,
    Outcome.REFUSED: Treatment.NOT_SENT,
    Outcome.CONNECT_TIMEOUT: Treatment.NOT_SENT,
    Outcome.POOL_TIMEOUT: Treatment.NOT_SENT,
    Outcome.READ_TIMEOUT: Treatment.UNCLEAR,
    Outcome.WRITE_TIMEOUT: Treatment.UNCLEAR,
    Outcome.SERVER_CLOSED: Treatment.UNCLEAR,
    Outcome.SERVER_ERROR: Treatment.UNCLEAR,
    Outcome.UNREADABLE: Treatment.UNCLEAR,
    Outcome.CRASHED: Treatment.UNCLEAR,
    Outcome.RATE_LIMITED: Treatment.GATED,
    Outcome.BLOCKED: Treatment.UNREACHABLE,
    Outcome.DEACTIVATED: Treatment.UNREACHABLE,
    Outcome.MIGRATED: Treatment.MOVED,
    Outcome.BAD_REQUEST: Treatment.WRONG,
    Outcome.INVALID_TOKEN: Treatment.HALTED,
    Outcome.CONFLICT: Treatment.NOT_SENT,
    Outcome.NOT_WRITTEN: Treatment.NOT_SENT,
}

PRIORITIES = {
    Kind.CODE: 0,
    Kind.SCREEN: 10,
    Kind.ALERT: 20,
    Kind.COMPLAINT_ANSWER: 30,
    Kind.REMINDER: 50,
    Kind.BROADCAST: 90,
}
# Nobody asked for these: quiet hours hold them back, and a person gets one of them a day.
UNSOLICITED = (Kind.REMINDER, Kind.BROADCAST)
# What somebody waits for, who has said STOP to everything else.
AWAITED = (Kind.CODE, Kind.SCREEN, Kind.COMPLAINT_ANSWER)
# Up to here it is an answer to somebody, or cannot wait; what comes after goes to many at once.
LAST_ANSWER = PRIORITIES[Kind.COMPLAINT_ANSWER]

_FIRST_WAIT = timedelta(seconds=2)
_LONGEST_WAIT = timedelta(minutes=10)
_UNCLEAR_WAIT = timedelta(seconds=30)
_LONGEST_DOUBLING = 12


def allowed_ambiguities(kind: Kind) -> int:
    """Return how many unclear outcomes a message of this class survives."""
    return 1 if kind in (Kind.REMINDER, Kind.ALERT) else 0


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt: its outcome and whatever Telegram said with it.

    `is_open_screen` says that the message can be edited, and shows the chat's screen from now on.
    """

    outcome: Outcome
    message_id: int | None = None
    is_open_screen: bool = False
    retry_after: timedelta | None = None
    new_chat_id: int | None = None
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """What is written to the row: its next state, when it is due again, and the counts."""

    state: State
    wait: timedelta | None
    tries: int
    ambiguities: int


def next_state(kind: Kind, attempt: Attempt, *, tries: int, ambiguities: int) -> Decision:
    """Return what becomes of a row of class `kind` after `attempt`.

    `tries` counts attempts that were charged, `ambiguities` unclear ones, both before this one.
    """
    treatment = TREATMENTS[attempt.outcome]
    if treatment is Treatment.UNCLEAR:
        return _after_unclear(kind, tries=tries, ambiguities=ambiguities)
    if treatment is Treatment.NOT_SENT:
        return Decision(State.QUEUED, _backoff(tries), tries + 1, ambiguities)
    if treatment is Treatment.GATED:
        return Decision(State.QUEUED, attempt.retry_after, tries, ambiguities)
    if treatment in (Treatment.MOVED, Treatment.HALTED):
        return Decision(State.QUEUED, timedelta(0), tries, ambiguities)
    ends = {
        Treatment.SENT: State.SENT,
        Treatment.UNREACHABLE: State.BLOCKED,
        Treatment.WRONG: State.FAILED,
    }
    return Decision(ends[treatment], None, tries + 1, ambiguities)


def _after_unclear(kind: Kind, *, tries: int, ambiguities: int) -> Decision:
    if ambiguities < allowed_ambiguities(kind):
        return Decision(State.QUEUED, _UNCLEAR_WAIT, tries + 1, ambiguities + 1)
    return Decision(State.UNKNOWN, None, tries + 1, ambiguities + 1)


def _backoff(tries: int) -> timedelta:
    """Return the wait before the next try: 2 s, doubling, at most 10 minutes."""
    doubled: int = 2 ** min(tries, _LONGEST_DOUBLING)
    return min(_FIRST_WAIT * doubled, _LONGEST_WAIT)
