"""The outbox: one row one message, whoever crashes, whoever comes twice."""

from datetime import datetime, timedelta

import pytest

from backend.actions import delivery, events, recovery
from backend.actions.delivery import Message
from backend.actions.events import Told
from backend.actions.gate import Gate, close_gate
from backend.clock import FrozenClock
from backend.domain.delivery import Attempt, Kind, Outcome
from backend.store.ids import new_id
from backend.store.liveness import hold
from backend.store.models import Account, Consent, Person, Send

CHAT = 4242
OWNER = 77
URL = "sqlite://:memory:"
DELIVERED = Attempt(Outcome.DELIVERED, message_id=9)


@pytest.fixture
async def xiuying(database: str, now: datetime) -> Person:
    """Wang Xiuying, who has a chat and consents to reminders of folic acid."""
    person = Person(id=new_id(), village_code="610822101201", created_at=now, updated_at=now)
    person.name = "王秀英"
    await person.save(force_create=True)
    await Account.create(tg_id=CHAT, person_id=person.id, started_at=now, state_at=now)
    await Consent.create(person_id=person.id, purpose="folic_acid", text_version="1", given_at=now)
    return person


async def put_in(
    person: Person, now: datetime, *, key: str = "k", kind: Kind = Kind.REMINDER, **more: object
) -> bool:
    return await delivery.enqueue(
        key,
        kind,
        CHAT,
        "folic_acid",
        now=now,
        person_id=person.id,
        purpose="folic_acid",
        **more,  # type: ignore[arg-type]
    )


async def claimed(now: datetime) -> list[Message]:
    return await delivery.claim(OWNER, now=now, limit=10)


async def intended(message: Message, now: datetime) -> bool:
    [may_go] = await delivery.intend([message], now=now)
    return may_go


async def state_of(key: str = "k") -> str:
    return (await Send.get(dedup_key=key)).state


async def test_the_same_event_is_put_in_once(xiuying: Person, now: datetime) -> None:
    assert await put_in(xiuying, now) is True
    assert await put_in(xiuying, now) is False
    assert await Send.all().count() == 1


async def test_a_message_is_claimed_once_intended_and_finished(
    xiuying: Person, now: datetime
) -> None:
    await put_in(xiuying, now)
    [message] = await claimed(now)
    assert await claimed(now) == []
    assert await intended(message, now)
    await delivery.finish([(message, DELIVERED)], now=now)
    row = await Send.get(id=message.id)
    assert (row.state, row.message_id, row.owner_id, row.token) == ("sent", 9, None, None)


async def test_answers_to_people_are_claimed_before_reminders(
    xiuying: Person, now: datetime
) -> None:
    await put_in(xiuying, now, key="reminder")
    await put_in(xiuying, now, key="screen", kind=Kind.SCREEN)
    assert [message.kind for message in await claimed(now)] == [Kind.SCREEN, Kind.REMINDER]


async def test_nothing_is_sent_before_it_is_due_nor_after_it_expired(
    xiuying: Person, now: datetime
) -> None:
    await put_in(xiuying, now, due_at=now + timedelta(hours=1), life=timedelta(hours=2))
    assert await claimed(now) == []
    late = now + timedelta(hours=3)
    assert await claimed(late) == []
    assert await delivery.expire(now=late) == 1
    assert await state_of() == "expired"


@pytest.mark.parametrize(
    ("hour", "kind", "self_set", "goes"),
    [
        (22, Kind.REMINDER, False, False),
        (7, Kind.BROADCAST, False, False),
        (8, Kind.REMINDER, False, True),
        (20, Kind.REMINDER, False, True),
        (22, Kind.REMINDER, True, True),
        (22, Kind.SCREEN, False, True),
        (22, Kind.ALERT, False, True),
    ],
)
async def test_quiet_hours_hold_back_what_nobody_asked_for(
    xiuying: Person, now: datetime, hour: int, kind: Kind, self_set: bool, goes: bool
) -> None:
    at = now.replace(hour=hour)
    await put_in(xiuying, at, kind=kind, is_self_set=self_set)
    assert bool(await claimed(at)) is goes


async def test_a_withdrawn_consent_stops_what_is_queued_and_what_is_claimed(
    xiuying: Person, now: datetime
) -> None:
    await put_in(xiuying, now, key="claimed")
    [message] = await claimed(now)
    await put_in(xiuying, now, key="queued")
    await Consent.filter(person_id=xiuying.id).update(withdrawn_at=now)
    assert not await intended(message, now)
    assert await claimed(now) == []


