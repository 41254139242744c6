"""Folic acid, day by day: her answers, the days in a row, the month at a glance, stopping."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from backend.actions.dues import read_day
from backend.actions.recall import recall_purposes
from backend.actions.reminders import keep_choice
from backend.domain.consent import Purpose
from backend.store.models import DoseLog
from backend.store.sql import execute, in_transaction

TOPIC = Purpose.FOLIC_ACID.value
_ONE_DAY = timedelta(days=1)


class Dose(StrEnum):
    """Her answer about one day."""

    TAKEN = "taken"
    NOT_TODAY = "not_today"


class NotTakenReason(StrEnum):
    """Why not, if she cares to say."""

    FORGOT = "forgot"
    UNWELL = "unwell"
    NOT_SAID = "not_said"


@dataclass(frozen=True, slots=True)
class Month:
    """A month at a glance: the days taken, and those she said no to."""

    first: date
    taken: frozenset[date]
    not_taken: frozenset[date]


async def answer_dose(
    person_id: int,
    dose: Dose,
    *,
    now: datetime,
    on: date | None = None,
    reason: NotTakenReason | None = None,
) -> int:
    """Keep her answer about a day (today without one) and return the days in a row up to it.

    A later answer about the same day replaces the earlier one; a snoozed reminder of today falls
    away.
    """
    async with in_transaction():
        await DoseLog.update_or_create(
            person_id=person_id,
            on_date=on or now.date(),
            defaults={
                "answer": dose.value,
                "reason": reason.value if reason else None,
                "answered_at": now,
            },
        )
        if on in (None, now.date()):
            await _recall_snoozed(person_id, now=now)
        return await streak(person_id, today=now.date())


async def streak(person_id: int, *, today: date) -> int:
    """The days in a row on which she took it, up to today or, while today is open, yesterday."""
    rows = await execute(
        "SELECT on_date FROM dose_log WHERE person_id = $1 AND answer = 'taken'"
        " AND on_date <= $2 ORDER BY on_date DESC",
        *(person_id, today),
    )
    days = [read_day(row["on_date"]) for row in rows]
    day = today if days and days[0] == today else today - _ONE_DAY
    length = 0
    while length < len(days) and days[length] == day:
        length, day = length + 1, day - _ONE_DAY
    return length


async def month(person_id: int, first: date) -> Month:
    """The answers of the calendar month in which `first` lies."""
    first = first.replace(day=1)
    last = first.replace(day=monthrange(first.year, first.month)[1])
    rows = await execute(
        "SELECT on_date, answer FROM dose_log WHERE person_id = $1"
        " AND on_date >= $2 AND on_date <= $3",
        *(person_id, first, last),
    )
    days: dict[str, set[date]] = {answer.value: set() for answer in Dose}
    for row in rows:
        days[row["answer"]].add(read_day(row["on_date"]))
    return Month(first, frozenset(days[Dose.TAKEN]), frozenset(days[Dose.NOT_TODAY]))


async def answer_of(person_id: int, on: date) -> Dose | None:
    """Her answer about a day, None while she gave none."""
    row = await DoseLog.get_or_none(person_id=person_id, on_date=on)
    return Dose(row.answer) if row else None


async def stop_reminder(person_id: int, *, now: datetime) -> None:
    """Stop the daily reminder until she turns it on again in the settings."""
    async with in_transaction():
        await keep_choice(person_id, TOPIC, "off", now=now)
        await recall_purposes(person_id, [TOPIC], now=now)


async def _recall_snoozed(person_id: int, *, now: datetime) -> None:
    """Once she has answered, another reminder of the same day would only nag."""
    midnight = datetime.combine(now.date() + _ONE_DAY, datetime.min.time(), now.tzinfo)
    await execute(
        "UPDATE send SET state = 'cancelled', finished_at = $1 WHERE person_id = $2"
        " AND purpose = $3 AND kind = 'reminder' AND state = 'queued' AND due_at < $4",
        *(now, person_id, TOPIC, midnight),
    )
