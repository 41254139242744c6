"""What waits for somebody is listed with what to do, and dealt with once, in the audit log."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from backend.actions import audit, broadcast_run, delivery, outbox
from backend.actions.outbox import Dealt
from backend.actions.reminders import keep_choice
from backend.domain.broadcasts import Act
from backend.domain.delivery import Attempt, Outcome
from backend.domain.outbox import Advice
from backend.store.models import Account, AuditEntry, Broadcast, Consent, Send
from tests.builders import TOWNSHIP, WANG_XIUYING_CHAT, sun_li, wang_xiuying
from tests.sends import a_send

pytestmark = pytest.mark.usefixtures("database")

AN_HOUR = timedelta(hours=1)


async def states() -> dict[int, str]:
    return {send.id: send.state for send in await Send.all()}


async def test_each_is_listed_with_what_to_do_and_the_rest_is_not(now: datetime) -> None:
    await wang_xiuying()
    chat = WANG_XIUYING_CHAT
    expected = {
        (await a_send(chat, now=now, state="hold", ambiguities=1)).id: Advice.MAY_HAVE_GONE,
        (await a_send(chat, now=now, state="hold")).id: Advice.NOT_YET_DUE,
        (await a_send(chat, now=now, state="hold", expires_at=now)).id: Advice.OVER,
        (await a_send(chat, now=now, state="unknown", expires_at=now)).id: Advice.OVER,
        (await a_send(chat, now=now, state="hold", kind="broadcast")).id: Advice.NOTICE,
        (await a_send(chat, now=now, state="unknown")).id: Advice.PROBABLY_ARRIVED,
        (await a_send(chat, now=now, state="unknown", kind="code")).id: Advice.MAYBE_ARRIVED,
        (await a_send(chat, now=now, state="failed", error="chat not found")).id: Advice.REFUSED,
        (await a_send(chat, now=now, state="failed", error="not written: X")).id: (
            Advice.NOT_WRITTEN
        ),
    }
    for state in ("queued", "claimed", "sent", "blocked", "expired", "cancelled"):
        await a_send(chat, now=now, state=state)
    await a_send(chat, now=now, state="unknown", settled_at=now)
    assert {row.id: row.advice for row in await outbox.waiting(now=now)} == expected


async def test_what_is_released_goes_when_it_is_due_and_not_before(now: datetime) -> None:
    await wang_xiuying()
    chat = WANG_XIUYING_CHAT
    overdue = await a_send(chat, now=now, state="hold", due_at=now - AN_HOUR, ambiguities=1)
    later = await a_send(chat, now=now, state="hold", due_at=now + AN_HOUR)
    failed = await a_send(chat, now=now, state="failed", tries=9, error="x", finished_at=now)
    assert await outbox.release([overdue.id, later.id, failed.id], now=now) == Dealt(3, 0)
    claimed = await delivery.claim(1, now=now, limit=9)
    assert {message.id for message in claimed} == {overdue.id, failed.id}
    assert {message.may_be_a_repeat for message in claimed} == {True, False}
    await later.refresh_from_db()
    assert (later.state, later.due_at) == ("queued", now + AN_HOUR)


async def test_what_is_over_or_not_waiting_is_left_as_it_is(now: datetime) -> None:
    chat = WANG_XIUYING_CHAT
    over = await a_send(chat, now=now, state="hold", expires_at=now - AN_HOUR)
    sent = await a_send(chat, now=now, state="sent")
    assert await outbox.release([over.id, sent.id, 999], now=now) == Dealt(0, 3)
    assert await outbox.drop([sent.id], now=now) == Dealt(0, 1)
    assert await states() == {over.id: "hold", sent.id: "sent"}
    assert await AuditEntry.all().count() == 0


async def test_what_is_dropped_is_cancelled_or_not_shown_again(now: datetime) -> None:
    chat = WANG_XIUYING_CHAT
    held = await a_send(chat, now=now, state="hold")
    unknown = await a_send(chat, now=now, state="unknown", finished_at=now - AN_HOUR)
    assert await outbox.drop([held.id, unknown.id], now=now) == Dealt(2, 0)
    assert await states() == {held.id: "cancelled", unknown.id: "unknown"}
    assert await outbox.waiting(now=now) == []
    assert await outbox.drop([held.id, unknown.id], now=now) == Dealt(0, 2)


async def test_all_on_hold_is_chosen_by_the_moment_it_is_due(now: datetime) -> None:
    chat = WANG_XIUYING_CHAT
    before = await a_send(chat, now=now, state="hold", due_at=now)
    after = await a_send(chat, now=now, state="hold", due_at=now + AN_HOUR)
    await a_send(chat, now=now, state="unknown", due_at=now + AN_HOUR)
    assert await outbox.due_until(now) == [before.id]
    assert await outbox.due_after(now) == [after.id]


async def a_copy(now: datetime, notice: str, **columns: Any) -> Send:
    """A copy to 王秀英 of a notice in some state."""
    wang, officer = await wang_xiuying(), await sun_li()
    await Broadcast.create(
        id=5, region_code=TOWNSHIP, state=notice, written_by=officer.person_id, created_at=now
    )
    return await a_send(
        WANG_XIUYING_CHAT,
        now=now,
        kind="broadcast",
        priority=90,
        person_id=wang.id,
        broadcast_id=5,
        **{"purpose": "service", "state": "unknown", "finished_at": now} | columns,
    )


@pytest.mark.parametrize("state", ["unknown", "hold", "failed"])
@pytest.mark.parametrize("notice", ["done", "sending", "paused"])
async def test_a_released_copy_goes_on_with_its_notice_which_is_then_done_again(
    now: datetime, notice: str, state: str
) -> None:
    copy = await a_copy(now, notice, state=state)
    assert await outbox.release([copy.id], now=now) == Dealt(1, 0)
    night = now.replace(hour=23)
    assert await delivery.claim(1, now=night, limit=9) == [], "quiet hours hold as for all"
    if notice == "paused":
        assert await delivery.claim(1, now=now, limit=9) == []
        await broadcast_run.advance(5, Act.RESUME)
    claimed = await delivery.claim(1, now=now, limit=9)
    assert [message.id for message in claimed] == [copy.id]
    await delivery.intend(claimed, now=now)
    await delivery.finish([(claimed[0], Attempt(Outcome.DELIVERED, message_id=3))], now=now)
    await broadcast_run.run(now=now)
    ended = await Broadcast.get()
    assert (ended.state, ended.sent) == ("done", 1)


@pytest.mark.parametrize("why", ["notice stopped", "no news", "no consent", "chat shut"])
@pytest.mark.parametrize("state", ["unknown", "hold"])
async def test_what_nobody_wants_any_more_is_not_released_and_said_to_be_so(
    now: datetime, why: str, state: str
) -> None:
    copy = await a_copy(now, "stopped" if why == "notice stopped" else "done", state=state)
    assert copy.person_id
    if why == "no news":
        await keep_choice(copy.person_id, "news", "off", now=now)
    elif why == "no consent":
        await Consent.all().update(withdrawn_at=now)
    elif why == "chat shut":
        await Account.filter(tg_id=WANG_XIUYING_CHAT).update(state="blocked")
    assert [row.advice for row in await outbox.waiting(now=now)] == [Advice.UNWANTED]
    assert await outbox.release([copy.id], now=now) == Dealt(0, 1)
    assert await states() == {copy.id: state}
    assert (await Broadcast.get()).state != "sending"
    assert await outbox.drop([copy.id], now=now) == Dealt(1, 0)


async def test_each_deed_is_in_the_audit_log_with_its_numbers(now: datetime) -> None:
    await wang_xiuying()
    ids = [(await a_send(WANG_XIUYING_CHAT, now=now, state="hold")).id for _ in range(30)]
    await outbox.release(ids[:20], now=now)
    await outbox.drop(ids[20:], now=now)
    entries = await AuditEntry.all().order_by("id")
    assert [entry.action for entry in entries] == ["outbox_released", "outbox_dropped"]
    assert entries[0].detail.startswith("20: ")
    assert all(str(number) in entries[1].detail for number in ids[20:])
    assert (await audit.verify()).ok
