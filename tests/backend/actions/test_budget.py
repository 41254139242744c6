"""One unsolicited message a day a person, the most urgent, outside of her quiet hours."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from backend.actions import broadcast_run, broadcasts, delivery
from backend.actions.budget import DIGEST_TEMPLATE
from backend.actions.due_run import DueRun, queue_due
from backend.clock import FrozenClock
from backend.domain.delivery import PRIORITIES, Attempt, Kind, Outcome
from backend.domain.quiet_hours import is_quiet, minute_of
from backend.store.models import Person, Send
from tests.backend.actions.test_broadcasts import deliver, readers, sent_now
from tests.backend.actions.test_due_run import owed
from tests.builders import WANG_XIUYING_CHAT, sun_li, wang_xiuying
from tests.sends import a_send

pytestmark = pytest.mark.usefixtures("database")

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
NOON = 12 * 60


async def to_her(wang: Person, now: datetime, kind: Kind = Kind.REMINDER, **more: Any) -> Send:
    """A message to her that is due now."""
    return await a_send(
        *(WANG_XIUYING_CHAT,),
        now=now,
        person_id=wang.id,
        kind=kind.value,
        priority=PRIORITIES[kind],
        **more,
    )


async def delivered(now: datetime, outcome: Outcome = Outcome.DELIVERED) -> list[int]:
    """Send what may go now; return the rows whose calls were made."""
    claimed = await delivery.claim(7, now=now, limit=20)
    may_go = await delivery.intend(claimed, now=now)
    going = [one for one, goes in zip(claimed, may_go, strict=True) if goes]
    if refused := [one for one in claimed if one not in going]:
        await delivery.put_back(refused)
    await delivery.finish([(one, Attempt(outcome)) for one in going], now=now)
    return [one.id for one in going]


async def test_of_two_that_are_due_the_more_urgent_goes_and_the_other_the_next_day(
    now: datetime,
) -> None:
    wang = await wang_xiuying()
    later = await to_her(wang, now, expires_at=now + 2 * DAY)
    broadcast = await to_her(wang, now, Kind.BROADCAST, expires_at=now + 3 * DAY)
    assert await delivered(now) == [later.id]
    assert await delivered(now + 2 * HOUR) == []
    assert await delivered(now + DAY) == [broadcast.id]


async def test_claimed_together_only_one_of_them_is_intended(now: datetime) -> None:
    wang = await wang_xiuying()
    first, second = [await to_her(wang, now) for _ in range(2)]
    claimed = await delivery.claim(7, now=now, limit=20)
    assert [one.id for one in claimed] == [first.id, second.id]
    assert await delivery.intend(claimed, now=now) == [True, False]
    await delivery.put_back(claimed[1:])
    assert await delivery.claim(7, now=now, limit=20) == []


async def test_what_may_have_arrived_uses_up_the_day_and_may_itself_be_repeated(
    now: datetime,
) -> None:
    wang = await wang_xiuying()
    first = await to_her(wang, now)
    assert await delivered(now, Outcome.READ_TIMEOUT) == [first.id]
    await to_her(wang, now)
    assert await delivered(now) == []
    assert await delivered(now + timedelta(minutes=1), Outcome.READ_TIMEOUT) == [first.id]
    assert await delivered(now + timedelta(minutes=2)) == []


async def test_what_she_set_herself_answers_and_digests_do_not_count(now: datetime) -> None:
    wang = await wang_xiuying()
    sent = [
        await to_her(wang, now, is_self_set=True),
        await to_her(wang, now, template=DIGEST_TEMPLATE),
        await to_her(wang, now, Kind.ALERT),
        await to_her(wang, now),
        await to_her(wang, now, is_self_set=True),
    ]
    assert sorted(await delivered(now)) == [one.id for one in sent]


async def test_a_broadcast_gives_way_to_a_reminder_that_is_still_to_come_today(
    now: datetime, clock: FrozenClock
) -> None:
    officer = await sun_li()
    reader, free = await readers(2)
    number = await sent_now(officer, now)
    await Person.filter(id=reader.id).update(reminder_minute=18 * 60)
    await owed(reader, now, "m2", topic="checkup")
    assert await queue_due(now=now) == DueRun(queued=1)
    assert await deliver(now) == [free.id]
    await broadcast_run.run(now=now + 5 * HOUR)
    assert await deliver(now + 5 * HOUR) == []
    [reminder] = await delivered(now.replace(hour=18))
    assert (await Send.get(id=reminder)).kind == "reminder"
    assert await delivered(now.replace(hour=20)) == []
    clock.move(DAY)
    await broadcast_run.run(now=clock.local())
    assert await deliver(clock.local()) == [reader.id]
    assert (await broadcasts.fetch_for(officer, number)).progress.sent == 2


async def test_what_quiet_hours_move_to_the_next_day_uses_up_that_one(now: datetime) -> None:
    wang = await wang_xiuying(reminder_minute=22 * 60)
    await owed(wang, now)
    assert await queue_due(now=now) == DueRun(queued=1)
    assert (await Send.get()).due_at == now.replace(hour=8) + DAY
    await owed(wang, now, "m3")
    assert await queue_due(now=now) == DueRun(put_off=1), "it would come that next day too"
    assert await queue_due(now=now + DAY) == DueRun(queued=1)
    days = [row.due_at.astimezone(now.tzinfo).date() for row in await Send.all()]
    assert days == [now.date() + DAY, now.date() + 2 * DAY]


async def test_paused_for_longer_than_its_life_a_broadcast_goes_on_all_the_same(
    now: datetime,
) -> None:
    officer = await sun_li()
    [reader] = await readers(1)
    number = await sent_now(officer, now)
    await broadcasts.pause(officer, number, now=now)
    much_later = now + 9 * DAY
    assert await delivery.expire(now=much_later) == 0
    await broadcasts.resume(officer, number, now=much_later)
    await broadcast_run.run(now=much_later)
    assert await deliver(much_later) == [reader.id]


def night(chance: Random) -> tuple[int, int]:
    """Quiet hours as somebody may set them, perhaps none."""
    choices = [(21 * 60, 8 * 60), (23 * 60, 5 * 60), (60, 130), (NOON, NOON + 90), (0, 0)]
    return chance.choice(choices)


@pytest.mark.parametrize("name", ["America/New_York", "Australia/Lord_Howe", "Africa/Cairo"])
@pytest.mark.parametrize("month", [3, 10])
async def test_whatever_is_queued_and_set_nobody_hears_twice_a_day_or_in_her_quiet_hours(
    name: str, month: int
) -> None:
    zone, chance = ZoneInfo(name), Random(f"{name} {month}")
    moment, wang = datetime(2027, month, 27, tzinfo=UTC), await wang_xiuying()
    heard: Counter[date] = Counter()
    for _ in range(9 * 24 // 2):
        moment += timedelta(hours=chance.uniform(0.2, 3.8))
        now = moment.astimezone(zone)
        if chance.random() < 0.5:
            kind = chance.choice((Kind.REMINDER, Kind.BROADCAST))
            await to_her(wang, now + chance.random() * 20 * HOUR, kind)
        if chance.random() < 0.1:
            hours = night(chance)
            fields = {"quiet_from_minute": hours[0], "quiet_to_minute": hours[1]}
            await Person.filter(id=wang.id).update(**fields)
        await wang.refresh_from_db()
        gone = await delivered(now, chance.choice((Outcome.DELIVERED, Outcome.READ_TIMEOUT)))
        quiet = (wang.quiet_from_minute, wang.quiet_to_minute)
        assert not (gone and is_quiet(minute_of(now), from_minute=quiet[0], to_minute=quiet[1]))
        for number in gone:
            row = await Send.get(id=number)
            heard[now.date()] += row.ambiguities == 0 or row.state == "unknown"
        await delivery.expire(now=now)
    assert sum(heard.values()) >= 4
    assert max(heard.values()) == 1
