"""The legal clocks by hand-made calendars, and what may follow on what."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.domain.complaints import Case, Deed, DeedRefused, State
from backend.domain.statutory import is_weekday, next_workday, period_end

NATIONAL_DAY = {date(2026, 10, day) for day in range(1, 8)}
MADE_UP_SUNDAYS = {date(2026, 9, 20)}


def works(day: date) -> bool:
    """The offices' days around National Day 2026: seven days off, one Sunday worked for it."""
    return day in MADE_UP_SUNDAYS or (is_weekday(day) and day not in NATIONAL_DAY)


@pytest.mark.parametrize(
    ("start", "days", "end"),
    [
        # the last day is the first of the holidays: the day after them
        (date(2026, 9, 16), 15, date(2026, 10, 8)),
        # it is the last day before them: it stays
        (date(2026, 9, 15), 15, date(2026, 9, 30)),
        # it is the last of the holidays
        (date(2026, 9, 22), 15, date(2026, 10, 8)),
        # it is a Saturday, and the Sunday after it is no working day
        (date(2026, 9, 11), 15, date(2026, 9, 28)),
        # it is a Sunday on which the offices work
        (date(2026, 9, 5), 15, date(2026, 9, 20)),
        # holidays in between are counted
        (date(2026, 9, 24), 15, date(2026, 10, 9)),
        # 60 and 90 days over the turn of the month and the year
        (date(2026, 11, 2), 60, date(2027, 1, 1)),
        (date(2026, 11, 2), 90, date(2027, 2, 1)),
    ],
)
def test_a_period_ends_on_the_day_the_law_says(start: date, days: int, end: date) -> None:
    assert period_end(start, days, works) == end


@given(st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.integers(1, 120))
def test_a_period_never_ends_early_nor_on_a_day_of_rest(start: date, days: int) -> None:
    end = period_end(start, days, is_weekday)
    assert timedelta(days) <= end - start <= timedelta(days + 2)
    assert is_weekday(end)
    assert next_workday(end, is_weekday) == end


RECEIVED = date(2026, 9, 1)
ACCEPTED = date(2026, 9, 10)


@pytest.mark.parametrize(
    ("case", "due", "answer_by"),
    [
        (Case(State.RECEIVED, RECEIVED), date(2026, 9, 16), date(2026, 11, 16)),
        (Case(State.ACCEPTED, RECEIVED, ACCEPTED), date(2026, 11, 9), date(2026, 11, 9)),
        (
            Case(State.ACCEPTED, RECEIVED, ACCEPTED, date(2026, 11, 2)),
            date(2026, 12, 9),
            date(2026, 12, 9),
        ),
        (
            Case(State.REVIEW, RECEIVED, ACCEPTED, review_on=date(2026, 9, 3)),
            date(2026, 10, 8),
            date(2026, 10, 8),
        ),
        (Case(State.ANSWERED, RECEIVED, answered_on=date(2026, 9, 2)), date(2026, 10, 8), None),
        (Case(State.CLOSED, RECEIVED), None, None),
        (Case(State.WITHDRAWN, RECEIVED), None, None),
    ],
)
def test_each_state_has_its_clock(case: Case, due: date | None, answer_by: date | None) -> None:
    assert case.due_on(works) == due
    assert case.answer_by(works) == answer_by


ALLOWED = {
    State.DRAFT: {Deed.ADD, Deed.HAND_IN},
    State.RECEIVED: {Deed.ADD, Deed.WITHDRAW, Deed.ACCEPT, Deed.DECLINE, Deed.ANSWER},
    State.ACCEPTED: {Deed.ADD, Deed.WITHDRAW, Deed.EXTEND, Deed.ANSWER},
    State.ANSWERED: {Deed.RATE, Deed.ASK_REVIEW, Deed.CLOSE},
    State.REVIEW: {Deed.ADD, Deed.WITHDRAW, Deed.ANSWER},
}


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("deed", Deed)
def test_only_what_the_rules_allow_follows(state: State, deed: Deed) -> None:
    case = Case(state, RECEIVED)
    assert case.may(deed) is (deed in ALLOWED.get(state, set()))
    if not case.may(deed):
        with pytest.raises(DeedRefused):
            case.after(deed)


def test_the_time_is_extended_once_and_a_review_asked_for_once() -> None:
    extended = Case(State.ACCEPTED, RECEIVED, ACCEPTED, extended_on=ACCEPTED)
    reviewed = Case(State.ANSWERED, RECEIVED, ACCEPTED, review_on=ACCEPTED)
    assert not extended.may(Deed.EXTEND)
    assert not reviewed.may(Deed.ASK_REVIEW)
    assert reviewed.may(Deed.RATE)
