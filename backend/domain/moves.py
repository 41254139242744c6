"""Moves: what is reported of one, the states it goes through, and the handing over of a plan.

Source: `domain.md` section 11. Not asked: marital history, parity, contraception, landlord,
employer, permits.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import ClassVar

from backend.domain.errors import SuixingError
from backend.domain.statutory import IsWorkday


class Direction(StrEnum):
    """Which way somebody moves, seen from her village."""

    OUT = "out"
    IN = "in"
    WITHIN = "within"


class Stay(StrEnum):
    """How long somebody expects to stay."""

    UNDER_A_MONTH = "under_a_month"
    UNDER_HALF_A_YEAR = "under_half_year"
    HALF_A_YEAR_ON = "half_a_year_on"
    SETTLED = "settled"
    UNKNOWN = "unknown"


class Contact(StrEnum):
    """How somebody likes to be asked about her move."""

    CHAT = "chat"
    CALL = "call"
    VISIT = "visit"


class MoveState(StrEnum):
    """Where a report stands; closed and withdrawn are final."""

    REPORTED = "reported"
    RECEIVED = "received"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"


class HandoverState(StrEnum):
    """Where a handover stands; the old office goes on reminding until it is accepted."""

    DRAFT = "draft"
    CONSENTED = "consented"
    SENT = "sent"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    EXPIRED = "expired"
    CLOSED = "closed"


@dataclass(eq=False, repr=False, kw_only=True)
class MoveRefused(SuixingError):
    """A move report or its handover is past the state in which this can be done."""

    code: ClassVar[str] = "move_refused"


LIVE = frozenset({MoveState.REPORTED, MoveState.RECEIVED})
_MOVES: Mapping[MoveState, frozenset[MoveState]] = {
    MoveState.REPORTED: frozenset({MoveState.RECEIVED, MoveState.CLOSED, MoveState.WITHDRAWN}),
    MoveState.RECEIVED: frozenset({MoveState.CLOSED, MoveState.WITHDRAWN}),
    MoveState.CLOSED: frozenset(),
    MoveState.WITHDRAWN: frozenset(),
}
_HANDOVERS: Mapping[HandoverState, frozenset[HandoverState]] = {
    HandoverState.DRAFT: frozenset({HandoverState.CONSENTED, HandoverState.CLOSED}),
    HandoverState.CONSENTED: frozenset({HandoverState.SENT, HandoverState.CLOSED}),
    HandoverState.SENT: frozenset(
        {HandoverState.ACCEPTED, HandoverState.DECLINED, HandoverState.EXPIRED}
    ),
    HandoverState.ACCEPTED: frozenset({HandoverState.CLOSED}),
    HandoverState.DECLINED: frozenset({HandoverState.CONSENTED, HandoverState.CLOSED}),
    HandoverState.EXPIRED: frozenset({HandoverState.CONSENTED, HandoverState.CLOSED}),
    HandoverState.CLOSED: frozenset(),
}
ANSWER_WORKDAYS = 15
# The version of the words by which a handover is consented to, and what it hands over.
HANDOVER_TEXT_VERSION = "1"
HANDED_OVER = ("name", "phone", "due_services")
MOST_CHILDREN = 9
EARLIEST_DAYS, LATEST_DAYS = 366, 180


def may_become(state: MoveState, to: MoveState) -> bool:
    """Whether a report may go from a state to another."""
    return to in _MOVES[state]


def may_hand_over(state: HandoverState, to: HandoverState) -> bool:
    """Whether a handover may go from a state to another."""
    return to in _HANDOVERS[state]


def answer_due_on(sent_on: date, is_workday: IsWorkday) -> date:
    """The last of 15 working days to answer a handover in; the day of sending is not counted."""
    day, left = sent_on, ANSWER_WORKDAYS
    while left:
        day += timedelta(1)
        left -= is_workday(day)
    return day


def days_offered(direction: Direction, today: date) -> tuple[date, date]:
    """From which to which day a move may be reported, both inclusive; who is here has come."""
    latest = 0 if direction is Direction.IN else LATEST_DAYS
    return today - timedelta(EARLIEST_DAYS), today + timedelta(latest)
