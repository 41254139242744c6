"""Folic acid, day by day."""

from datetime import date, datetime, timedelta

import pytest

from backend.actions import events, folic_acid, reminders, settings
from backend.actions.due_run import queue_due
from backend.actions.events import Told
from backend.actions.folic_acid import Dose, NotTakenReason
from backend.domain.consent import Purpose
from backend.store.models import DoseLog, DueService, Send
from tests.builders import wang_xiuying

pytestmark = pytest.mark.usefixtures("database")


@pytest.mark.parametrize(
    ("taken", "length"),
    [
        ([], 0),
        ([0], 1),
        ([1], 1),
        ([0, 1, 2], 3),
        ([1, 2, 3], 3),
        ([2, 3], 0),
        ([0, 1, 3, 4], 2),
    ],
)
async def test_days_in_a_row_count_up_to_today_or_yesterday(
    now: datetime, taken: list[int], length: int
) -> None:
    wang = await wang_xiuying()
    for days in taken:
        on = now.date() - timedelta(days=days)
        await folic_acid.answer_dose(wang.id, Dose.TAKEN, on=on, now=now)
    assert await folic_acid.streak(wang.id, today=now.date()) == length


async def test_a_later_answer_about_the_day_replaces_the_earlier(now: datetime) -> None:
    wang = await wang_xiuying()
    await folic_acid.answer_dose(wang.id, Dose.NOT_TODAY, reason=NotTakenReason.FORGOT, now=now)
    assert await folic_acid.answer_dose(wang.id, Dose.TAKEN, now=now) == 1
    row = await DoseLog.get()
    assert (row.answer, row.reason) == ("taken", None)


async def test_an_answer_takes_todays_snooze_back_but_not_tomorrows_reminder(
    now: datetime,
) -> None:
    wang = await wang_xiuying(topics=(Purpose.FOLIC_ACID,))
    await events.record_planning(wang.id, Told(now=now))
    due = await DueService.get(rule="fa5", state="open")
    await reminders.snooze(wang.id, due.id, "tonight", now=now)
    await reminders.snooze(wang.id, due.id, "tomorrow", now=now)
    await folic_acid.answer_dose(wang.id, Dose.TAKEN, now=now)
    [left] = await Send.filter(state="queued")
    assert left.due_at > now + timedelta(hours=20)


async def test_the_month_shows_both_kinds_of_days(now: datetime) -> None:
    wang = await wang_xiuying()
    for day, dose in ((1, Dose.TAKEN), (2, Dose.NOT_TODAY), (30, Dose.TAKEN)):
        await folic_acid.answer_dose(wang.id, dose, on=date(2026, 9, day), now=now)
    await folic_acid.answer_dose(wang.id, Dose.TAKEN, on=date(2026, 10, 1), now=now)
    shown = await folic_acid.month(wang.id, date(2026, 9, 14))
    assert shown.first == date(2026, 9, 1)
    assert shown.taken == {date(2026, 9, 1), date(2026, 9, 30)}
    assert shown.not_taken == {date(2026, 9, 2)}


async def test_the_daily_reminder_stops_and_can_be_turned_on_again(now: datetime) -> None:
    wang = await wang_xiuying(topics=(Purpose.FOLIC_ACID,))
    await events.record_planning(wang.id, Told(now=now))
    await folic_acid.stop_reminder(wang.id, now=now)
    assert not await Send.filter(state="queued").exists()
    tomorrow = now + timedelta(days=1)
    assert (await queue_due(now=tomorrow)).queued == 0
    await settings.switch_topic(wang.id, Purpose.FOLIC_ACID, is_on=True, now=tomorrow)
    assert await Send.filter(state="queued").count() == 1
