"""Gestational arithmetic."""

from datetime import date, timedelta

import pytest

from backend.domain.gestation import (
    Dating,
    LmpCheck,
    Source,
    add_months,
    age_on,
    as_weeks,
    best_dating,
    check_lmp,
    dated_by_conception,
    dated_by_lmp,
    dated_by_transfer,
    due_date,
    gestational_days,
    texts_have_ended,
    trimester,
    weeks_and_days,
)

LMP = date(2026, 5, 3)


@pytest.mark.parametrize(
    ("lmp", "due"),
    [
        (date(2024, 2, 29), date(2024, 12, 5)),
        (date(2023, 5, 25), date(2024, 2, 29)),
        (date(2026, 5, 3), date(2027, 2, 7)),
        (date(2025, 12, 31), date(2026, 10, 7)),
    ],
)
def test_a_child_is_due_280_days_after_the_last_period(lmp: date, due: date) -> None:
    assert due_date(lmp) == due
    assert dated_by_lmp(lmp).due_on == due
    assert dated_by_lmp(lmp).lmp == lmp


@pytest.mark.parametrize(
    ("days", "written", "third"),
    [
        (0, "0+0", 1),
        (6, "0+6", 1),
        (90, "12+6", 1),
        (97, "13+6", 1),
        (98, "14+0", 2),
        (195, "27+6", 2),
        (196, "28+0", 3),
        (294, "42+0", 3),
    ],
)
def test_gestational_age_is_written_in_weeks_and_days(days: int, written: str, third: int) -> None:
    assert gestational_days(LMP, LMP + timedelta(days)) == days
    assert as_weeks(days) == written
    assert trimester(days) == third
    assert weeks_and_days(days) == divmod(days, 7)


@pytest.mark.parametrize(
    ("days_ago", "check"),
    [
        (-1, LmpCheck.FUTURE),
        (0, LmpCheck.FINE),
        (301, LmpCheck.FINE),
        (302, LmpCheck.ASK),
    ],
)
def test_a_last_period_is_not_in_the_future_and_beyond_43_weeks_we_ask(
    days_ago: int, check: LmpCheck
) -> None:
    assert check_lmp(LMP - timedelta(days_ago), LMP) is check


def test_texts_end_at_42_weeks() -> None:
    assert not texts_have_ended(LMP, LMP + timedelta(293))
    assert texts_have_ended(LMP, LMP + timedelta(294))


def test_assisted_conception_counts_from_conception_or_from_the_transfer() -> None:
    conceived_on = date(2026, 5, 17)
    assert dated_by_conception(conceived_on).due_on == conceived_on + timedelta(266)
    assert dated_by_transfer(conceived_on).due_on == conceived_on + timedelta(261)
    assert dated_by_transfer(conceived_on, 3).due_on == conceived_on + timedelta(263)


def test_a_clinicians_due_date_counts_before_conception_and_that_before_the_period() -> None:
    period = dated_by_lmp(LMP, date(2026, 8, 1))
    conception = dated_by_conception(date(2026, 5, 19), date(2026, 7, 1))
    clinician = Dating(Source.CLINICIAN, date(2027, 2, 12), date(2026, 6, 1))
    ultrasound = Dating(Source.ULTRASOUND, date(2027, 2, 14), date(2026, 6, 9))
    assert best_dating([]) is None
    assert best_dating([period]) is period
    assert best_dating([conception, period]) is conception
    assert best_dating([period, clinician, conception]) is clinician
    assert best_dating([ultrasound, clinician, period]) is ultrasound
    assert best_dating([clinician, ultrasound, period]) is ultrasound


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2024, 1, 31), 1, date(2024, 2, 29)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2024, 2, 29), 48, date(2028, 2, 29)),
        (date(2026, 8, 31), 6, date(2027, 2, 28)),
        (date(2026, 10, 15), 3, date(2027, 1, 15)),
        (date(2026, 3, 31), -1, date(2026, 2, 28)),
        (date(2026, 12, 1), 0, date(2026, 12, 1)),
    ],
)
def test_calendar_months_are_clamped_to_the_months_end(start: date, months: int, end: date) -> None:
    assert add_months(start, months) == end


@pytest.mark.parametrize(
    ("born", "on", "age"),
    [
        (date(1991, 6, 1), date(2026, 5, 31), 34),
        (date(1991, 6, 1), date(2026, 6, 1), 35),
        (date(1988, 2, 29), date(2023, 2, 27), 34),
        (date(1988, 2, 29), date(2023, 2, 28), 35),
        (date(1988, 2, 29), date(2024, 2, 28), 35),
    ],
)
def test_age_is_in_completed_years(born: date, on: date, age: int) -> None:
    assert age_on(born, on) == age
