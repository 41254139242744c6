"""What a failed try to reach somebody means."""

from datetime import date

import pytest

from backend.domain.tasks import NextTry, TaskState, after_failed_try


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
    assert after_failed_try(tries, date(2026, 11, 23)) == expected
