"""When a service moves, what was said is not said again, and what was asked for still holds."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.domain.calendar import First, Reminding
from backend.domain.moved_reminders import Reminded, remind_after_move
from backend.domain.reminders import next_reminder_on
from backend.domain.schedule import DueService, State
from tests.backend.domain.lives import BY_ID, day, person, planned, pregnancy

LMP = date(2026, 5, 3)
M2 = BY_ID["m2"]
# Open from 23 August to 26 September; the gentle last reminder would be on 19 September.
(DUE,) = planned(person(pregnancy(LMP)), LMP + timedelta(112), "m2")


def moved(days: int) -> DueService:
    """The service so many days later; planned if it opens only then."""
    by = timedelta(days)
    return DUE._replace(
        opens_on=DUE.opens_on + by, due_on=DUE.due_on + by, closes_on=DUE.closes_on + by
    )


def reminded(given_on: str | None, remind_on: str | None, booked_on: str | None = None) -> Reminded:
    """The service as it was, with what was said about it."""
    return Reminded(
        DUE, M2, *(day(text) if text else None for text in (remind_on, given_on, booked_on))
    )


SAID = reminded("2026-08-23", "2026-09-19")
SAID_TWICE = reminded("2026-09-19", None)
UNSAID = reminded(None, "2026-08-23")
NOT_NOW = reminded("2026-08-23", "2026-09-23")
LEFT_ALONE = reminded("2026-08-23", None)
BOOKED = reminded("2026-08-23", "2026-09-19", "2026-09-10")


@pytest.mark.parametrize(
    ("before", "days", "today", "expected"),
    [
        pytest.param(SAID, 5, "2026-08-24", "2026-09-24", id="said yesterday, a little later"),
        pytest.param(SAID, -10, "2026-08-24", "2026-09-09", id="said yesterday, earlier"),
        pytest.param(SAID, 30, "2026-08-24", "2026-09-22", id="said, but she cannot go yet"),
        pytest.param(SAID, 30, "2026-09-22", "2026-10-19", id="said, and she can go by now"),
        pytest.param(SAID_TWICE, 5, "2026-09-20", None, id="said twice, a little later"),
        pytest.param(SAID_TWICE, 25, "2026-09-20", "2026-10-14", id="said twice, much later"),
        pytest.param(UNSAID, 5, "2026-08-10", "2026-08-28", id="not said yet, later"),
        pytest.param(UNSAID, -20, "2026-08-10", "2026-08-10", id="not said yet, open already"),
        pytest.param(UNSAID, -60, "2026-08-10", None, id="not said yet, over already"),
        pytest.param(NOT_NOW, 5, "2026-08-25", "2026-09-23", id="not for a month"),
        pytest.param(NOT_NOW, -10, "2026-08-25", None, id="not for a month, over by then"),
        pytest.param(LEFT_ALONE, 5, "2026-08-25", None, id="not until it would have closed"),
        pytest.param(LEFT_ALONE, 60, "2026-08-25", "2026-10-22", id="opens after that"),
        pytest.param(BOOKED, 5, "2026-08-25", "2026-09-24", id="rests until the day she booked"),
        pytest.param(SAID, 0, "2026-08-24", "2026-09-19", id="not moved at all"),
    ],
)
def test_what_was_said_is_not_said_again(
    before: Reminded, days: int, today: str, expected: str | None
) -> None:
    found = remind_after_move(before, moved(days), M2, day(today))
    assert found == (day(expected) if expected else None)


def test_a_window_that_is_wider_again_brings_only_the_last_reminder() -> None:
    closed = SAID._replace(due=DUE._replace(state=State.CLOSED), remind_on=None)
    wider = DUE._replace(closes_on=day("2026-10-26"))
    assert remind_after_move(closed, wider, M2, day("2026-10-01")) == day("2026-10-19")


def test_other_days_of_reminding_alone_repeat_nothing() -> None:
    later = replace(M2, version=2, reminding=Reminding(First.DUE, last_days=7))
    assert remind_after_move(SAID, DUE, later, day("2026-08-24")) == day("2026-09-19")


def test_a_daily_rule_goes_on_the_day_after_the_last_one() -> None:
    (due,) = planned(person(pregnancy(LMP)), LMP, "fa5")
    before = Reminded(due, BY_ID["fa5"], LMP + timedelta(21), LMP + timedelta(20))
    shorter = due._replace(closes_on=due.closes_on - timedelta(30))
    found = remind_after_move(before, shorter, BY_ID["fa5"], LMP + timedelta(20))
    assert found == LMP + timedelta(21)


def test_what_is_over_is_not_reminded_of() -> None:
    over = moved(5)._replace(state=State.CANCELLED)
    assert remind_after_move(SAID, over, M2, day("2026-08-24")) is None


@given(
    moved_by=st.integers(-60, 60), given_after=st.integers(0, 34), today_after=st.integers(0, 40)
)
def test_no_reminder_comes_twice_however_it_moves(
    moved_by: int, given_after: int, today_after: int
) -> None:
    given_on = DUE.opens_on + timedelta(given_after)
    today = given_on + timedelta(today_after)
    after = moved(moved_by)
    before = Reminded(DUE, M2, next_reminder_on(DUE, M2, given_on), given_on)
    found = remind_after_move(before, after, M2, today)
    if moved_by and found is not None:
        assert max(today, after.opens_on) <= found <= after.closes_on
        assert found - given_on >= timedelta(3)
