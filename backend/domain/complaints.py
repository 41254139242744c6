"""Complaints, suggestions and praise: what they are about, their states, and the legal clocks.

Source: Regulation on Petitions (2022), articles in brackets; `domain.md` 9. All periods are
calendar days by the rules of `statutory`.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import ClassVar

from backend.domain.errors import SuixingError
from backend.domain.statutory import IsWorkday, period_end

MOST_PIECES = 30
_NOTICE_DAYS = 15
_DECISION_DAYS = 60
_EXTENSION_DAYS = 30
_REVIEW_DAYS = 30
_ALERT_DAYS = frozenset({5, 1})


class Kind(StrEnum):
    """What somebody has to say."""

    COMPLAINT = "complaint"
    SUGGESTION = "suggestion"
    PRAISE = "praise"


class Category(StrEnum):
    """What a complaint is about."""

    CHARGED = "charged"
    REFUSED = "refused"
    COERCED = "coerced"
    PRIVACY = "privacy"
    CONDUCT = "conduct"
    UNPAID = "unpaid"
    GIRLS = "girls"
    SOLD = "sold"
    OTHER = "other"


class Piece(StrEnum):
    """A sealed part of a complaint; the last three are what somebody sent."""

    HEADER = "header"
    CONTACT = "contact"
    CHAT = "chat"
    RECEIPT = "receipt"
    TEXT = "text"
    PHOTO = "photo"
    VOICE = "voice"


CONTENT = (Piece.TEXT, Piece.PHOTO, Piece.VOICE)


class State(StrEnum):
    """Where a complaint stands; declined, closed and withdrawn are final."""

    DRAFT = "draft"
    RECEIVED = "received"
    ACCEPTED = "accepted"
    ANSWERED = "answered"
    REVIEW = "review"
    DECLINED = "declined"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"


class Deed(StrEnum):
    """What the desk or the complainant does with it."""

    HAND_IN = "hand_in"
    ADD = "add"
    WITHDRAW = "withdraw"
    RATE = "rate"
    ASK_REVIEW = "ask_review"
    ACCEPT = "accept"
    EXTEND = "extend"
    ANSWER = "answer"
    DECLINE = "decline"
    CLOSE = "close"


class Rating(StrEnum):
    """What the complainant says of the answer; `again` asks for a review."""

    GOOD = "good"
    FAIR = "fair"
    AGAIN = "again"


@dataclass(eq=False, repr=False, kw_only=True)
class DeedRefused(SuixingError):
    """A complaint that stands where it does cannot be dealt with like this."""

    code: ClassVar[str] = "deed_refused"
    deed: str
    state: str


_NEXT = {
    (State.DRAFT, Deed.ADD): State.DRAFT,
    (State.DRAFT, Deed.HAND_IN): State.RECEIVED,
    (State.RECEIVED, Deed.ADD): State.RECEIVED,
    (State.RECEIVED, Deed.WITHDRAW): State.WITHDRAWN,
    (State.RECEIVED, Deed.ACCEPT): State.ACCEPTED,
    (State.RECEIVED, Deed.DECLINE): State.DECLINED,
    (State.RECEIVED, Deed.ANSWER): State.ANSWERED,
    (State.ACCEPTED, Deed.ADD): State.ACCEPTED,
    (State.ACCEPTED, Deed.WITHDRAW): State.WITHDRAWN,
    (State.ACCEPTED, Deed.EXTEND): State.ACCEPTED,
    (State.ACCEPTED, Deed.ANSWER): State.ANSWERED,
    (State.ANSWERED, Deed.RATE): State.CLOSED,
    (State.ANSWERED, Deed.ASK_REVIEW): State.REVIEW,
    (State.ANSWERED, Deed.CLOSE): State.CLOSED,
    (State.REVIEW, Deed.ADD): State.REVIEW,
    (State.REVIEW, Deed.WITHDRAW): State.WITHDRAWN,
    (State.REVIEW, Deed.ANSWER): State.ANSWERED,
}


# What cannot wait for the next morning: somebody's body was not her own.
URGENT = frozenset({Category.COERCED})


@dataclass(frozen=True, slots=True)
class Case:
    """A complaint's state and the days its clocks are counted from."""

    state: State
    received_on: date
    accepted_on: date | None = None
    extended_on: date | None = None
    answered_on: date | None = None
    review_on: date | None = None

    def may(self, deed: Deed) -> bool:
        """Whether it can be dealt with like this; the time is extended, and reviewed, once."""
        if deed is Deed.EXTEND and self.extended_on is not None:
            return False
        if deed is Deed.ASK_REVIEW and self.review_on is not None:
            return False
        return (self.state, deed) in _NEXT

    def after(self, deed: Deed) -> State:
        """The state it comes to; raises DeedRefused."""
        if not self.may(deed):
            raise DeedRefused(deed=deed.value, state=self.state.value)
        return _NEXT[self.state, deed]

    def due_on(self, is_workday: IsWorkday) -> date | None:
        """The last day, inclusive, of the clock that runs now; None while none does.

        Notice within 15 days [23]; decision within 60 of acceptance, extended once by up to 30
        [34]; review within 30 of asking [35]; after an answer, 30 days to ask for it [35].
        """
        if self.state is State.RECEIVED:
            return period_end(self.received_on, _NOTICE_DAYS, is_workday)
        if self.state is State.ACCEPTED and self.accepted_on:
            days = _DECISION_DAYS + (_EXTENSION_DAYS if self.extended_on else 0)
            return period_end(self.accepted_on, days, is_workday)
        if self.state is State.REVIEW and self.review_on:
            return period_end(self.review_on, _REVIEW_DAYS, is_workday)
        if self.state is State.ANSWERED and self.answered_on:
            return period_end(self.answered_on, _REVIEW_DAYS, is_workday)
        return None

    def answer_by(self, is_workday: IsWorkday) -> date | None:
        """The day by which an answer is due at the latest, also before it was accepted."""
        if self.state is State.RECEIVED:
            accepted_on = period_end(self.received_on, _NOTICE_DAYS, is_workday)
            return period_end(accepted_on, _DECISION_DAYS, is_workday)
        return None if self.state is State.ANSWERED else self.due_on(is_workday)


def is_news(case: Case, *, today: date, is_workday: IsWorkday) -> bool:
    """Whether the desk is to be told today: it came in yesterday, or is due in five days or one."""
    due_on = case.due_on(is_workday)
    is_due_soon = due_on is not None and (due_on - today).days in _ALERT_DAYS
    return is_due_soon or (case.state is State.RECEIVED and (today - case.received_on).days == 1)
