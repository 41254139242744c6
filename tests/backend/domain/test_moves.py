"""The states of moves and handovers, their clocks, and the days that may be reported."""

from datetime import date
from itertools import product

import pytest

from backend.domain.moves import (
    Direction,
    HandoverState,
    MoveState,
    answer_due_on,
    days_offered,
    may_become,
    may_hand_over,
)
from backend.domain.statutory import is_weekday

TODAY = date(2026, 11, 23)
MOVES = {
    ("reported", "received"),
    ("reported", "closed"),
    ("reported", "withdrawn"),
    ("received", "closed"),
    ("received", "withdrawn"),
}
HANDOVERS = {
    ("draft", "consented"),
    ("draft", "closed"),
    ("consented", "sent"),
    ("consented", "closed"),
    ("sent", "accepted"),
    ("sent", "declined"),
    ("sent", "expired"),
    ("accepted", "closed"),
    ("declined", "consented"),
    ("declined", "closed"),
    ("expired", "consented"),
    ("expired", "closed"),
}


def test_a_report_goes_only_forward() -> None:
    allowed = {(a.value, b.value) for a, b in product(MoveState, repeat=2) if may_become(a, b)}
    assert allowed == MOVES


def test_nothing_is_sent_without_consent_nor_accepted_before_it_was_sent() -> None:
    pairs = product(HandoverState, repeat=2)
    assert {(a.value, b.value) for a, b in pairs if may_hand_over(a, b)} == HANDOVERS


@pytest.mark.parametrize(
    ("sent_on", "expected"),
    [
        (date(2026, 11, 23), date(2026, 12, 14)),
        (date(2026, 11, 27), date(2026, 12, 18)),
        (date(2026, 11, 28), date(2026, 12, 18)),
        (date(2026, 11, 29), date(2026, 12, 18)),
    ],
)
def test_a_handover_is_answered_within_15_working_days(sent_on: date, expected: date) -> None:
    assert answer_due_on(sent_on, is_weekday) == expected


def test_who_has_come_has_come_already_and_who_goes_may_say_so_before() -> None:
    assert days_offered(Direction.IN, TODAY)[1] == TODAY
    assert days_offered(Direction.OUT, TODAY)[1] > TODAY
    assert days_offered(Direction.WITHIN, TODAY)[0] < TODAY
