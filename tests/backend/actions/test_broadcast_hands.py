"""Broadcasts in several hands at once: one beginning, one copy each, and really a second person."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import pytest

from backend.actions import accounts, broadcast_run, broadcasts
from backend.actions.budget import DIGEST_TEMPLATE
from backend.clock import FrozenClock
from backend.domain.access import Actor, Held, NotAllowed, Role
from backend.domain.broadcasts import BroadcastRefused, Refusal, State
from backend.store.models import AuditEntry, Broadcast, RoleGrant, Send
from tests.backend.actions.test_broadcasts import a_draft, deliver, readers, sent_now, zhou_fang
from tests.builders import (
    LONG_AGO,
    SUN_LI_CHAT,
    TOWNSHIP,
    WILLOW,
    a_person,
    an_account,
    sun_li,
    zhao_ming,
)
from tests.crowds import a_crowd
from tests.sends import a_send

pytestmark = pytest.mark.usefixtures("database")

Press = Callable[[], Awaitable[object]]


async def at_once(*presses: Press) -> list[object]:
    """What came of presses made at the same moment; a refusal is an answer too."""
    return await asyncio.gather(*(press() for press in presses), return_exceptions=True)


def refused(answers: list[object]) -> int:
    """How many presses were refused; anything worse fails."""
    for answer in answers:
        assert isinstance(answer, State | bool | BroadcastRefused | None), answer
    return sum(isinstance(answer, BroadcastRefused) for answer in answers)


async def one_copy_each(broadcast_id: int, count: int) -> None:
    """Every one of `count` readers has exactly one copy."""
    rows = await Send.filter(broadcast_id=broadcast_id)
    assert len(rows) == len({row.person_id for row in rows}) == count


async def test_sent_by_five_presses_at_once_each_reader_gets_one_copy(now: datetime) -> None:
    officer = await sun_li()
    await readers(3)
    draft = await a_draft(officer, now)
    number = draft.broadcast_id
    answers = await at_once(
        *[lambda: broadcasts.submit(officer, number, goes_at=None, now=now)] * 5
    )
    assert refused(answers) == 4
    await one_copy_each(number, 3)


async def test_two_officers_and_the_clock_at_once_begin_it_once(now: datetime) -> None:
    officer, other = await sun_li(), await zhou_fang()
    third = await a_person("吴敏", chat=3003)
    await RoleGrant.create(
        person_id=third.id, role="officer", region_code=TOWNSHIP, granted_at=LONG_AGO
    )
    another = Actor(third.id, (Held(Role.OFFICER, TOWNSHIP),))
    await a_crowd(201)
    draft = await a_draft(officer, now)
    number = draft.broadcast_id
    await broadcasts.submit(officer, number, goes_at=None, now=now)
    answers = await at_once(
        lambda: broadcasts.confirm(other, number, now=now),
        lambda: broadcasts.confirm(another, number, now=now),
        lambda: broadcast_run.begin(number, now=now),
        lambda: broadcast_run.begin(number, now=now),
    )
    assert refused(answers) == 1
    await one_copy_each(number, 201)
    assert await AuditEntry.filter(action="broadcast_confirm").count() == 1


async def test_stop_and_resume_at_once_leave_it_stopped(now: datetime) -> None:
    officer, other = await sun_li(), await zhou_fang()
    await readers(2)
    number = await sent_now(officer, now)
    await broadcasts.pause(officer, number, now=now)
    answers = await at_once(
        lambda: broadcasts.stop(officer, number, now=now),
        lambda: broadcasts.resume(other, number, now=now),
    )
    assert refused(answers) <= 1
    assert (await broadcasts.fetch_for(officer, number)).state is State.STOPPED
    assert await deliver(now) == []


async def test_nobody_who_is_not_another_officer_of_the_township_confirms(now: datetime) -> None:
    officer, cadre = await sun_li(), await zhao_ming()
    await a_crowd(201)
    draft = await a_draft(officer, now)
    number = draft.broadcast_id
    await broadcasts.submit(officer, number, goes_at=None, now=now)
    same_with_two_grants = Actor(officer.person_id, (*officer.held, *officer.held))
    for author in (officer, same_with_two_grants):
        with pytest.raises(BroadcastRefused) as same:
            await broadcasts.confirm(author, number, now=now)
        assert same.value.reason == Refusal.SAME_PERSON
    elsewhere = Actor(77, (Held(Role.OFFICER, "330000200000"),))
    of_a_village = Actor(78, (Held(Role.OFFICER, WILLOW),))
    for nobody in (cadre, elsewhere, of_a_village, Actor(79, ())):
        with pytest.raises(NotAllowed):
            await broadcasts.confirm(nobody, number, now=now)
    assert (await Broadcast.get(id=number)).state == "waiting"
    assert not await Send.filter(broadcast_id=number).exists()


async def test_a_planned_one_that_has_come_to_reach_many_asks_a_second_person_first(
    now: datetime,
) -> None:
    officer, other = await sun_li(), await zhou_fang()
    await readers(2)
    draft = await a_draft(officer, now)
    number = draft.broadcast_id
    later = now + timedelta(hours=2)
    assert await broadcasts.submit(officer, number, goes_at=later, now=now) is State.QUEUED
    await a_crowd(201)
    await broadcast_run.run(now=later)
    assert (await Broadcast.get(id=number)).state == "waiting"
    assert (await Send.get(template="broadcast_waiting")).person_id == other.person_id
    assert (await Send.get(template="broadcast_answered")).chat_id == SUN_LI_CHAT
    with pytest.raises(BroadcastRefused):
        await broadcasts.confirm(officer, number, now=later)
    assert await broadcasts.confirm(other, number, now=later) is State.SENDING
    await one_copy_each(number, 203)


async def test_a_confirmation_is_for_what_was_confirmed(now: datetime) -> None:
    officer, other = await sun_li(), await zhou_fang()
    await a_crowd(201)
    draft = await a_draft(officer, now)
    number, later = draft.broadcast_id, now + timedelta(hours=2)
    await broadcasts.submit(officer, number, goes_at=later, now=now)
    assert await broadcasts.confirm(other, number, now=now) is State.QUEUED
    await broadcasts.give_back(officer, number, now=now)
    assert await broadcasts.submit(officer, number, goes_at=later, now=now) is State.WAITING
    await broadcast_run.run(now=later)
    assert not await Send.filter(broadcast_id=number).exists()


async def test_a_person_of_two_roles_with_a_second_chat_gets_one_copy_in_the_newest(
    now: datetime,
) -> None:
    officer = await sun_li()
    [reader] = await readers(1)
    for role in ("cadre", "desk"):
        await RoleGrant.create(
            person_id=reader.id, role=role, region_code=WILLOW, granted_at=LONG_AGO
        )
    await an_account(60_000)
    number = await sent_now(officer, now)
    await one_copy_each(number, 1)
    assert await deliver(now) == [reader.id]


async def test_a_cadre_who_has_a_digest_every_morning_gets_broadcasts_all_the_same(
    now: datetime, clock: FrozenClock
) -> None:
    officer = await sun_li()
    [reader] = await readers(1)
    await a_send(*(50_000,), now=now, person_id=reader.id, template=DIGEST_TEMPLATE, state="sent")
    await sent_now(officer, now)
    assert await deliver(now) == [reader.id]


async def test_who_comes_back_gets_nothing_of_what_she_missed(now: datetime) -> None:
    officer = await sun_li()
    await readers(1)
    await sent_now(officer, now)
    await accounts.mark_blocked(50_000, now=now)
    await accounts.came_back(50_000, now=now)
    assert await deliver(now) == []


async def test_an_officer_is_not_told_of_a_broadcast_in_her_quiet_hours(now: datetime) -> None:
    officer, other = await sun_li(), await zhou_fang()
    await a_crowd(201)
    night = now.replace(hour=23)
    draft = await a_draft(officer, night)
    await broadcasts.submit(officer, draft.broadcast_id, goes_at=None, now=night)
    asked = await Send.get(template="broadcast_waiting")
    assert (asked.person_id, asked.due_at) == (other.person_id, night + timedelta(hours=9))
