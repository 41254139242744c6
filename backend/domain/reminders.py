"""When to remind of a due service: once, once more before it closes, or daily."""

from datetime import date, timedelta

from backend.domain.calendar import First, Rule
from backend.domain.schedule import DueService

# A last reminder closer than this to the first one would only nag.
SHORTEST_GAP = timedelta(3)
# How long a reminder is worth sending: later it is skipped, so that none comes in a burst.
LIFE = timedelta(days=1)


def reminder_days(due: DueService, rule: Rule, *, since: date | None = None) -> list[date]:
    """The days on which to remind of a live service, in order; none for a terminal one.

    `since` is the day it came to be known: an earlier first reminder moves there.
    """
    first = _first_on(due, rule, since)
    if first is None:
        return []
    if rule.reminding.first is First.DAILY:
        return [first + timedelta(n) for n in range((due.closes_on - first).days + 1)]
    days = [first]
    if rule.reminding.last_days is not None:
        last = due.closes_on - timedelta(rule.reminding.last_days)
        days += [last] if last - first >= SHORTEST_GAP else []
    return days


def next_reminder_on(
    due: DueService, rule: Rule, after: date | None = None, *, since: date | None = None
) -> date | None:
    """The first reminder day later than `after` (the very first without it), or None."""
    first = _first_on(due, rule, since)
    if first is None or after is None or first > after:
        return first
    if rule.reminding.first is First.DAILY:
        # A daily rule has some two hundred days; the next one needs no list of them.
        day = after + timedelta(1)
        return day if day <= due.closes_on else None
    return next((day for day in reminder_days(due, rule, since=since) if day > after), None)


def _first_on(due: DueService, rule: Rule, since: date | None) -> date | None:
    """The day of the first reminder of a live service, if its window is still open then."""
    if not due.state.is_live:
        return None
    first = max(due.opens_on, since or due.opens_on)
    if rule.reminding.first is First.DUE:
        first = max(first, due.due_on)
    return first if first <= due.closes_on else None


def is_late(remind_on: date, today: date) -> bool:
    """Whether a reminder's day is gone by for more than a day, so that it is skipped."""
    return remind_on + LIFE < today
