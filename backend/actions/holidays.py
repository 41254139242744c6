"""On which days offices work: the published table of holidays, and Monday to Friday without it."""

from datetime import date
from functools import cache

import chinese_calendar
import structlog

from backend.domain.statutory import is_weekday

logger = structlog.get_logger(__name__)


def is_workday(day: date) -> bool:
    """Whether offices work that day, moved rest days included.

    The table is published a year at a time; for a year it lacks, Monday to Friday, with a warning.
    """
    try:
        works: bool = chinese_calendar.is_workday(day)
    except NotImplementedError:
        _warn(day.year)
        return is_weekday(day)
    return works


@cache
def _warn(year: int) -> None:
    """Say once for each year that its holidays are not known."""
    logger.warning("holidays_unknown", year=year)
