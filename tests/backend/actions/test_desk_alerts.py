"""The desk is told in the morning, once, discreetly, and only who can open what there is."""

from datetime import datetime, timedelta

import pytest

from backend.actions import complaints, desk, desk_alerts
from backend.actions.complaints import Subject
from backend.domain.complaints import Category, Deed, Kind, Piece
from backend.domain.desk import About
from backend.store.models import RoleGrant, Send
from tests.builders import LONG_AGO, a_person, an_account
from tests.desks import COUNTY, DeskHolder, a_county_desk, a_township_desk

HE_FANG_CHAT, ZHOU_MIN_CHAT, REPORTER = 5001, 5002, 5003


async def a_desk_person(name: str, chat: int) -> None:
    person = await a_person(name, chat=chat)
    await RoleGrant.create(
        person_id=person.id, role="desk", region_code=COUNTY, granted_at=LONG_AGO
    )


@pytest.fixture
async def fang(database: str, now: datetime) -> DeskHolder:
    """何芳 of the county and 周敏 of the township, both with chats; the reporter has one too."""
    holder, _other, _recovery = await a_county_desk(now=now)
    await a_township_desk(now=now)
    await a_desk_person("何芳", HE_FANG_CHAT)
    await a_desk_person("周敏", ZHOU_MIN_CHAT)
    await an_account(REPORTER)
    return holder


async def hand_in(now: datetime, about: str) -> str:
    subject = Subject(Kind.COMPLAINT, Category.CONDUCT, About(words=about))
    draft_id = await complaints.begin(subject, now=now)
    await complaints.add_piece(draft_id, Piece.TEXT, b"x", now=now)
    return (await complaints.hand_in(draft_id, REPORTER, now=now)).receipt


async def told_on(now: datetime) -> set[int]:
    """The chats that get a word on that morning."""
    await Send.all().delete()
    await desk_alerts.tell_desk(now=now)
    assert await desk_alerts.tell_desk(now=now + timedelta(minutes=5)) == 0
    return {row.chat_id for row in await Send.all()}


async def test_only_the_keys_that_open_it_are_told_and_the_day_after(
    fang: DeskHolder, now: datetime
) -> None:
    await hand_in(now, "镇里窗口的周敏")
    tomorrow = now + timedelta(days=1)
    assert await told_on(now) == set()
    assert await told_on(tomorrow.replace(hour=8)) == set()
    assert await told_on(tomorrow) == {HE_FANG_CHAT}
    assert await told_on(now + timedelta(days=2)) == set()


async def test_five_days_and_one_day_before_it_is_due_they_are_told_again(
    fang: DeskHolder, now: datetime
) -> None:
    receipt = await hand_in(now, "镇里")
    told = [day for day in range(2, 20) if await told_on(now + timedelta(days=day))]
    assert told == [10, 14]
    await desk.deal(receipt, fang.private_key, Deed.ANSWER, text="好", now=now)
    assert await told_on(now + timedelta(days=14)) == set()


async def test_what_is_urgent_is_told_on_the_next_full_hour_and_only_once(
    fang: DeskHolder, now: datetime
) -> None:
    subject = Subject(Kind.COMPLAINT, Category.COERCED, About(words="卫生院"))
    draft_id = await complaints.begin(subject, now=now)
    await complaints.add_piece(draft_id, Piece.TEXT, b"x", now=now)
    await complaints.hand_in(draft_id, REPORTER, now=now)
    ten = now.replace(hour=10, minute=0)
    assert await desk_alerts.tell_desk_of_urgent(now=ten.replace(minute=30)) == 0
    assert await desk_alerts.tell_desk_of_urgent(now=ten) == 1
    assert [row.chat_id for row in await Send.filter(kind="alert")] == [HE_FANG_CHAT]
    assert await desk_alerts.tell_desk_of_urgent(now=ten.replace(hour=11)) == 0
    assert await desk_alerts.tell_desk_of_urgent(now=ten.replace(hour=22)) == 0


async def test_what_is_not_urgent_waits_for_the_morning(fang: DeskHolder, now: datetime) -> None:
    await hand_in(now, "别人")
    assert await desk_alerts.tell_desk_of_urgent(now=now.replace(hour=10, minute=0)) == 0
