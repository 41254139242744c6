"""On which days a due service is reminded of."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from backend.domain.calendar import First, Reminding
from backend.domain.reminders import next_reminder_on, reminder_days
from backend.domain.schedule import DueService, State
from tests.backend.domain.lives import BY_ID, birth, day, person, planned, pregnancy

LMP = date(2026, 5, 3)
M2 = BY_ID["m2"]


def due_of(rule: str, today: date = LMP) -> DueService:
    """The due service of a rule for a woman whose child was born on time."""
    (due,) = planned(person(pregnancy(LMP), birth(LMP + timedelta(280))), today, rule)
    return due


@pytest.mark.parametrize(
    ("rule", "days"),
    [
        ("m1", ["2026-05-03", "2026-07-18"]),
        ("m2", ["2026-08-23", "2026-09-19"]),
        ("m7", ["2027-03-14", "2027-03-30"]),
        ("s2", ["2027-03-09"]),
        ("s3", ["2027-04-08"]),
        ("k1", ["2027-03-07"]),
    ],
)
def test_there_is_one_reminder_and_perhaps_a_gentle_last_one(rule: str, days: list[str]) -> None:
    assert reminder_days(due_of(rule), BY_ID[rule]) == [day(text) for text in days]


def test_a_daily_rule_reminds_on_every_day_of_its_window() -> None:
    due = due_of("fa5")
    days = reminder_days(due, BY_ID["fa5"])
    assert (days[0], days[-1], len(days)) == (due.opens_on, due.closes_on, 213)
    assert days == sorted(set(days))


@pytest.mark.parametrize("state", [state for state in State if not state.is_live])
def test_what_is_over_is_not_reminded_of(state: State) -> None:
    assert reminder_days(due_of("m2")._replace(state=state), M2) == []
    assert next_reminder_on(due_of("m2")._replace(state=state), M2) is None


@pytest.mark.parametrize(
    ("since", "days"),
    [
        ("2026-08-01", ["2026-08-23", "2026-09-19"]),
        ("2026-09-10", ["2026-09-10", "2026-09-19"]),
        ("2026-09-17", ["2026-09-17"]),
        ("2026-09-26", ["2026-09-26"]),
        ("2026-09-27", []),
    ],
)
def test_who_comes_later_is_reminded_once_and_never_twice_in_a_row(
    since: str, days: list[str]
) -> None:
    assert reminder_days(due_of("m2"), M2, since=day(since)) == [day(text) for text in days]


def test_the_next_reminder_is_the_first_one_after_the_last() -> None:
    due = due_of("m2")
    assert next_reminder_on(due, M2) == date(2026, 8, 23)
    assert next_reminder_on(due, M2, date(2026, 8, 22)) == date(2026, 8, 23)
    assert next_reminder_on(due, M2, date(2026, 8, 23)) == date(2026, 9, 19)
    assert next_reminder_on(due, M2, date(2026, 9, 19)) is None
    assert next_reminder_on(due, M2, since=date(2026, 9, 1)) == date(2026, 9, 1)


def test_the_next_daily_reminder_is_tomorrows_until_the_window_closes() -> None:
    due, rule = due_of("fa5"), BY_ID["fa5"]
    assert next_reminder_on(due, rule, date(2026, 6, 1)) == date(2026, 6, 2)
    assert next_reminder_on(due, rule, due.closes_on) is None


@pytest.mark.parametrize("rule", sorted(BY_ID))
@pytest.mark.parametrize("last_days", [None, 1, 7, 30, 365])
def test_reminders_never_leave_the_window(rule: str, last_days: int | None) -> None:
    due = due_of("m4")
    for first in (First.OPENS, First.DUE):
        tried = replace(BY_ID[rule], reminding=Reminding(first, last_days))
        days = reminder_days(due, tried)
        assert 1 <= len(days) <= 2
        assert all(due.opens_on <= each <= due.closes_on for each in days)


@pytest.mark.parametrize("rule", ["fa5", "m2"])
def test_the_next_reminder_agrees_with_the_list_of_days(rule: str) -> None:
    due = due_of(rule)
    for since in (None, date(2026, 9, 1), date(2026, 7, 15)):
        days = reminder_days(due, BY_ID[rule], since=since)
        for after in (LMP - timedelta(200) + timedelta(n) for n in range(400)):
            expected = next((on for on in days if on > after), None)
            assert next_reminder_on(due, BY_ID[rule], after, since=since) == expected
