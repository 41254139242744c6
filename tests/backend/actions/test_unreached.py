"""Chats to which everything fails for days: stopped, told of without blame, and opened again."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from backend.actions import accounts, digests, unreached, visit_run
from backend.actions.due_run import queue_due
from backend.actions.people import has_chat
from backend.actions.visits import may_record
from backend.clock import FrozenClock
from backend.domain.consent import Purpose
from backend.domain.people import mask_name
from backend.store.models import Account, Dialog, Person, Send, Task
from tests.backend.actions.test_due_run import owed
from tests.builders import WANG_XIUYING_CHAT, a_person, an_account, wang_xiuying, zhao_ming
from tests.sends import a_send

pytestmark = pytest.mark.usefixtures("database")

DAY = timedelta(days=1)


async def ended(person: Person, at: datetime, state: str = "failed", **columns: Any) -> None:
    """A message to her that ended so."""
    await a_send(
        WANG_XIUYING_CHAT, now=at, person_id=person.id, state=state, finished_at=at, **columns
    )


async def failing(person: Person, now: datetime, days: int) -> None:
    """Messages that failed on that many days up to today, two on each."""
    for number in range(days):
        for _ in range(2):
            await ended(person, now - number * DAY)


async def state_of_chat() -> str:
    return (await Account.get(tg_id=WANG_XIUYING_CHAT)).state


async def test_five_failed_days_stop_a_chat_and_cancel_its_queue(now: datetime) -> None:
    wang = await wang_xiuying()
    await failing(wang, now, 4)
    assert await unreached.stop_failing(now=now) == 0
    await ended(wang, now - 9 * DAY)
    await a_send(WANG_XIUYING_CHAT, now=now + DAY, person_id=wang.id)
    assert await unreached.stop_failing(now=now) == 1
    assert await state_of_chat() == "unreachable"
    assert not await Send.filter(state="queued").exists()
    assert await unreached.stop_failing(now=now) == 0


@pytest.mark.parametrize("between", ["sent", "unknown"])
async def test_a_day_on_which_something_may_have_arrived_begins_the_count_anew(
    now: datetime, between: str
) -> None:
    wang = await wang_xiuying()
    await failing(wang, now, 6)
    await ended(wang, now - 2 * DAY, between)
    assert await unreached.stop_failing(now=now) == 0


async def test_whoever_writes_is_there(now: datetime) -> None:
    await failing(await wang_xiuying(), now, 6)
    await Dialog.create(
        id=1, chat_id=WANG_XIUYING_CHAT, name="home", step="home", updated_at=now - 2 * DAY
    )
    assert await unreached.stop_failing(now=now) == 0


async def test_what_could_not_be_written_is_no_fault_of_the_chat(now: datetime) -> None:
    wang = await wang_xiuying()
    for number in range(6):
        await ended(wang, now - number * DAY, error="not written: KeyError")
    assert await unreached.stop_failing(now=now) == 0


async def test_her_next_message_opens_the_chat_and_the_count_begins_anew(now: datetime) -> None:
    await failing(await wang_xiuying(), now, 5)
    await unreached.stop_failing(now=now)
    later = now + timedelta(hours=1)
    await accounts.came_back(WANG_XIUYING_CHAT, now=later)
    assert await state_of_chat() == "active"
    assert await unreached.stop_failing(now=later) == 0


async def test_the_cadre_hears_of_it_once_and_may_visit_and_write_for_her(now: datetime) -> None:
    zhao, wang = await zhao_ming(), await wang_xiuying()
    await owed(wang, now)
    await failing(wang, now, 5)
    assert await digests.queue_digests(now=now) == 0
    await unreached.stop_failing(now=now)
    assert await digests.queue_digests(now=now) == 1
    assert (await unreached.unreached_in(zhao, now=now)).stopped == (mask_name("王秀英"),)
    assert not (await unreached.unreached_in(zhao, now=now + 2 * DAY)).stopped
    assert await visit_run.queue_visits(now=now) == 1
    assert (await Task.get()).kind == "visit"
    assert not await has_chat(wang.id)
    await may_record(zhao, wang.id, now=now)


async def days_pass(clock: FrozenClock, count: int) -> list[datetime]:
    """Let the runs of so many mornings pass; answers when the doses queued by them are due."""
    queued = []
    for _ in range(count):
        clock.move(DAY)
        await visit_run.queue_visits(now=clock.local())
        await queue_due(now=clock.local())
        async for send in Send.filter(state="queued"):
            queued.append(send.due_at)
            send.state, send.finished_at = "sent", send.due_at
            await send.save()
    return queued


@pytest.mark.parametrize("closed", ["unreachable", "deactivated", "blocked", "stopped"])
@pytest.mark.parametrize("last_days", [200, 20])
async def test_who_comes_back_has_her_daily_dose_again_from_the_next_time_on(
    clock: FrozenClock, closed: str, last_days: int
) -> None:
    clock.move(timedelta(hours=-2))
    now = clock.local()
    wang = await wang_xiuying()
    closes_on = now.date() + timedelta(days=last_days)
    await owed(wang, now, "fa5", topic="folic_acid", closes_on=closes_on)
    await Account.filter(tg_id=WANG_XIUYING_CHAT).update(state=closed, state_at=now)
    assert await days_pass(clock, 10) == []
    await accounts.came_back(WANG_XIUYING_CHAT, now=clock.local())
    await accounts.resume(WANG_XIUYING_CHAT, now=clock.local())
    first = clock.local().replace(hour=8, minute=30)
    assert await days_pass(clock, 9) == [first + (number + 1) * DAY for number in range(9)]
    assert not await Send.filter(state="expired").exists()


async def test_who_gets_a_chat_has_a_daily_dose_from_the_next_time_on(
    clock: FrozenClock,
) -> None:
    clock.move(timedelta(hours=-2))
    zhou = await a_person("周桂英", topics=(Purpose.FOLIC_ACID,))
    await owed(zhou, clock.local(), "fa5", topic="folic_acid")
    assert await days_pass(clock, 3) == []
    assert await Task.all().count() == 1
    await an_account(person_id=zhou.id)
    first = clock.local().replace(hour=8, minute=30)
    assert await days_pass(clock, 2) == [first + DAY, first + 2 * DAY]
