"""What a person can answer to a reminder."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from backend.actions import consents, delivery, events, reminders, schedule
from backend.actions.due_run import queue_due
from backend.actions.events import Told
from backend.domain.consent import Purpose
from backend.domain.errors import NotOwed
from backend.domain.gestation import dated_by_lmp
from backend.domain.tasks import HelpReason
from backend.store.models import DueService, Person, Send, ServiceRecord, Task
from tests.builders import a_household, li_na, wang_xiuying, zhao_ming

pytestmark = pytest.mark.usefixtures("database")

LMP = date(2026, 10, 12)


async def wang_and_her_first_visit(now: datetime) -> tuple[Person, DueService]:
    wang = await wang_xiuying()
    await events.record_pregnancy(wang.id, Told(now=now), dating=dated_by_lmp(LMP))
    return wang, await DueService.get(rule="m1")


async def queued_about(due: DueService) -> list[Send]:
    return await Send.filter(reference=str(due.id), state="queued").order_by("id")


async def test_a_reminder_opens_with_its_reason_and_the_days_left(now: datetime) -> None:
    wang, due = await wang_and_her_first_visit(now)
    view = await reminders.open_reminder(wang.id, due.id, now=now)
    assert (view.asked, view.is_open, view.due.why.anchor_on) == ("visit", True, LMP)
    assert view.days_left == (LMP + timedelta(days=90) - now.date()).days
    dose = await DueService.get(rule="fa5")
    assert (await reminders.open_reminder(wang.id, dose.id, now=now)).asked == "dose"


async def test_nobody_opens_somebody_elses_reminder(now: datetime) -> None:
    _, due = await wang_and_her_first_visit(now)
    li = await li_na()
    for verb in (
        reminders.open_reminder(li.id, due.id, now=now),
        reminders.answer_done(li.id, due.id, now.date(), now=now),
        reminders.not_now(li.id, due.id, "never", now=now),
        reminders.ask_help(li.id, HelpReason.TIME, due_id=due.id, now=now),
    ):
        with pytest.raises(NotOwed):
            await verb


async def test_a_booking_is_reminded_of_the_day_before_and_replaces_the_calendars(
    now: datetime,
) -> None:
    wang, due = await wang_and_her_first_visit(now)
    on = now.date() + timedelta(days=4)
    view = await reminders.answer_booked(wang.id, due.id, on, now=now)
    assert view.booked_on == on
    [send] = await queued_about(due)
    assert send.is_self_set
    assert send.due_at == now.replace(hour=8, minute=30) + timedelta(days=3)
    other = on + timedelta(days=2)
    await reminders.answer_booked(wang.id, due.id, other, now=now)
    [send] = await queued_about(due)
    assert send.due_at == now.replace(hour=8, minute=30) + timedelta(days=5)


async def test_a_day_gone_by_cannot_be_booked_nor_a_day_to_come_be_done(now: datetime) -> None:
    wang, due = await wang_and_her_first_visit(now)
    with pytest.raises(NotOwed):
        await reminders.answer_booked(wang.id, due.id, now.date() - timedelta(days=1), now=now)
    with pytest.raises(NotOwed):
        await reminders.answer_done(wang.id, due.id, now.date() + timedelta(days=1), now=now)
    await due.refresh_from_db()
    assert (due.state, due.booked_on) == ("open", None)


async def test_done_closes_the_service_and_takes_its_messages_back(now: datetime) -> None:
    wang, due = await wang_and_her_first_visit(now)
    await reminders.answer_done(wang.id, due.id, now.date() - timedelta(days=2), now=now)
    await due.refresh_from_db()
    assert (due.state, due.done_on, due.remind_on) == (
        "done",
        now.date() - timedelta(days=2),
        None,
    )
    assert await queued_about(due) == []
    with pytest.raises(NotOwed):
        await reminders.answer_done(wang.id, due.id, now.date(), now=now)
    assert await ServiceRecord.all().count() == 1


async def test_help_is_asked_of_the_cadre_of_the_household_once_a_day(now: datetime) -> None:
    wang, due = await wang_and_her_first_visit(now)
    zhao = await zhao_ming()
    house = await a_household(cadre_id=zhao.person_id)
    await Person.filter(id=wang.id).update(household_id=house.id)
    assert await reminders.ask_help(wang.id, HelpReason.COMPANY, due_id=due.id, now=now)
    assert not await reminders.ask_help(wang.id, HelpReason.TIME, due_id=due.id, now=now)
    task = await Task.get()
    assert (task.cadre_id, task.reason, task.due_service_id) == (zhao.person_id, "company", due.id)
    assert await reminders.ask_help(wang.id, HelpReason.OTHER, now=now)


async def test_a_month_later_means_no_message_until_then(now: datetime) -> None:
    wang, due = await wang_and_her_first_visit(now)
    await reminders.not_now(wang.id, due.id, "month", now=now)
    await due.refresh_from_db()
    assert due.remind_on == date(2026, 12, 23)
    assert await queued_about(due) == []
    await queue_due(now=now + timedelta(days=29))
    assert await queued_about(due) == []
    await queue_due(now=now + timedelta(days=30))
    assert len(await queued_about(due)) == 1


async def test_never_is_final_for_the_topic_and_makes_no_task(now: datetime) -> None:
    wang, due = await wang_and_her_first_visit(now)
    await reminders.not_now(wang.id, due.id, "never", now=now)
    rows = await DueService.filter(topic="maternal")
    assert {row.state for row in rows} == {"declined"}
    assert not await Task.exists()
    assert not await Send.filter(purpose="maternal", state="queued").exists()
    await events.record_pregnancy(
        wang.id, Told(now=now + timedelta(hours=1)), dating=dated_by_lmp(LMP)
    )
    assert not await DueService.filter(topic="maternal", state__in=["planned", "open"]).exists()


@pytest.mark.parametrize(
    ("later", "at", "expected"),
    [
        ("hour", 9, timedelta(hours=1)),
        ("tonight", 9, timedelta(hours=11)),
        ("tonight", 20, timedelta(hours=1)),
        ("tomorrow", 9, timedelta(hours=23, minutes=30)),
    ],
)
async def test_a_snooze_comes_when_she_said(
    now: datetime, later: reminders.Later, at: int, expected: timedelta
) -> None:
    wang, due = await wang_and_her_first_visit(now)
    moment = now.replace(hour=at)
    assert await reminders.snooze(wang.id, due.id, later, now=moment) - moment == expected
    snoozed = await Send.get(dedup_key__startswith="snooze:")
    assert snoozed.is_self_set
    assert snoozed.due_at - moment == expected


async def test_pressing_snooze_twice_reminds_once(now: datetime) -> None:
    wang, due = await wang_and_her_first_visit(now)
    for _ in range(2):
        await reminders.snooze(wang.id, due.id, "tonight", now=now)
    assert await Send.filter(dedup_key__startswith="snooze:").count() == 1


async def test_a_new_snooze_takes_the_place_of_the_one_before(now: datetime) -> None:
    wang, due = await wang_and_her_first_visit(now)
    for later in ("tonight", "hour", "tonight"):
        at = await reminders.snooze(wang.id, due.id, later, now=now)
        waiting = await Send.filter(dedup_key__startswith="snooze:", state="queued")
        assert [send.due_at for send in waiting] == [at]
        now += timedelta(minutes=5)


async def test_a_snooze_within_the_quiet_hours_comes_as_she_set_it(now: datetime) -> None:
    wang, due = await wang_and_her_first_visit(now)
    await Send.all().delete()
    night = now.replace(hour=22)
    at = await reminders.snooze(wang.id, due.id, "hour", now=night)
    assert await delivery.claim(7, now=at - timedelta(minutes=1), limit=5) == []
    [message] = await delivery.claim(7, now=at, limit=5)
    assert message.reference == str(due.id)


async def test_an_hour_is_an_hour_also_where_the_clock_is_set_back(now: datetime) -> None:
    wang, due = await wang_and_her_first_visit(now)
    first_pass = datetime(2027, 11, 7, 1, 30, tzinfo=ZoneInfo("America/New_York"))
    await DueService.filter(id=due.id).update(closes_on=date(2028, 1, 1))
    at = await reminders.snooze(wang.id, due.id, "hour", now=first_pass)
    assert at.astimezone(UTC) - first_pass.astimezone(UTC) == timedelta(hours=1)


async def test_the_schedule_shows_what_is_open_by_its_last_day_then_what_comes(
    now: datetime,
) -> None:
    wang, _ = await wang_and_her_first_visit(now)
    items = await schedule.my_schedule(wang.id, now=now)
    rules = [item.due.rule for item in items]
    assert (set(rules[:2]), rules[2]) == ({"fa5", "m1"}, "fa6")
    opens = [item.due.opens_on for item in items if not item.is_open]
    assert opens == sorted(opens)
    assert (await schedule.counts(wang.id, now=now)).open == 1


async def test_at_a_glance_shows_all_that_is_open_and_the_next_of_what_repeats(
    now: datetime,
) -> None:
    wang, _ = await wang_and_her_first_visit(now)
    for days in (0, 20, 40):
        at = now + timedelta(days=days)
        whole = await schedule.my_schedule(wang.id, now=at)
        known: dict[str, int] = {}
        for item in whole:
            known.setdefault(item.due.rule, item.due_id)
        expected = [
            item
            for item in whole
            if item.is_open or (item.due_id == known[item.due.rule] and item.asked != "question")
        ]
        assert await schedule.at_a_glance(wang.id, now=at) == expected
        assert len(expected) < len(whole)


async def test_the_schedule_shows_only_what_was_agreed_to(now: datetime) -> None:
    wang, _ = await wang_and_her_first_visit(now)
    await consents.withdraw(wang.id, Purpose.MATERNAL, now=now)
    items = await schedule.my_schedule(wang.id, now=now)
    assert {item.due.topic for item in items} == {"folic_acid"}


async def test_a_service_whose_last_day_has_passed_is_gone_before_the_night_has_closed_it(
    now: datetime,
) -> None:
    wang, due = await wang_and_her_first_visit(now)
    later = now + timedelta(days=60)
    items = await schedule.my_schedule(wang.id, now=later)
    assert due.id not in [item.due_id for item in items]
