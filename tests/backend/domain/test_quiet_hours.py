"""Quiet hours over midnight, at their edges, and of no length."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from backend.domain.quiet_hours import at_minute, is_quiet, later, minute_of, out_of_quiet_hours

ZONE = ZoneInfo("Asia/Shanghai")
NIGHT, MORNING, NOON = 21 * 60, 8 * 60, 12 * 60


@pytest.mark.parametrize(
    ("minute", "from_minute", "to_minute", "expected"),
    [
        (NIGHT - 1, NIGHT, MORNING, False),
        (NIGHT, NIGHT, MORNING, True),
        (0, NIGHT, MORNING, True),
        (MORNING - 1, NIGHT, MORNING, True),
        (MORNING, NIGHT, MORNING, False),
        (NOON, NOON, NOON + 60, True),
        (NOON + 60, NOON, NOON + 60, False),
        (0, 0, 0, False),
        (NOON, NOON, NOON, False),
    ],
)
def test_quiet_hours_hold_their_first_minute_and_not_their_last(
    minute: int, from_minute: int, to_minute: int, expected: bool
) -> None:
    assert is_quiet(minute, from_minute=from_minute, to_minute=to_minute) is expected


@pytest.mark.parametrize("minute", range(0, 1440, 7))
def test_a_shifted_moment_is_never_earlier_never_quiet_and_at_most_a_night_later(
    minute: int,
) -> None:
    moment = at_minute(date(2026, 12, 31), minute, ZONE)
    shifted = out_of_quiet_hours(moment, from_minute=NIGHT, to_minute=MORNING)
    assert shifted >= moment
    assert not is_quiet(minute_of(shifted), from_minute=NIGHT, to_minute=MORNING)
    assert (shifted - moment).total_seconds() <= 11 * 3600


ZONES = ("Australia/Lord_Howe", "America/New_York", "Africa/Cairo", "America/Santiago")


@pytest.mark.parametrize("name", ZONES)
@pytest.mark.parametrize("hours", [(NIGHT, MORNING), (90, 120), (60, 130), (1430, 30), (0, 0)])
def test_where_clocks_are_changed_a_moment_is_never_moved_back_nor_into_the_night(
    name: str, hours: tuple[int, int]
) -> None:
    zone, (first, last) = ZoneInfo(name), hours
    for hour in range(365 * 24 * 2):
        moment = (datetime(2027, 1, 1, tzinfo=UTC) + timedelta(minutes=30 * hour)).astimezone(zone)
        shifted = out_of_quiet_hours(moment, from_minute=first, to_minute=last)
        assert shifted.astimezone(UTC) >= moment.astimezone(UTC)
        shown = shifted.astimezone(UTC).astimezone(zone)
        assert not is_quiet(minute_of(shown), from_minute=first, to_minute=last)


@pytest.mark.parametrize("name", ZONES)
def test_time_that_passes_is_counted_over_a_change_of_clocks(name: str) -> None:
    zone = ZoneInfo(name)
    for hour in range(365 * 24):
        moment = (datetime(2027, 1, 1, tzinfo=UTC) + timedelta(hours=hour)).astimezone(zone)
        passed = later(moment, timedelta(hours=2)).astimezone(UTC) - moment.astimezone(UTC)
        assert passed == timedelta(hours=2)


def test_the_night_before_new_year_ends_in_the_new_year() -> None:
    moment = datetime(2026, 12, 31, 23, 30, tzinfo=ZONE)
    shifted = out_of_quiet_hours(moment, from_minute=NIGHT, to_minute=MORNING)
    assert shifted == datetime(2027, 1, 1, 8, 0, tzinfo=ZONE)
