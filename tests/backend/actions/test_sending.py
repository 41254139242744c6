"""The sender goes on after the database was away, and leaves no message behind."""

from datetime import datetime

import pytest

from backend.actions.delivery import Message
from backend.actions.pace import Pace
from backend.actions.sending import Sender
from backend.clock import FrozenClock
from backend.domain.delivery import Attempt, Outcome
from backend.store.models import Send
from backend.store.sql import execute
from tests.builders import a_person
from tests.sends import a_send

OWNER = 77
FIRST, SECOND = 5, 6


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
