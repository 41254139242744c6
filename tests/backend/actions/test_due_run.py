"""The due run: each day once, the most urgent first, and what she set herself beside it."""

import asyncio
from contextvars import copy_context
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest

from backend.actions import accounts, consents, events, reminders, settings
from backend.actions.due_run import DueRun, queue_due
from backend.actions.events import Told
from backend.domain.consent import Purpose
from backend.domain.gestation import dated_by_lmp
from backend.store.models import DueService, Person, Send
from backend.store.sql import execute, in_transaction
from tests.builders import WANG_XIUYING_CHAT, a_person, wang_xiuying
from tests.sends import a_send

pytestmark = pytest.mark.usefixtures("database")


async def owed(person: Person, now: datetime, rule: str = "m2", **columns: Any) -> DueService:
    """A due service of hers that opened today and closes in a month."""
    today = now.date()
    defaults: dict[str, Any] = {
        "rule_version": 1,
        "episode": "1",
        "occurrence": 1,
        "topic": "maternal",
        "opens_on": today,
        "due_on": today,
        "closes_on": today + timedelta(days=34),
        "state": "open",
        "anchor": "lmp",
        "anchor_on": today - timedelta(days=112),
        "remind_on": today,
        "updated_at": now,
    }
    return await DueService.create(person_id=person.id, rule=rule, **defaults | columns)


async def test_a_reminder_is_queued_for_her_time_and_expires_after_a_day(now: datetime) -> None:
    wang = await wang_xiuying(reminder_minute=10 * 60 + 15)
    due = await owed(wang, now)
    assert await queue_due(now=now) == DueRun(queued=1)
    send = await Send.get()
    assert send.dedup_key == f"due:{due.id}:2026-11-23"
    assert (send.reference, send.purpose, send.template) == (str(due.id), "maternal", "reminder")
    assert send.due_at == now.replace(hour=10, minute=15)
    assert send.expires_at - send.due_at == timedelta(days=1)
    assert send.created_at == now


async def test_a_second_run_does_nothing(now: datetime) -> None:
    await owed(await wang_xiuying(), now)
    await queue_due(now=now)
    assert await queue_due(now=now + timedelta(hours=3)) == DueRun()
    assert await Send.all().count() == 1


async def test_the_next_reminder_is_the_gentle_last_one(now: datetime) -> None:
    due = await owed(await wang_xiuying(), now)
    await queue_due(now=now)
    await due.refresh_from_db()
    assert due.remind_on == due.closes_on - timedelta(days=7)
    await queue_due(now=now + timedelta(days=27))
    await due.refresh_from_db()
    assert due.remind_on is None
    assert await Send.all().count() == 2


async def test_of_several_the_one_that_closes_first_is_told_and_the_rest_move_on(
    now: datetime,
) -> None:
    wang = await wang_xiuying()
    later = await owed(wang, now, "m3")
    sooner = await owed(wang, now, "m2", closes_on=now.date() + timedelta(days=5))
    assert await queue_due(now=now) == DueRun(queued=1, put_off=1)
    assert (await Send.get()).reference == str(sooner.id)
    await later.refresh_from_db()
    assert later.remind_on == now.date() + timedelta(days=1)
    assert await queue_due(now=now + timedelta(days=1)) == DueRun(queued=1)


async def test_a_broadcast_of_the_day_uses_up_the_day(now: datetime) -> None:
    wang = await wang_xiuying()
    await owed(wang, now)
    await a_send(WANG_XIUYING_CHAT, now=now, person_id=wang.id, kind="broadcast", state="sent")
    assert await queue_due(now=now) == DueRun(put_off=1)
    assert await queue_due(now=now + timedelta(days=1)) == DueRun(queued=1)


async def test_daily_folic_acid_is_hers_and_does_not_count(now: datetime) -> None:
    wang = await wang_xiuying(folic_acid_minute=19 * 60)
    lmp = now.date() - timedelta(days=40)
    await events.record_pregnancy(wang.id, Told(now=now), dating=dated_by_lmp(lmp))
    sends = {send.purpose: send for send in await Send.all()}
    assert sends.keys() == {"maternal", "folic_acid"}
    assert sends["folic_acid"].is_self_set
    assert sends["folic_acid"].due_at == now.replace(hour=19)
    assert await queue_due(now=now + timedelta(days=1)) == DueRun(queued=1)


