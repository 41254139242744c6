"""Reminders more than a day late: skipped, fast-forwarded, and told to the cadre without blame."""

from datetime import date, datetime, timedelta

import pytest

from backend.actions import accounts, consents, digests, planning, reminders
from backend.actions.due_run import DueRun, queue_due
from backend.actions.unreached import unreached_in
from backend.clock import FrozenClock
from backend.domain.consent import Purpose
from backend.domain.people import mask_name
from backend.store.models import DueService, Send
from tests.backend.actions.test_due_run import owed
from tests.builders import WANG_XIUYING_CHAT, wang_xiuying, zhao_ming

pytestmark = pytest.mark.usefixtures("database")

DAY = timedelta(days=1)


async def states() -> list[tuple[str, str]]:
    """The day and the state of every reminder in the outbox."""
    rows = await Send.filter(template="reminder").order_by("due_at", "id")
    return [(row.dedup_key.rpartition(":")[2], row.state) for row in rows]


async def test_a_day_late_is_told_and_more_is_skipped(now: datetime) -> None:
    due = await owed(await wang_xiuying(), now - 2 * DAY)
    late = await owed(await wang_xiuying(chat=1009), now - DAY)
    assert await queue_due(now=now) == DueRun(queued=1)
    [send] = await Send.filter(state="queued")
    assert send.reference == str(late.id)
    await due.refresh_from_db()
    assert due.remind_on == due.closes_on - timedelta(days=7), "the gentle last one still comes"


async def test_what_was_skipped_is_kept_as_expired_once(now: datetime) -> None:
    await owed(await wang_xiuying(), now - 5 * DAY)
    for _ in range(2):
        await queue_due(now=now)
    assert await states() == [("2026-11-18", "expired")]
    send = await Send.get()
    assert send.finished_at == now
    assert send.due_at == now.replace(hour=8, minute=30) - 5 * DAY


async def test_daily_doses_go_on_with_today(now: datetime) -> None:
    first = now - 4 * DAY
    dose = await owed(await wang_xiuying(), first, "fa5", topic="folic_acid")
    assert await queue_due(now=now) == DueRun(queued=1)
    assert await states() == [("2026-11-19", "expired"), ("2026-11-23", "queued")]
    await dose.refresh_from_db()
    assert dose.remind_on == now.date() + DAY


async def test_a_window_that_closed_during_an_outage_is_skipped_before_it_is_rolled_on(
    now: datetime,
) -> None:
    due = await owed(await wang_xiuying(), now - 5 * DAY, closes_on=now.date() - DAY)
    await planning.roll(now=now)
    await due.refresh_from_db()
    assert (due.state, due.remind_on) == ("closed", None)
    assert await states() == [("2026-11-18", "expired")]


@pytest.mark.parametrize("reason", ["blocked", "stopped", "topic off", "no consent"])
async def test_who_comes_back_hears_of_nothing_old_and_of_one_thing_a_day(
    clock: FrozenClock, reason: str
) -> None:
    now = clock.local()
    wang = await wang_xiuying()
    for number, rule in enumerate(("m2", "m3", "m4")):
        due = await owed(wang, now, rule, remind_on=now.date() + number * DAY)
        await owed(wang, now, f"{rule}", episode="2", remind_on=now.date() + 6 * DAY)
        assert due.remind_on
    if reason == "blocked":
        await accounts.mark_blocked(WANG_XIUYING_CHAT, now=now)
    elif reason == "stopped":
        await accounts.stop_all(WANG_XIUYING_CHAT, now=now)
    elif reason == "topic off":
        await reminders.keep_choice(wang.id, "maternal", "off", now=now)
    else:
        await consents.withdraw(wang.id, Purpose.MATERNAL, now=now)
        return
    for _ in range(6):
        assert await queue_due(now=clock.local()) == DueRun()
        clock.move(DAY)
    back = clock.local()
    await accounts.came_back(WANG_XIUYING_CHAT, now=back)
    await accounts.resume(WANG_XIUYING_CHAT, now=back)
    if reason == "topic off":
        await reminders.keep_choice(wang.id, "maternal", "on", now=back)
    assert await queue_due(now=back) == DueRun(queued=1, put_off=2)
    assert [state for _day, state in await states()] == ["queued"], "and no trace of the rest"


async def test_the_digest_says_that_somebody_missed_one_and_who(
    now: datetime, clock: FrozenClock
) -> None:
    zhao, wang = await zhao_ming(), await wang_xiuying()
    due = await owed(wang, now - 5 * DAY)
    before = now.replace(hour=7)
    await queue_due(now=before)
    assert await digests.queue_digests(now=now) == 1
    unreached = await unreached_in(zhao, now=now)
    assert unreached.missed == (mask_name("王秀英"),)
    clock.move(DAY)
    assert await digests.queue_digests(now=clock.local()) == 0
    assert not await unreached_in(zhao, now=clock.local())
    await DueService.filter(id=due.id).update(state="cancelled")
    assert not await unreached_in(zhao, now=now), "nothing is said of what is no longer owed"


async def test_a_missed_daily_dose_makes_no_digest(now: datetime) -> None:
    zhao = await zhao_ming()
    await owed(await wang_xiuying(), now - 5 * DAY, "fa5", topic="folic_acid")
    await queue_due(now=now)
    assert await digests.queue_digests(now=now) == 0
    assert not await unreached_in(zhao, now=now)


async def test_a_late_reminder_of_a_rule_nobody_knows_any_more_just_ends(now: datetime) -> None:
    due = await owed(await wang_xiuying(), now - 5 * DAY, "gone")
    await queue_due(now=now)
    await due.refresh_from_db()
    assert (due.remind_on, await states()) == (None, [])
    assert due.closes_on > date(2026, 11, 23)
