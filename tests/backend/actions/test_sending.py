"""The sender goes on after the database was away, and leaves no message behind."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

import pytest
from tortoise.exceptions import OperationalError

from backend.actions import delivery
from backend.actions.delivery import Message
from backend.actions.gate import close_gate
from backend.actions.pace import Pace
from backend.actions.sending import Sender
from backend.clock import FrozenClock
from backend.domain.delivery import Attempt, Outcome
from backend.store.models import Send
from backend.store.sql import execute
from tests.builders import a_person, an_account
from tests.sends import a_send

OWNER = 77
PATIENCE = 30.0
FIRST, SECOND = 5, 6
DELIVERED = Attempt(Outcome.DELIVERED, message_id=9)


async def states() -> dict[int, str]:
    """The state of each chat's message."""
    return {send.chat_id: send.state for send in await Send.all()}


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
async def test_what_a_broken_round_left_claimed_goes_with_the_next(
    database: str, clock: FrozenClock, now: datetime
) -> None:
    """The database refuses to commit an intent; once it no longer does, the message goes."""
    sent: list[int] = []

    async def send(message: Message) -> Attempt:
        sent.append(message.chat_id)
        return Attempt(Outcome.DELIVERED, message_id=9)

    for chat in (FIRST, SECOND):
        await a_person("王秀英", chat=chat)
        await a_send(chat, now=now)
    await execute(
        "CREATE TRIGGER away BEFORE UPDATE OF intent_at ON send WHEN new.intent_at IS NOT NULL"
        f" AND new.chat_id = {SECOND} BEGIN SELECT raise(ABORT, 'away'); END"
    )
    sender = Sender(owner_id=OWNER, clock=clock, send=send, pace=Pace(1000))
    with pytest.raises(Exception, match="away"):
        await sender.drain()
    assert await states() == {FIRST: "sent", SECOND: "queued"}
    await execute("DROP TRIGGER away")
    assert await sender.drain() == 1
    assert sent == [FIRST, SECOND]
    assert set((await states()).values()) == {"sent"}


class Telegram:
    """What answers the sender's calls: each with what is due in turn, else delivered."""

    def __init__(self, *attempts: Attempt) -> None:
        self.called: list[Message] = []
        self._attempts = list(attempts)

    async def send(self, message: Message) -> Attempt:
        """Note the call and answer it, a turn of the loop later."""
        self.called.append(message)
        await asyncio.sleep(0)
        return self._attempts.pop(0) if self._attempts else DELIVERED


async def a_queue(count: int, *, now: datetime, **columns: Any) -> None:
    """So many reminders, each to a chat of its own."""
    for chat in range(1, count + 1):
        await an_account(chat)
        await a_send(chat, now=now, **columns)


def sender_of(telegram: Telegram, clock: FrozenClock, **more: Any) -> Sender:
    pace = more.pop("pace", None) or Pace(1000)
    return Sender(owner_id=OWNER, clock=clock, send=telegram.send, pace=pace, **more)


async def test_behind_a_gate_nothing_is_sent_and_all_goes_once_it_opens(
    database: str, clock: FrozenClock, now: datetime
) -> None:
    await a_queue(30, now=now)
    telegram = Telegram(Attempt(Outcome.RATE_LIMITED, retry_after=timedelta(seconds=30)))
    sender = sender_of(telegram, clock, width=1)
    await sender.drain()
    assert len(telegram.called) == 1, "the others had their intents and were put back"
    assert set((await states()).values()) == {"queued"}
    assert await Send.filter(intent_at__not_isnull=True).count() == 0
    clock.move(timedelta(seconds=31))
    assert await sender.drain() == 30
    assert set((await states()).values()) == {"sent"}
    assert await Send.filter(tries__gt=1).count() == 0


async def test_a_gate_shut_by_another_process_is_heeded_at_the_intent(
    database: str, clock: FrozenClock, now: datetime
) -> None:
    await a_queue(2, now=now)
    messages = await delivery.claim(OWNER, now=now, limit=2)
    await close_gate(now + timedelta(seconds=5))
    assert await delivery.intend(messages, now=now) == [False, False]
    assert await delivery.intend(messages, now=now + timedelta(seconds=6)) == [True, True]


async def test_a_refused_token_stops_all_and_fails_nothing_until_one_goes_through(
    database: str, clock: FrozenClock, now: datetime
) -> None:
    await a_queue(5, now=now)
    refused = Attempt(Outcome.INVALID_TOKEN)
    telegram = Telegram(refused, refused)
    sender = sender_of(telegram, clock, width=1)
    for tried in (1, 2):
        await sender.drain()
        assert len(telegram.called) == tried, "one at a time tries the token"
        assert set((await states()).values()) == {"queued"}
        clock.move(timedelta(minutes=2))
    assert await sender.drain() == 5
    assert set((await states()).values()) == {"sent"}
    assert await Send.filter(tries=1).count() == 5


