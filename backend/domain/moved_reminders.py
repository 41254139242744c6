"""When to remind of a service whose days have moved: what was said is not said again."""

from datetime import date, timedelta
from typing import NamedTuple

from backend.domain.calendar import First, Rule
from backend.domain.reminders import SHORTEST_GAP, next_reminder_on, reminder_days
from backend.domain.schedule import DueService

# A reminder that was given no longer than this before its new day still serves.
STILL_SERVES = timedelta(14)
_ONE_DAY = timedelta(1)


class Reminded(NamedTuple):
    """A due service with its rule, and what has been said about it.

    `remind_on` is the next day of reminding, `given_on` the last on which a reminder was given,
    `booked_on` the day she booked.
    """

    due: DueService
    rule: Rule
    remind_on: date | None
    given_on: date | None
    booked_on: date | None = None


def remind_after_move(before: Reminded, due: DueService, rule: Rule, today: date) -> date | None:
    """The next reminder of a service whose days or whose rule have changed; None for none.

    What was said is not said again, unless she could have gone by it and now cannot: a first
    reminder comes again only if its day is still to come and more than 14 days later than the one
    that was given. What she asked for, a booked day or to be left alone for a while, still holds.
    """
    if not due.state.is_live:
        return None
    is_live = before.due.state.is_live
    if is_live and before.due[4:7] == due[4:7] and before.rule.reminding == rule.reminding:
        return before.remind_on
    if is_live and before.booked_on is not None and before.booked_on >= today:
        return next_reminder_on(due, rule, before.booked_on)
    if is_live and before.remind_on != _by_calendar(before):
        if before.remind_on is None:
            return next_reminder_on(due, rule, max(before.due.closes_on, today - _ONE_DAY))
        if before.remind_on > max(today, due.opens_on):
            return before.remind_on if before.remind_on <= due.closes_on else None
    if before.given_on is None:
        return next_reminder_on(due, rule, since=today)
    return _next_unsaid(before, due, rule, today)


def _by_calendar(before: Reminded) -> date | None:
    """The next reminder as the calendar alone would have it."""
    return next_reminder_on(before.due, before.rule, before.given_on)


def _next_unsaid(before: Reminded, due: DueService, rule: Rule, today: date) -> date | None:
    """The next reminder day of a moved service that says what was not said by `given_on`."""
    given_on = before.given_on
    assert given_on is not None, "something was said"
    if rule.reminding.first is First.DAILY:
        return next_reminder_on(due, rule, max(given_on, today - _ONE_DAY))
    days = reminder_days(due, rule)
    if not days or days[0] > max(today, given_on + STILL_SERVES):
        return days[0] if days else None
    had_last = before.rule.reminding.last_days is not None and given_on >= (
        before.due.closes_on - timedelta(before.rule.reminding.last_days)
    )
    gap = STILL_SERVES if had_last else SHORTEST_GAP
    return next((day for day in days[1:] if day >= max(today, given_on + gap)), None)