async def test_a_loss_stops_what_is_claimed_before_it_is_sent(
    xiuying: Person, now: datetime
) -> None:
    await put_in(xiuying, now, key="claimed")
    [message] = await claimed(now)
    await put_in(xiuying, now, key="queued")
    await events.end_pregnancy(xiuying.id, Told(now=now))
    assert not await intended(message, now)
    assert await claimed(now) == []
    assert [await state_of("claimed"), await state_of("queued")] == ["cancelled", "cancelled"]


async def test_a_blocked_chat_is_marked_at_once_and_its_queue_cancelled(
    xiuying: Person, now: datetime
) -> None:
    await put_in(xiuying, now, key="first")
    await put_in(xiuying, now, key="second", due_at=now + timedelta(days=1))
    [message] = await claimed(now)
    await intended(message, now)
    await delivery.finish([(message, Attempt(Outcome.BLOCKED))], now=now)
    assert (await Account.get(tg_id=CHAT)).state == "blocked"
    assert (await state_of("first"), await state_of("second")) == ("blocked", "cancelled")


async def test_a_late_answer_of_a_lost_claim_changes_nothing(
    xiuying: Person, now: datetime
) -> None:
    await put_in(xiuying, now)
    [message] = await claimed(now)
    await delivery.put_back([message])
    [again] = await claimed(now)
    await delivery.finish([(message, Attempt(Outcome.BAD_REQUEST))], now=now)
    assert await state_of() == "claimed"
    await delivery.finish([(again, DELIVERED)], now=now)
    assert await state_of() == "sent"


async def test_a_dead_process_without_intent_has_sent_nothing(
    xiuying: Person, now: datetime
) -> None:
    await put_in(xiuying, now)
    await claimed(now)
    assert await recovery.recover(URL, now=now) == 1
    [message] = await claimed(now)
    assert not message.may_be_a_repeat


@pytest.mark.parametrize(
    ("kind", "state", "copies_left"),
    [(Kind.REMINDER, "queued", 1), (Kind.SCREEN, "unknown", 0), (Kind.BROADCAST, "unknown", 0)],
)
async def test_a_dead_process_with_intent_leaves_a_repeat_or_an_unknown(
    xiuying: Person, now: datetime, *, kind: Kind, state: str, copies_left: int
) -> None:
    await put_in(xiuying, now, kind=kind)
    [message] = await claimed(now)
    await intended(message, now)
    await recovery.recover(URL, now=now)
    assert await state_of() == state
    again = await claimed(now + timedelta(minutes=1))
    assert [one.may_be_a_repeat for one in again] == [True] * copies_left


async def test_rows_of_a_living_process_are_never_taken(xiuying: Person, now: datetime) -> None:
    await put_in(xiuying, now)
    async with hold(OWNER, URL):
        await claimed(now)
        assert await recovery.recover(URL, now=now) == 0
    assert await recovery.recover(URL, now=now) == 1


async def test_a_429_shuts_one_gate_for_everybody_and_never_shortens_it(
    xiuying: Person, now: datetime
) -> None:
    await put_in(xiuying, now)
    [message] = await claimed(now)
    wait = timedelta(seconds=30)
    await delivery.finish([(message, Attempt(Outcome.RATE_LIMITED, retry_after=wait))], now=now)
    await close_gate(now + timedelta(seconds=5))
    gate = Gate()
    await gate.look()
    assert gate.closed_until == now + wait
    assert await state_of() == "queued"


async def test_a_moved_chat_is_followed_without_charging_a_try(
    xiuying: Person, now: datetime
) -> None:
    await put_in(xiuying, now)
    [message] = await claimed(now)
    await delivery.finish([(message, Attempt(Outcome.MIGRATED, new_chat_id=-100))], now=now)
    [again] = await claimed(now)
    assert (again.chat_id, again.tries) == (-100, 0)
    assert (await Account.get(person_id=xiuying.id)).tg_id == -100


async def test_finished_rows_are_forgotten_after_their_time(
    xiuying: Person, now: datetime, clock: FrozenClock
) -> None:
    await put_in(xiuying, now)
    [message] = await claimed(now)
    await delivery.finish([(message, DELIVERED)], now=now)
    assert await delivery.forget_finished(before=now) == 0
    clock.move(timedelta(days=90))
    assert await delivery.forget_finished(before=clock.local()) == 1