async def test_answers_take_the_next_slot_whatever_is_queued_in_bulk(
    database: str, clock: FrozenClock, now: datetime
) -> None:
    await a_queue(40, now=now)
    telegram = Telegram()
    sender = sender_of(telegram, clock, pace=Pace(20))
    stop = asyncio.Event()
    running = asyncio.create_task(sender.run(stop))
    while not telegram.called:  # noqa: ASYNC110 (the sender is at work)
        await asyncio.sleep(0.01)
    await an_account(99)
    await a_send(99, now=now, kind="code", priority=0)
    sender.nudge()
    while 99 not in (chats := [one.chat_id for one in telegram.called]):  # noqa: ASYNC110
        await asyncio.sleep(0.01)
    stop.set()
    await running
    assert len(chats) <= 10, "not after the forty"
    assert await Send.filter(state="claimed").count() == 0
    assert await Send.filter(state="queued").count() == 41 - len(telegram.called)


async def test_within_a_chat_the_most_urgent_goes_first_and_one_at_a_time(
    database: str, clock: FrozenClock, now: datetime
) -> None:
    await an_account(1)
    for kind, priority in (("reminder", 50), ("alert", 20), ("code", 0)):
        await a_send(1, now=now, kind=kind, priority=priority)
    telegram = Telegram()
    await sender_of(telegram, clock, pace=Pace(1000, per_chat_second=1000)).drain()
    assert [one.kind.value for one in telegram.called] == ["code", "alert", "reminder"]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
async def test_what_was_sent_is_finished_once_the_database_is_back(
    database: str, clock: FrozenClock, now: datetime
) -> None:
    await a_queue(3, now=now)
    await execute(
        "CREATE TRIGGER away BEFORE UPDATE OF state ON send WHEN new.state = 'sent'"
        " AND new.chat_id = 2 BEGIN SELECT raise(ABORT, 'away'); END"
    )
    telegram = Telegram()
    sender = sender_of(telegram, clock, idle_seconds=0.01)
    draining = asyncio.create_task(sender.drain())
    while (await states()) != {1: "sent", 2: "claimed", 3: "sent"}:  # noqa: ASYNC110
        await asyncio.sleep(0.01)
    await execute("DROP TRIGGER away")
    with pytest.raises(OperationalError, match="away"):
        await draining
    assert set((await states()).values()) == {"sent"}
    assert len(telegram.called) == 3


async def test_a_row_that_was_taken_up_and_claimed_anew_goes_once_and_stops_nothing(
    database: str, clock: FrozenClock, now: datetime
) -> None:
    """Another process puts it back while this one still has it waiting, and claims it again."""
    await an_account(1)
    for _ in range(3):
        await a_send(1, now=now)
    telegram, pace = Telegram(), Pace(1000, per_chat_second=10)
    sender = sender_of(telegram, clock, pace=pace, idle_seconds=0.01)
    stop = asyncio.Event()
    running = asyncio.create_task(sender.run(stop))
    async with asyncio.timeout(PATIENCE):
        while not telegram.called:  # noqa: ASYNC110
            await asyncio.sleep(0)
    await delivery.put_back_unknown(OWNER, known=[])
    sender.nudge()
    async with asyncio.timeout(PATIENCE):
        while await Send.filter(state="sent").count() < 3:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    stop.set()
    await running
    assert sorted(message.id for message in telegram.called) == [1, 2, 3]


async def test_of_a_row_claimed_anew_the_claim_before_says_nothing(
    database: str, now: datetime
) -> None:
    """Its end is written, but not known to be; the answer to the claim after that is lost."""
    await an_account(1)
    await a_send(1, now=now)
    (before,) = await delivery.claim(OWNER, now=now, limit=1)
    await delivery.put_back([before])
    (anew,) = await delivery.claim(OWNER, now=now, limit=1)
    assert await delivery.put_back_unknown(OWNER, known=[anew]) == 0
    assert await delivery.put_back_unknown(OWNER, known=[before]) == 1
    assert await states() == {1: "queued"}


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
async def test_who_sends_no_more_but_lives_on_leaves_nothing_claimed(
    database: str, clock: FrozenClock, now: datetime
) -> None:
    """Its lock is lost with the database: it insists, as nobody else may take its rows up."""
    await a_queue(1, now=now)
    telegram, stop = Telegram(), asyncio.Event()
    await execute(
        "CREATE TRIGGER away BEFORE UPDATE OF state ON send WHEN old.state = 'claimed'"
        " BEGIN SELECT raise(ABORT, 'away'); END"
    )
    sender = sender_of(telegram, clock, idle_seconds=0.01)
    running = asyncio.create_task(sender.run(stop, is_over=lambda: False))
    async with asyncio.timeout(PATIENCE):
        while not telegram.called:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    stop.set()
    await asyncio.sleep(0.2)
    assert not running.done()
    await execute("DROP TRIGGER away")
    await running
    assert set((await states()).values()) == {"sent"}
