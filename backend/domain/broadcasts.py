"""Broadcasts: the office's own news to whoever lives in some villages; states, reach and limits.

Chosen by area and language, never by anybody's health (`domain.md` 1a, S20).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import ClassVar

from backend.domain.errors import SuixingError
from backend.domain.quiet_hours import is_quiet, minute_of

# Her answer to these messages, kept beside her answers about topics of services.
NEWS = "news"
# The language every broadcast is written in; others are added to it.
FIRST_LANGUAGE = "zh_CN"
CONFIRM_ABOVE = 200
PER_SECOND = 30
# How long a copy waits for its turn (quiet hours, another message that day, a pause).
LIFE = timedelta(days=3)
FARTHEST_DAYS = 60
USUAL_QUIET_HOURS = (21 * 60, 8 * 60)
_LONGEST_TEXT, _LONGEST_CAPTION = 4096, 1024
# The line that says who writes, and the empty one after it.
_HEADING = 96
_LETTER_DAY = (9, 25)


class State(StrEnum):
    """The state of a broadcast; done and stopped are its ends, and failed copies reopen done."""

    DRAFT = "draft"
    WAITING = "waiting"
    QUEUED = "queued"
    SENDING = "sending"
    PAUSED = "paused"
    DONE = "done"
    STOPPED = "stopped"


class Act(StrEnum):
    """What may happen to a broadcast."""

    WRITE = "write"
    ASK = "ask"
    SUBMIT = "submit"
    CONFIRM = "confirm"
    RETURN = "return"
    BEGIN = "begin"
    PAUSE = "pause"
    RESUME = "resume"
    STOP = "stop"
    FINISH = "finish"
    RETRY = "retry"


_MOVES: Mapping[Act, Mapping[State, State]] = {
    Act.WRITE: {State.DRAFT: State.DRAFT},
    Act.ASK: {State.DRAFT: State.WAITING, State.QUEUED: State.WAITING},
    Act.SUBMIT: {State.DRAFT: State.QUEUED},
    Act.CONFIRM: {State.WAITING: State.QUEUED},
    Act.RETURN: {State.WAITING: State.DRAFT, State.QUEUED: State.DRAFT},
    Act.BEGIN: {State.QUEUED: State.SENDING},
    Act.PAUSE: {State.SENDING: State.PAUSED},
    Act.RESUME: {State.PAUSED: State.SENDING},
    Act.STOP: {State.SENDING: State.STOPPED, State.PAUSED: State.STOPPED},
    Act.FINISH: {State.SENDING: State.DONE},
    Act.RETRY: {State.SENDING: State.SENDING, State.DONE: State.SENDING},
}


class Refusal(StrEnum):
    """Why something cannot be done with a broadcast."""

    STATE = "state"
    TEXT_MISSING = "text_missing"
    TOO_LONG = "too_long"
    NO_VILLAGES = "no_villages"
    NOBODY = "nobody"
    SAME_PERSON = "same_person"
    WRONG_TIME = "wrong_time"
    NOTHING_FAILED = "nothing_failed"


@dataclass(eq=False, repr=False, kw_only=True)
class BroadcastRefused(SuixingError):
    """Something cannot be done with a broadcast; `reason` is a `broadcasts.Refusal`."""

    code: ClassVar[str] = "broadcast_refused"
    reason: str


@dataclass(frozen=True, slots=True)
class Reach:
    """Whom a broadcast is for, and whom it can reach; the last three make up the first.

    Opted out: said no to news, to everything, or blocked the bot. Not bound: has no chat
    here, or none that works.
    """

    targets: int
    opted_out: int
    unbound: int
    reachable: int

    @property
    def needs_second_person(self) -> bool:
        """Whether another officer has to look before it goes: above 200."""
        return self.reachable > CONFIRM_ABOVE

    @property
    def submitting(self) -> Act:
        """What handing it in is: asking another officer, or sending it."""
        return Act.ASK if self.needs_second_person else Act.SUBMIT


@dataclass(frozen=True, slots=True)
class Progress:
    """What became of the copies; `unknown` may have arrived, `cancelled` is no longer wanted."""

    sent: int = 0
    waiting: int = 0
    failed: int = 0
    unknown: int = 0
    cancelled: int = 0

    @property
    def total(self) -> int:
        """Every copy there is."""
        return self.sent + self.waiting + self.failed + self.unknown + self.cancelled


@dataclass(frozen=True, slots=True)
class Estimate:
    """How long sending takes, and whether the usual quiet hours cut into it."""

    duration: timedelta
    is_held_overnight: bool


def sources(act: Act) -> tuple[State, ...]:
    """The states in which something may happen."""
    return tuple(_MOVES[act])


def next_state(act: Act, state: State) -> State:
    """The state after something happened; raises BroadcastRefused where it may not."""
    following = _MOVES[act].get(state)
    if following is None:
        raise BroadcastRefused(reason=Refusal.STATE)
    return following


def text_limit(*, has_picture: bool) -> int:
    """The longest text in UTF-16 units: Telegram's limit less the line that says who writes."""
    return (_LONGEST_CAPTION if has_picture else _LONGEST_TEXT) - _HEADING


def check_text(text: str, *, has_picture: bool) -> str:
    """The text without blanks around it; raises BroadcastRefused if empty or too long."""
    text = text.strip()
    if not text:
        raise BroadcastRefused(reason=Refusal.TEXT_MISSING)
    if text_length(text) > text_limit(has_picture=has_picture):
        raise BroadcastRefused(reason=Refusal.TOO_LONG)
    return text


def text_length(text: str) -> int:
    """The length as Telegram counts it, in UTF-16 units."""
    return len(text.encode("utf-16-le")) // 2


def is_letter_day(day: date) -> bool:
    """Whether it is 25 September, on which an office does not broadcast (`domain.md` 1d)."""
    return (day.month, day.day) == _LETTER_DAY


def estimate(reachable: int, starts_at: datetime, *, per_second: float = PER_SECOND) -> Estimate:
    """How long a broadcast to so many takes from a local moment on, at 30 a second."""
    duration = timedelta(seconds=reachable / per_second)
    first, last = USUAL_QUIET_HOURS
    moments = (starts_at, starts_at + duration)
    held = any(is_quiet(minute_of(one), from_minute=first, to_minute=last) for one in moments)
    return Estimate(duration, held)
