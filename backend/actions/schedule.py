"""My schedule: what a person is owed, the open things first."""

from dataclasses import dataclass
from datetime import date, datetime

from backend.actions.dues import DUE_COLUMNS, rule_of
from backend.actions.reminders import DueView, open_reminder, view_of
from backend.files.ics import Entry, calendar_file
from backend.store.sql import execute

# First her own rows: SQLite would rather look through everybody's live ones.
_LIVE = f"""
    WITH hers AS MATERIALIZED (SELECT {DUE_COLUMNS} FROM due_service WHERE person_id = $1),
    live AS (SELECT * FROM hers WHERE state IN ('planned', 'open') AND closes_on >= $2)
    SELECT * FROM live
"""
_OPEN_OR_NEXT = f"""{_LIVE} WHERE opens_on <= $2 OR NOT EXISTS (
    SELECT 1 FROM live earlier WHERE earlier.rule = live.rule
    AND (earlier.opens_on, earlier.id) < (live.opens_on, live.id))
"""


@dataclass(frozen=True, slots=True)
class Counts:
    """How much there is to do: open now, and to come."""

    open: int
    planned: int


async def my_schedule(person_id: int, *, now: datetime) -> list[DueView]:
    """What she is owed: open services by closing day, then planned ones by opening day."""
    return await _views(_LIVE, person_id, today=now.date())


async def at_a_glance(person_id: int, *, now: datetime) -> list[DueView]:
    """My schedule without what only fills the list.

    Of what is to come only the next one of each rule is shown, and no question before its day.
    """
    views = await _views(_OPEN_OR_NEXT, person_id, today=now.date())
    return [view for view in views if view.is_open or view.asked != "question"]


async def item(person_id: int, due_id: int, *, now: datetime) -> DueView:
    """One item in detail; raises NotOwed for anyone else's."""
    return await open_reminder(person_id, due_id, now=now)


async def counts(person_id: int, *, now: datetime) -> Counts:
    """The numbers for the home screen; the daily folic acid is not a thing to do."""
    views = [view for view in await my_schedule(person_id, now=now) if view.asked != "dose"]
    is_open = sum(view.is_open for view in views)
    return Counts(is_open, len(views) - is_open)


def calendar_entry(
    view: DueView, *, title: str, description: str, place: str, now: datetime
) -> bytes:
    """An item as a calendar file: an all-day entry on the booked day, else on the best one."""
    entry = Entry(
        uid=f"due-{view.due_id}@suixing",
        on=view.booked_on or max(view.due.due_on, view.today),
        title=title,
        description=description,
        place=place,
    )
    return calendar_file(entry, now=now)


async def _views(query: str, person_id: int, *, today: date) -> list[DueView]:
    rows = await execute(query, person_id, today)
    return sorted((view_of(row, today) for row in rows if rule_of(row)), key=_order)


def _order(view: DueView) -> tuple[bool, date, int]:
    day = view.due.closes_on if view.is_open else view.due.opens_on
    return not view.is_open, day, view.due_id
