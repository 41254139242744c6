"""Statutory periods: the first day is not counted, the last one moves past days of rest.

Source: Civil Code 201-203 (`domain.md`, conventions).
"""

from collections.abc import Callable
from datetime import date, timedelta

IsWorkday = Callable[[date], bool]

_DAY = timedelta(days=1)


def period_end(start_on: date, days: int, is_workday: IsWorkday) -> date:
    """The last day, inclusive, of a period of calendar days that begins to run after `start_on`."""
    return next_workday(start_on + days * _DAY, is_workday)


def next_workday(day: date, is_workday: IsWorkday) -> date:
    """The day itself if the office works then, else the first one after it on which it does."""
    while not is_workday(day):
        day += _DAY
    return day


def is_weekday(day: date) -> bool:
    """Whether a day is one from Monday to Friday: all that is known of a year without a table."""
    return day.isoweekday() <= 5
