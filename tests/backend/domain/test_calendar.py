"""Rules as data: marks, repeats and windows that overlap."""

from dataclasses import replace
from datetime import date
from itertools import islice

import pytest

from backend.domain.calendar import Anchor, Mark, Repeat, Rule, Window, find_overlap
from tests.backend.domain.lives import BY_ID, RULES


@pytest.mark.parametrize(
    ("mark", "on"),
    [
        (Mark(Anchor.BIRTH), "2026-01-31"),
        (Mark(Anchor.BIRTH, days=42), "2026-03-14"),
        (Mark(Anchor.BIRTH, months=1), "2026-02-28"),
        (Mark(Anchor.BIRTH, months=1, days=-15), "2026-02-13"),
        (Mark(Anchor.BIRTH, months=13), "2027-02-28"),
    ],
)
def test_a_mark_is_months_clamped_to_the_months_end_and_then_days(mark: Mark, on: str) -> None:
    assert mark.day(date(2026, 1, 31)) == date.fromisoformat(on)


def test_a_repeat_shifts_its_marks_by_whole_months() -> None:
    mark = Mark(Anchor.BIRTH, days=-15)
    assert mark.day(date(2026, 1, 31), 1) == date(2026, 2, 13)


@pytest.mark.parametrize(("months", "on"), [(12, "2025-01-28"), (48, "2028-01-29")])
def test_a_month_before_an_anniversary_is_counted_from_the_anniversary(
    months: int, on: str
) -> None:
    mark = Mark(Anchor.CERTIFICATE, months=-1)
    assert mark.day(date(2024, 2, 29), months) == date.fromisoformat(on)


@pytest.mark.parametrize(
    ("repeat", "expected"),
    [
        (Repeat(months=(1, 3)), [(1, 1), (3, 3)]),
        (
            Repeat(months=(1, 3), then_every_months=12),
            [(1, 1), (3, 3), (15, 15), (27, 27), (39, 39)],
        ),
        (Repeat(every_months=3), [(1, 0), (2, 3), (3, 6), (4, 9), (5, 12)]),
    ],
)
def test_occurrences_are_months_or_running_numbers(
    repeat: Repeat, expected: list[tuple[int, int]]
) -> None:
    assert list(islice(repeat.occurrences(), 5)) == expected


def test_the_calendars_as_shipped_do_not_overlap_within_a_group() -> None:
    assert find_overlap(RULES) is None


def widened(rule: Rule, days: int) -> Rule:
    """The rule with its last day moved."""
    (window,) = rule.windows
    closes = replace(window.closes, days=window.closes.days + days)
    return replace(rule, windows=(Window(window.opens, window.due, closes, window.when),))


def test_a_window_that_reaches_into_the_next_one_is_found() -> None:
    rules = (widened(BY_ID["m2"], 1), BY_ID["m3"], BY_ID["m4"])
    found = find_overlap(rules)
    assert found is not None
    assert (found.first, found.second) == ("m2/1", "m3/1")
    assert find_overlap((BY_ID["m2"], widened(BY_ID["m3"], -1), BY_ID["m4"])) is None


def test_occurrences_of_one_rule_may_not_overlap_either() -> None:
    found = find_overlap((widened(BY_ID["k2"], 60),))
    assert found is not None
    assert (found.first, found.second) == ("k2/6", "k2/8")


def test_other_groups_calendars_and_anchors_do_not_count() -> None:
    m2, m3 = widened(BY_ID["m2"], 1), BY_ID["m3"]
    assert find_overlap((m2, replace(m3, group="other"))) is None
    assert find_overlap((m2, replace(m3, calendar="other"))) is None


def test_two_versions_of_a_rule_take_turns_and_do_not_overlap() -> None:
    old = replace(BY_ID["m2"], effective_to=date(2026, 12, 31))
    new = replace(BY_ID["m2"], version=2, effective_from=date(2027, 1, 1))
    assert find_overlap((old, new)) is None
    assert find_overlap((old, replace(new, effective_from=date(2026, 12, 31)))) is not None
