"""A cadre's tasks: failed tries, days to choose, undoing, counting and putting in order."""

from datetime import UTC, date, datetime, timedelta

import pytest

from backend.domain.tasks import (
    Counts,
    NextTry,
    Standing,
    TaskKind,
    TaskState,
    after_failed_try,
    by_household,
    by_urgency,
    counted,
    may_reschedule,
    may_undo,
)

MONDAY = date(2026, 11, 23)
SUNDAY = date(2026, 11, 29)
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("tries", "expected"),
    [
        (0, NextTry(TaskState.OPEN, 1, date(2026, 11, 26))),
        (1, NextTry(TaskState.OPEN, 2, date(2026, 11, 26))),
        (2, NextTry(TaskState.UNREACHABLE, 3, None)),
    ],
)
def test_three_days_later_again_and_after_the_third_time_no_more(
    tries: int, expected: NextTry
) -> None:
    assert after_failed_try(tries, MONDAY) == expected


@pytest.mark.parametrize(("days", "expected"), [(0, False), (1, True), (90, True), (91, False)])
def test_a_task_is_put_off_to_a_day_within_three_months(days: int, expected: bool) -> None:
    assert may_reschedule(MONDAY + timedelta(days), MONDAY) is expected


@pytest.mark.parametrize(("seconds", "expected"), [(0, True), (600, True), (601, False)])
def test_an_answer_is_undone_within_ten_minutes(seconds: int, expected: bool) -> None:
    assert may_undo(NOON, NOON + timedelta(seconds=seconds)) is expected


def a_task(task_id: int, due_on: date = MONDAY, **columns: object) -> Standing:
    """An open visit to person 1 without a household, unless said otherwise."""
    defaults: dict[str, object] = {
        "kind": TaskKind.VISIT,
        "state": TaskState.OPEN,
        "person_id": 1,
        "household": None,
    }
    return Standing(task_id=task_id, due_on=due_on, **defaults | columns)  # type: ignore[arg-type]


def test_the_day_and_its_week_are_counted() -> None:
    tasks = [
        a_task(1, MONDAY - timedelta(1)),
        a_task(2, MONDAY),
        a_task(3, SUNDAY),
        a_task(4, SUNDAY + timedelta(1)),
        a_task(5, state=TaskState.DONE, closed_on=MONDAY),
        a_task(6, state=TaskState.DONE, closed_on=MONDAY - timedelta(1)),
    ]
    assert counted(tasks, MONDAY) == Counts(today=2, overdue=1, done=1, week=4)
    assert counted(tasks, SUNDAY) == Counts(today=3, overdue=2, done=1, week=4)


@pytest.mark.parametrize("state", [TaskState.DECLINED, TaskState.UNREACHABLE, TaskState.MOVED])
def test_what_nobody_is_to_blame_for_is_counted_nowhere(state: TaskState) -> None:
    assert counted([a_task(1, state=state, closed_on=MONDAY)], MONDAY) == Counts()


def test_the_household_that_waits_longest_comes_first_and_stays_together() -> None:
    late = MONDAY - timedelta(3)
    tasks = [
        a_task(1, household="0001"),
        a_task(2, household="0002", person_id=2),
        a_task(3, late, household="0002", person_id=3),
        a_task(4, household="0002", person_id=2, kind=TaskKind.HELP),
        a_task(5, person_id=4),
        a_task(6, person_id=5),
    ]
    ordered = [task.task_id for task in by_household(tasks)]
    assert ordered == [4, 2, 3, 1, 5, 6]


def test_what_somebody_waits_for_is_the_most_urgent() -> None:
    late = MONDAY - timedelta(3)
    tasks = [
        a_task(1, late),
        a_task(2, kind=TaskKind.HANDOVER),
        a_task(3, kind=TaskKind.HELP),
        a_task(4, late, kind=TaskKind.HELP),
        a_task(5, kind=TaskKind.REGISTRATION),
    ]
    assert [task.task_id for task in by_urgency(tasks)] == [4, 3, 2, 5, 1]