@pytest.mark.parametrize(
    ("reminder_at", "quiet_from", "quiet_to", "due"),
    [
        (time(7, 0), time(21, 0), time(8, 0), (23, time(9, 0))),
        (time(9, 30), time(9, 15), time(10, 0), (23, time(10, 0))),
        (time(22, 0), time(21, 0), time(8, 0), (24, time(8, 0))),
        (time(21, 0), time(21, 0), time(8, 0), (24, time(8, 0))),
        (time(20, 59), time(21, 0), time(8, 0), (23, time(20, 59))),
        (time(23, 0), time(0, 0), time(0, 0), (23, time(23, 0))),
    ],
)
async def test_quiet_hours_shift_a_reminder_to_their_end(
    now: datetime, reminder_at: time, quiet_from: time, quiet_to: time, due: tuple[int, time]
) -> None:
    def minute(at: time) -> int:
        return at.hour * 60 + at.minute

    wang = await wang_xiuying(
        reminder_minute=minute(reminder_at),
        quiet_from_minute=minute(quiet_from),
        quiet_to_minute=minute(quiet_to),
    )
    await owed(wang, now)
    await queue_due(now=now)
    day, at = due
    expected = datetime.combine(date(2026, 11, day), at, now.tzinfo)
    assert (await Send.get()).due_at == expected


@pytest.mark.parametrize("reason", ["stopped", "no consent", "topic off", "no chat", "over"])
async def test_nothing_is_queued_for_who_does_not_want_it(now: datetime, reason: str) -> None:
    wang = await wang_xiuying()
    other = await a_person("陈静", chat=5, topics=(Purpose.MATERNAL,))
    due = await owed(wang, now)
    await owed(other, now)
    if reason == "stopped":
        await accounts.stop_all(WANG_XIUYING_CHAT, now=now)
    elif reason == "no consent":
        await consents.withdraw(wang.id, Purpose.MATERNAL, now=now)
    elif reason == "topic off":
        await reminders.keep_choice(wang.id, "maternal", "off", now=now)
    elif reason == "no chat":
        await execute("UPDATE account SET person_id = NULL WHERE tg_id = $1", WANG_XIUYING_CHAT)
    else:
        await DueService.filter(id=due.id).update(closes_on=now.date() - timedelta(days=1))
    assert (await queue_due(now=now)).queued == 1
    assert {send.person_id for send in await Send.filter(purpose="maternal")} == {other.id}


async def test_many_people_are_each_told_once(now: datetime) -> None:
    for number in range(7):
        person = await a_person(f"陈{number}静", chat=50 + number, topics=(Purpose.MATERNAL,))
        await owed(person, now)
        await owed(person, now, "m3")
    assert await queue_due(now=now) == DueRun(queued=7, put_off=7)


async def test_a_changed_time_moves_what_still_waits_today(now: datetime) -> None:
    wang = await wang_xiuying(reminder_minute=12 * 60)
    await owed(wang, now)
    await queue_due(now=now)
    await settings.set_minute(wang.id, "reminder_minute", 18 * 60, now=now)
    assert (await Send.get()).due_at == now.replace(hour=18)


async def a_run_waits_for_a_lock() -> None:
    """Look again and again until another transaction waits for this one."""
    async with asyncio.timeout(30):
        while not await execute("SELECT 1 AS one FROM pg_locks WHERE NOT granted"):  # noqa: ASYNC110
            await asyncio.sleep(0.01)


@pytest.mark.parametrize("database", ["postgres"], indirect=True)
async def test_a_run_that_meets_the_end_of_a_pregnancy_half_way_tells_nothing_of_it(
    database: str, now: datetime
) -> None:
    wang = await wang_xiuying()
    told = Told(now=now)
    await events.record_pregnancy(wang.id, told, dating=dated_by_lmp(now.date() - timedelta(40)))
    await DueService.filter(rule="m1").update(remind_on=now.date())
    outside = copy_context()
    async with in_transaction():
        await events.end_pregnancy(wang.id, told)
        run = asyncio.create_task(queue_due(now=now), context=outside)
        await a_run_waits_for_a_lock()
    assert await run == DueRun()
    assert not await Send.filter(state="queued").exists()
