"""Broadcasts: written, counted, confirmed by a second person, sent once to each, held in hand."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from backend.actions import (
    accounts,
    broadcast_drafts,
    broadcast_run,
    broadcasts,
    consents,
    delivery,
    news,
    recovery,
)
from backend.actions.broadcasts import BroadcastView
from backend.actions.delivery import Message
from backend.actions.due_run import queue_due
from backend.clock import FrozenClock
from backend.domain.access import Actor, Held, NotAllowed, Role
from backend.domain.broadcasts import BroadcastRefused, Progress, Reach, Refusal, State
from backend.domain.consent import Purpose
from backend.domain.delivery import Attempt, Kind, Outcome
from backend.store.models import AuditEntry, Broadcast, Person, RoleGrant, Send
from tests.builders import (
    LONG_AGO,
    STONE_BRIDGE,
    SUN_LI_CHAT,
    TOWNSHIP,
    WILLOW,
    a_person,
    an_account,
    li_na,
    sun_li,
    wang_xiuying,
    zhao_ming,
)
from tests.crowds import a_crowd
from tests.sends import a_send

pytestmark = pytest.mark.usefixtures("database")

WORDS = "本周六上午，卫生院免费测血压。"
TAKES_PART = (Purpose.CHECKUP,)


async def zhou_fang() -> Actor:
    """周芳, the other officer of the township."""
    person = await a_person("周芳", chat=3002)
    await RoleGrant.create(
        person_id=person.id, role="officer", region_code=TOWNSHIP, granted_at=LONG_AGO
    )
    return Actor(person.id, (Held(Role.OFFICER, TOWNSHIP),))


async def a_draft(officer: Actor, now: datetime, text: str = WORDS) -> BroadcastView:
    """A broadcast to both villages that has its words."""
    draft = await broadcast_drafts.start(officer, now=now)
    await broadcast_drafts.write(officer, draft.broadcast_id, "zh_CN", text)
    return await broadcasts.fetch_for(officer, draft.broadcast_id)


async def sent_now(officer: Actor, now: datetime) -> int:
    """The number of a broadcast handed in to go at once."""
    draft = await a_draft(officer, now)
    state = await broadcasts.submit(officer, draft.broadcast_id, goes_at=None, now=now)
    assert state is State.SENDING
    return draft.broadcast_id


async def readers(count: int, *, village_code: str = WILLOW) -> list[Person]:
    """People of a village who take part and have a chat."""
    return [
        await a_person(f"陈{n}", chat=50_000 + n, topics=TAKES_PART, village_code=village_code)
        for n in range(count)
    ]


async def claimed(now: datetime) -> list[Message]:
    return await delivery.claim(7, now=now, limit=100)


async def deliver(now: datetime, outcome: Outcome = Outcome.DELIVERED) -> list[int]:
    """Send everything that may go now; return whose copies were tried."""
    found = await claimed(now)
    goes = await delivery.intend(found, now=now)
    messages = [one for one, may_go in zip(found, goes, strict=True) if may_go]
    await delivery.finish([(one, Attempt(outcome)) for one in messages], now=now)
    return [one.person_id for one in messages if one.person_id and one.kind is Kind.BROADCAST]


async def test_the_reach_tells_opted_out_and_unbound_apart(now: datetime) -> None:
    officer = await sun_li()
    draft = await a_draft(officer, now)
    await wang_xiuying()
    await li_na()
    for chat, state in ((21, "stopped"), (22, "blocked"), (23, "deactivated")):
        person = await a_person("陈静", topics=TAKES_PART)
        await an_account(chat, person_id=person.id, state=state)
    declined = await a_person("陈红", chat=24, topics=TAKES_PART)
    await news.want(declined.id, is_wanted=False, now=now)
    left = await a_person("陈丽", chat=25, topics=TAKES_PART)
    await consents.withdraw(left.id, Purpose.SERVICE, now=now)
    await a_person("陈小", birth_date=date(2009, 11, 24))
    await a_person("陈大", birth_date=date(2008, 11, 23))
    counted = await broadcast_drafts.reach(officer, draft.broadcast_id, now=now)
    officer_herself = 1
    assert counted == Reach(targets=8 + officer_herself, opted_out=5, unbound=3, reachable=1)


async def test_villages_and_a_language_narrow_the_reach(now: datetime) -> None:
    officer = await sun_li()
    draft = await a_draft(officer, now)
    number = draft.broadcast_id
    await wang_xiuying()
    english = await a_person("Ann", chat=31, topics=TAKES_PART, village_code=STONE_BRIDGE)
    await accounts.set_locale(31, "en")

    async def reachable() -> int:
        return (await broadcast_drafts.reach(officer, number, now=now)).reachable

    assert await reachable() == 2
    await broadcast_drafts.choose_villages(officer, number, [WILLOW])
    assert await reachable() == 1
    await broadcast_drafts.choose_villages(officer, number, [WILLOW, STONE_BRIDGE])
    await broadcast_drafts.choose_locale(officer, number, "en")
    assert await reachable() == 1
    await broadcasts.submit(officer, number, goes_at=None, now=now)
    assert [send.person_id for send in await Send.filter(broadcast_id=number)] == [english.id]


async def test_nobody_but_an_officer_of_the_township_may_write_or_look(now: datetime) -> None:
    officer, cadre = await sun_li(), await zhao_ming()
    stranger = Actor(5, (Held(Role.OFFICER, "330000200000"),))
    draft = await a_draft(officer, now)
    with pytest.raises(NotAllowed):
        await broadcast_drafts.start(cadre, now=now)
    for other in (cadre, stranger):
        with pytest.raises(NotAllowed):
            await broadcasts.fetch_for(other, draft.broadcast_id)
        with pytest.raises(NotAllowed):
            await broadcasts.stop(other, draft.broadcast_id, now=now)
    with pytest.raises(NotAllowed):
        await broadcast_drafts.choose_villages(officer, draft.broadcast_id, ["330000200001"])
    with pytest.raises(NotAllowed):
        await broadcast_drafts.write(await zhou_fang(), draft.broadcast_id, "zh_CN", "别的话")


async def test_a_new_start_throws_the_old_draft_away(now: datetime) -> None:
    officer = await sun_li()
    first = await a_draft(officer, now)
    assert (await broadcast_drafts.draft_of(officer)) == first
    second = await broadcast_drafts.start(officer, now=now)
    assert (await broadcast_drafts.draft_of(officer)) == second
    assert await Broadcast.all().count() == 1


@pytest.mark.parametrize(
    ("text", "has_picture", "reason"),
    [
        ("  \n", False, Refusal.TEXT_MISSING),
        ("好" * 4001, False, Refusal.TOO_LONG),
        ("好" * 929, True, Refusal.TOO_LONG),
        ("🌾" * 2001, False, Refusal.TOO_LONG),
    ],
)
async def test_words_that_telegram_would_refuse_are_not_kept(
    now: datetime, *, text: str, has_picture: bool, reason: Refusal
) -> None:
    officer = await sun_li()
    draft = await broadcast_drafts.start(officer, now=now)
    if has_picture:
        await broadcast_drafts.choose_picture(officer, draft.broadcast_id, "AgAC")
    with pytest.raises(BroadcastRefused) as refused:
        await broadcast_drafts.write(officer, draft.broadcast_id, "zh_CN", text)
    assert refused.value.reason == reason


async def test_a_picture_is_refused_under_words_too_long_for_it(now: datetime) -> None:
    officer = await sun_li()
    draft = await a_draft(officer, now, "好" * 1500)
    with pytest.raises(BroadcastRefused):
        await broadcast_drafts.choose_picture(officer, draft.broadcast_id, "AgAC")


async def test_an_incomplete_or_pointless_broadcast_is_not_taken(now: datetime) -> None:
    officer = await sun_li()
    draft = await broadcast_drafts.start(officer, now=now)

    async def refusal(**options: Any) -> str:
        with pytest.raises(BroadcastRefused) as refused:
            await broadcasts.submit(officer, draft.broadcast_id, now=now, **options)
        return refused.value.reason

    assert await refusal(goes_at=None) == Refusal.TEXT_MISSING
    await broadcast_drafts.write(officer, draft.broadcast_id, "zh_CN", WORDS)
    assert await refusal(goes_at=None) == Refusal.NOBODY
    assert await refusal(goes_at=now - timedelta(minutes=1)) == Refusal.WRONG_TIME
    assert await refusal(goes_at=now + timedelta(days=61)) == Refusal.WRONG_TIME
    await broadcast_drafts.choose_villages(officer, draft.broadcast_id, [])
    assert await refusal(goes_at=None) == Refusal.NO_VILLAGES


async def test_each_reader_gets_one_copy_however_often_it_is_pressed(now: datetime) -> None:
    officer = await sun_li()
    people = await readers(3)
    number = await sent_now(officer, now)
    with pytest.raises(BroadcastRefused):
        await broadcasts.submit(officer, number, goes_at=None, now=now)
    assert await broadcast_run.begin(number, now=now) is False
    await broadcast_run.run(now=now)
    await Broadcast.filter(id=number).update(state="queued")
    await broadcast_run.begin(number, now=now)
    assert sorted(await deliver(now)) == sorted(person.id for person in people)
    assert await deliver(now) == []


async def test_readers_get_their_language_and_the_first_where_it_is_missing(now: datetime) -> None:
    officer = await sun_li()
    draft = await a_draft(officer, now)
    await broadcast_drafts.write(officer, draft.broadcast_id, "en", "Free blood pressure checks.")
    for locale, text in (("en", "Free blood pressure checks."), ("zh_CN", WORDS), ("bo", WORDS)):
        copy = await broadcasts.copy_of(draft.broadcast_id, locale)
        assert copy is not None
        assert (copy.text, copy.township) == (text, "青溪镇")


async def test_above_200_readers_another_officer_looks_first(now: datetime) -> None:
    officer, other = await sun_li(), await zhou_fang()
    await readers(201)
    draft = await a_draft(officer, now)
    state = await broadcasts.submit(officer, draft.broadcast_id, goes_at=None, now=now)
    assert state is State.WAITING
    asked = await Send.get(template="broadcast_waiting")
    assert asked.person_id == other.person_id
    assert await Send.filter(broadcast_id=draft.broadcast_id).count() == 0
    with pytest.raises(BroadcastRefused) as refused:
        await broadcasts.confirm(officer, draft.broadcast_id, now=now)
    assert refused.value.reason == Refusal.SAME_PERSON
    assert await broadcasts.confirm(other, draft.broadcast_id, now=now) is State.SENDING
    assert await Send.filter(broadcast_id=draft.broadcast_id).count() == 201
    told = await Send.get(template="broadcast_answered")
    assert told.chat_id == SUN_LI_CHAT
    with pytest.raises(BroadcastRefused):
        await broadcasts.confirm(other, draft.broadcast_id, now=now)


async def test_what_another_officer_gives_back_is_a_draft_again(now: datetime) -> None:
    officer, other = await sun_li(), await zhou_fang()
    await readers(201)
    draft = await a_draft(officer, now)
    await broadcasts.submit(officer, draft.broadcast_id, goes_at=None, now=now)
    await broadcasts.give_back(other, draft.broadcast_id, now=now)
    held = await broadcast_drafts.draft_of(officer)
    assert held is not None
    assert held.broadcast_id == draft.broadcast_id


async def test_a_broadcast_for_later_is_counted_and_sent_at_its_moment(now: datetime) -> None:
    officer = await sun_li()
    draft = await a_draft(officer, now)
    await readers(1)
    later = now + timedelta(hours=3)
    state = await broadcasts.submit(officer, draft.broadcast_id, goes_at=later, now=now)
    assert state is State.QUEUED
    await a_person("后来", chat=77, topics=TAKES_PART)
    await broadcast_run.run(now=later - timedelta(minutes=1))
    assert await Send.filter(broadcast_id=draft.broadcast_id).count() == 0
    await broadcast_run.run(now=later)
    assert len(await deliver(later)) == 2


async def test_one_that_is_more_than_a_day_late_is_given_back(now: datetime) -> None:
    officer = await sun_li()
    await readers(1)
    draft = await a_draft(officer, now)
    await broadcasts.submit(officer, draft.broadcast_id, goes_at=now, now=now)
    await Broadcast.filter(id=draft.broadcast_id).update(state="queued")
    await Send.all().delete()
    await broadcast_run.run(now=now + timedelta(days=1, minutes=1))
    assert (await broadcasts.fetch_for(officer, draft.broadcast_id)).state is State.DRAFT
    assert await Send.filter(broadcast_id=draft.broadcast_id).count() == 0


async def test_pause_resume_and_stop_act_at_the_next_claim(now: datetime) -> None:
    officer = await sun_li()
    people = await readers(4)
    number = await sent_now(officer, now)
    [first] = await delivery.claim(7, now=now, limit=1)
    [second] = await delivery.claim(7, now=now, limit=1)
    await delivery.intend([first], now=now)
    await broadcasts.pause(officer, number, now=now)
    assert await delivery.intend([second], now=now) == [False], "claimed, but not on its way yet"
    await delivery.finish([(first, Attempt(Outcome.DELIVERED))], now=now)
    assert await deliver(now) == []
    await broadcasts.resume(officer, number, now=now)
    assert len(await delivery.claim(7, now=now, limit=1)) == 1
    await broadcasts.stop(officer, number, now=now)
    assert await deliver(now) == []
    later = now + timedelta(minutes=1)
    await recovery.recover("sqlite://:memory:", now=later)
    await delivery.expire(now=later)
    view = await broadcasts.fetch_for(officer, number)
    assert view.state is State.STOPPED
    assert (view.progress.sent, view.progress.waiting) == (1, 0)
    assert view.progress.total == len(people)
    for act in (broadcasts.resume, broadcasts.pause, broadcasts.stop):
        with pytest.raises(BroadcastRefused):
            await act(officer, number, now=now)


async def test_what_was_paused_long_has_its_full_time_again(now: datetime) -> None:
    officer = await sun_li()
    await readers(1)
    number = await sent_now(officer, now)
    await broadcasts.pause(officer, number, now=now)
    later = now + timedelta(days=2, hours=23)
    await broadcasts.resume(officer, number, now=later)
    await broadcast_run.run(now=later + timedelta(hours=3))
    assert len(await deliver(later + timedelta(hours=3))) == 1


async def test_a_no_to_news_holds_what_is_queued_and_nothing_else(now: datetime) -> None:
    officer = await sun_li()
    wang = await wang_xiuying()
    number = await sent_now(officer, now)
    [message] = await claimed(now)
    await a_send(1001, now=now, person_id=wang.id)
    await news.want(wang.id, is_wanted=False, now=now)
    assert await delivery.intend([message], now=now) == [False], "already claimed when she said no"
    assert [one.kind for one in await claimed(now)] == [Kind.REMINDER]
    await delivery.expire(now=now)
    await broadcast_run.run(now=now)
    with pytest.raises(BroadcastRefused):
        await broadcasts.retry_failed(officer, number, now=now)
    await news.want(wang.id, is_wanted=True, now=now)
    assert await news.is_wanted(wang.id)


async def test_retrying_leaves_out_who_got_one_or_may_have(now: datetime) -> None:
    officer = await sun_li()
    wang, may_have, failed, blocked = await readers(4)
    number = await sent_now(officer, now)
    outcomes = {
        wang.id: Outcome.DELIVERED,
        may_have.id: Outcome.READ_TIMEOUT,
        failed.id: Outcome.BAD_REQUEST,
        blocked.id: Outcome.BLOCKED,
    }
    for message in await claimed(now):
        assert message.person_id is not None
        await delivery.intend([message], now=now)
        await delivery.finish([(message, Attempt(outcomes[message.person_id]))], now=now)
    await broadcast_run.run(now=now)
    view = await broadcasts.fetch_for(officer, number)
    assert view.state is State.DONE
    assert view.progress == Progress(sent=1, failed=2, unknown=1)
    assert await broadcasts.retry_failed(officer, number, now=now) == 1
    assert await deliver(now) == [failed.id]
    await accounts.came_back(50_003, now=now)
    assert await broadcasts.retry_failed(officer, number, now=now) == 1
    assert await deliver(now) == [blocked.id]
    await broadcast_run.run(now=now)
    view = await broadcasts.fetch_for(officer, number)
    assert view.progress == Progress(sent=3, unknown=1)
    with pytest.raises(BroadcastRefused) as refused:
        await broadcasts.retry_failed(officer, number, now=now)
    assert refused.value.reason == Refusal.NOTHING_FAILED


async def test_who_had_a_message_today_gets_the_broadcast_tomorrow(
    now: datetime, clock: FrozenClock
) -> None:
    officer = await sun_li()
    told, free = await readers(2)
    await a_send(50_000, now=now - timedelta(hours=1), person_id=told.id, state="sent")
    await sent_now(officer, now)
    assert await deliver(now) == [free.id]
    clock.move(timedelta(days=1))
    tomorrow = clock.local()
    await queue_due(now=tomorrow)
    await broadcast_run.run(now=tomorrow)
    assert await deliver(tomorrow) == [told.id]


async def test_a_second_broadcast_of_the_day_waits_for_the_next(now: datetime) -> None:
    officer = await sun_li()
    [reader] = await readers(1)
    await sent_now(officer, now)
    await sent_now(officer, now + timedelta(hours=1))
    later = now + timedelta(hours=2)
    assert await deliver(later) == [reader.id]
    assert await deliver(later) == []
    await broadcast_run.run(now=later + timedelta(days=1))
    assert await deliver(later + timedelta(days=1)) == [reader.id]


async def test_what_the_night_held_back_uses_up_the_next_day(now: datetime) -> None:
    officer = await sun_li()
    awaited, free = await readers(2)
    evening = now.replace(hour=22)
    await sent_now(officer, evening)
    assert await deliver(evening) == []
    morning = now.replace(hour=8) + timedelta(days=1)
    await a_send(50_000, now=morning, person_id=awaited.id, state="sent")
    await broadcast_run.run(now=morning)
    assert await deliver(morning) == [free.id]
    next_morning = morning.replace(hour=22) + timedelta(days=1)
    assert await deliver(next_morning.replace(hour=21)) == []
    day_after = next_morning + timedelta(hours=11)
    await broadcast_run.run(now=day_after)
    assert await deliver(day_after) == [awaited.id]


async def test_it_ends_when_all_is_sent_and_its_counts_outlive_the_copies(now: datetime) -> None:
    officer = await sun_li()
    await readers(2)
    number = await sent_now(officer, now)
    assert (await broadcast_run.run(now=now)).ended == 0
    await deliver(now)
    assert (await broadcast_run.run(now=now)).ended == 1
    await delivery.forget_finished(before=now + timedelta(days=90))
    view = await broadcasts.fetch_for(officer, number)
    assert view.progress == Progress(sent=2)
    assert view.reach == Reach(targets=3, opted_out=1, unbound=0, reachable=2)


async def test_a_sample_comes_to_the_writer_in_each_language_and_counts_for_nobody(
    now: datetime,
) -> None:
    officer = await sun_li()
    draft = await a_draft(officer, now)
    await broadcast_drafts.write(officer, draft.broadcast_id, "en", "News")
    await broadcast_drafts.send_sample(officer, draft.broadcast_id, SUN_LI_CHAT, now=now)
    sends = await Send.all().order_by("id")
    number = draft.broadcast_id
    assert [send.reference for send in sends] == [f"{number}:zh_CN", f"{number}:en"]
    assert (await broadcasts.fetch_for(officer, number)).progress.total == 0


async def test_every_step_is_in_the_audit_log(now: datetime) -> None:
    officer = await sun_li()
    await readers(1)
    number = await sent_now(officer, now)
    await broadcasts.pause(officer, number, now=now)
    await broadcasts.stop(officer, number, now=now)
    entries = await AuditEntry.filter(detail=str(number)).order_by("id")
    assert [one.action for one in entries] == [
        "broadcast_submit",
        "broadcast_pause",
        "broadcast_stop",
    ]
    assert {one.actor_id for one in entries} == {officer.person_id}


async def test_ten_thousand_recipients_expand_in_one_statement(now: datetime) -> None:
    officer = await sun_li()
    draft = await a_draft(officer, now)
    await a_crowd(10_000)
    await Broadcast.filter(id=draft.broadcast_id).update(state="queued", confirmed_by=1)
    await broadcast_run.begin(draft.broadcast_id, now=now)
    assert await Send.filter(broadcast_id=draft.broadcast_id).count() == 10_000
    keys = await Send.filter(broadcast_id=draft.broadcast_id).values_list("dedup_key", flat=True)
    assert len(set(keys)) == 10_000
