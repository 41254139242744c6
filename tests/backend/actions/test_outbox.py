"""What waits for somebody is listed with what to do, and dealt with once, in the audit log."""

from datetime import datetime, timedelta

import pytest

from backend.actions import audit, delivery, outbox
from backend.actions.outbox import Dealt
from backend.domain.outbox import Advice
from backend.store.models import AuditEntry, Send
from tests.builders import WANG_XIUYING_CHAT, wang_xiuying
from tests.sends import a_send

pytestmark = pytest.mark.usefixtures("database")

AN_HOUR = timedelta(hours=1)


async def states() -> dict[int, str]:
    return {send.id: send.state for send in await Send.all()}


async def test_each_is_listed_with_what_to_do_and_the_rest_is_not(now: datetime) -> None:
    chat = WANG_XIUYING_CHAT
    expected = {
        (await a_send(chat, now=now, state="hold", ambiguities=1)).id: Advice.MAY_HAVE_GONE,
        (await a_send(chat, now=now, state="hold")).id: Advice.NOT_YET_DUE,
        (await a_send(chat, now=now, state="hold", expires_at=now)).id: Advice.OVER,
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


async def test_each_deed_is_in_the_audit_log_with_its_numbers(now: datetime) -> None:
    ids = [(await a_send(WANG_XIUYING_CHAT, now=now, state="hold")).id for _ in range(30)]
    await outbox.release(ids[:20], now=now)
    await outbox.drop(ids[20:], now=now)
    entries = await AuditEntry.all().order_by("id")
    assert [entry.action for entry in entries] == ["outbox_released", "outbox_dropped"]
    assert entries[0].detail.startswith("20: ")
    assert all(str(number) in entries[1].detail for number in ids[20:])
    assert (await audit.verify()).ok
