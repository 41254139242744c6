"""Two processes wake the due run for years, in zones that change their clocks, with outages.

Every day of reminding has one row: queued on the day or the one after, else entered as skipped.
"""

import asyncio
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from backend.actions import delivery
from backend.actions.due_run import queue_due
from backend.store.models import DueService, Send
from tests.backend.actions.test_due_run import owed
from tests.builders import wang_xiuying

pytestmark = pytest.mark.usefixtures("database")

DAY = timedelta(days=1)
LONGEST_OUTAGE_HOURS = 72
# A zone, and a day on which its clocks are changed, if it has one.
ZONES = {
    "Asia/Shanghai": date(2027, 3, 14),
    "Asia/Kathmandu": date(2027, 3, 14),
    "America/New_York": date(2027, 11, 7),
    "Australia/Lord_Howe": date(2027, 4, 4),
    "Africa/Cairo": date(2027, 4, 30),
    "America/Santiago": date(2027, 9, 5),
}
EACH_MONTH, OPEN_DAYS, LAST_DAYS = 30, 20, 7


def ticks(first: datetime, days: int, chance: Random) -> Iterator[datetime]:
    """When the run is woken: some times a day, but for outages of up to 72 hours."""
    now, last = first, first + days * DAY
    while now < last:
        hours = chance.uniform(24, LONGEST_OUTAGE_HOURS) if chance.random() < 0.04 else 0
        now += timedelta(hours=hours or chance.uniform(2, 14))
        yield now


async def a_life(start: date, days: int, now: datetime) -> tuple[DueService, list[DueService]]:
    """Somebody's daily service, and others that open each month, over so many days."""
    wang = await wang_xiuying(reminder_minute=150, quiet_from_minute=0, quiet_to_minute=0)
    end = start + days * DAY
    daily = await owed(
        *(wang, now, "fa5"),
        topic="folic_acid",
        opens_on=start,
        due_on=start,
        closes_on=end,
        remind_on=start,
    )
    monthly = []
    for number, opens in enumerate(range(2, days - OPEN_DAYS, EACH_MONTH)):
        day = start + opens * DAY
        columns: dict[str, Any] = {
            "opens_on": day,
            "due_on": day,
            "closes_on": day + OPEN_DAYS * DAY,
        }
        due = await owed(wang, now, episode=str(number), remind_on=day, **columns)
        monthly.append(due)
    return daily, monthly


def told_for(days: list[date], woken_on: list[date]) -> Counter[tuple[date, bool]]:
    """The rows that days of reminding come to: each its day, and whether it was skipped."""
    rows: Counter[tuple[date, bool]] = Counter()
    for day in days:
        first = next((one for one in woken_on if one >= day), None)
        if first is not None:
            rows[(day, True) if first > day + DAY else (first, False)] += 1
    return rows


async def rows_about(due: DueService) -> Counter[tuple[date, bool]]:
    """The rows of the outbox about a service: each its day, and whether it was skipped."""
    return Counter(
        (
            date.fromisoformat(row.dedup_key.rpartition(":")[2]),
            row.created_at == row.finished_at,
        )
        for row in await Send.filter(reference=str(due.id))
    )


@pytest.mark.parametrize(
    "days", [pytest.param(24, id="24"), pytest.param(5 * 365, id="five", marks=pytest.mark.long)]
)
@pytest.mark.parametrize("name", ZONES)
async def test_each_day_of_reminding_has_one_row_whatever_clocks_and_outages_do(
    name: str, days: int
) -> None:
    zone, chance = ZoneInfo(name), Random(name)
    first = datetime.combine(ZONES[name] - 12 * DAY, datetime.min.time(), UTC)
    start = first.astimezone(zone).date()
    daily, monthly = await a_life(start, days, first)
    woken_on: list[date] = []
    for moment in ticks(first, days, chance):
        now = moment.astimezone(zone)
        later = (moment + timedelta(seconds=chance.uniform(0, 2))).astimezone(zone)
        await asyncio.gather(queue_due(now=now), queue_due(now=later), delivery.expire(now=now))
        woken_on.append(now.date())
    days_awake = sorted({day for day in woken_on if day >= start})
    queued = await rows_about(daily)
    assert {day for day, is_skipped in queued if not is_skipped} == {
        day for day in days_awake if day <= daily.closes_on
    }
    assert set(queued.values()) == {1}
    for due in monthly:
        days_of_it = [due.opens_on, due.closes_on - LAST_DAYS * DAY]
        assert await rows_about(due) == told_for(days_of_it, days_awake)
    for row in await Send.all():
        on = row.due_at.astimezone(zone).date()
        assert on.isoformat() == row.dedup_key.rpartition(":")[2]
