"""When to remind of a due service: once, once more before it closes, or daily."""

from datetime import date, timedelta

from backend.domain.calendar import First, Rule
from backend.domain.schedule import DueService

# A last reminder closer than this to the first one would only nag.
SHORTEST_GAP = timedelta(3)


def reminder_days(due: DueService, rule: Rule, *, since: date | None = None) -> list[date]:
    """The days on which to remind of a live service, in order; none for a terminal one.

    `since` is the day it came to be known: an earlier first reminder moves there.
    """
    if not due.state.is_live:
        return []
    start = max(due.opens_on, since or due.opens_on)
    if rule.reminding.first is First.DAILY:
        return [start + timedelta(n) for n in range((due.closes_on - start).days + 1)]
    first = max(start, due.due_on if rule.reminding.first is First.DUE else start)
    days = [first] if first <= due.closes_on else []
    if days and rule.reminding.last_days is not None:
        last = due.closes_on - timedelta(rule.reminding.last_days)
        days += [last] if last - first >= SHORTEST_GAP else []
    return days


def next_reminder_on(
    due: DueService, rule: Rule, after: date | None = None, *, since: date | None = None
) -> date | None:
    """The first reminder day later than `after` (the very first without it), or None."""
    if rule.reminding.first is First.DAILY and due.state.is_live:
        # A daily rule has some two hundred days; the next one needs no list of them.
        earliest = max(due.opens_on, since or due.opens_on)
        day = earliest if after is None else max(earliest, after + timedelta(1))
        return day if day <= due.closes_on else None
    days = reminder_days(due, rule, since=since)
    return next((day for day in days if after is None or day > after), None)
