"""What a fact changes in what is owed, and in what is queued."""

import logging
from datetime import date, datetime, timedelta

import pytest

from backend.actions import consents, events, planning, reminders
from backend.actions.due_run import queue_due
from backend.actions.events import Told
from backend.actions.planning import Changes
from backend.domain.consent import Purpose
from backend.domain.events import Method
from backend.domain.gestation import dated_by_lmp
from backend.store.models import DueService, Person, Send
from tests.builders import a_person, wang_xiuying

pytestmark = pytest.mark.usefixtures("database")

LMP = date(2026, 10, 12)


async def states(person_id: int, rule: str) -> list[str]:
    rows = await DueService.filter(person_id=person_id, rule=rule).order_by("id")
    return [row.state for row in rows]


async def test_a_pregnancy_lays_out_the_visits_and_tells_the_most_urgent(now: datetime) -> None:
    wang = await wang_xiuying()
    await events.record_pregnancy(wang.id, Told(now=now), dating=dated_by_lmp(LMP))
    assert await states(wang.id, "m1") == ["open"]
    assert await states(wang.id, "m2") == ["planned"]
    sends = await Send.filter(person_id=wang.id).order_by("is_self_set")
    assert [(send.purpose, send.is_self_set) for send in sends] == [
        ("maternal", False),
        ("folic_acid", True),
    ]


async def test_planning_twice_writes_nothing_the_second_time(now: datetime) -> None:
    wang = await wang_xiuying()
    await events.record_pregnancy(wang.id, Told(now=now), dating=dated_by_lmp(LMP))
    assert not await planning.replan(wang.id, now=now)
    assert (await queue_due(now=now)).queued == 0
    assert await Send.all().count() == 2


async def test_the_end_of_a_pregnancy_leaves_nothing_owed_and_nothing_queued(now: datetime) -> None:
    wang = await wang_xiuying()
    await events.record_pregnancy(wang.id, Told(now=now), dating=dated_by_lmp(LMP))
    await events.end_pregnancy(wang.id, Told(now=now + timedelta(hours=1)))
    assert await DueService.filter(state__in=["planned", "open"]).count() == 0
    assert await Send.filter(state="queued").count() == 0


async def test_a_corrected_date_does_not_repeat_a_reminder_she_had(now: datetime) -> None:
    wang = await wang_xiuying(topics=(Purpose.MATERNAL,))
    told = await events.record_pregnancy(wang.id, Told(now=now), dating=dated_by_lmp(LMP))
    earlier = dated_by_lmp(LMP - timedelta(days=4))
    tomorrow = now + timedelta(days=1)
    await events.correct_pregnancy(wang.id, told.episode, Told(now=tomorrow), dating=earlier)
    visit = await DueService.get(rule="m1")
    assert visit.remind_on == visit.closes_on - timedelta(days=14)
    assert await Send.filter(reference=str(visit.id)).count() == 1


async def test_a_window_that_moves_into_the_future_is_told_when_it_opens(now: datetime) -> None:
    wang = await wang_xiuying(topics=(Purpose.MATERNAL,))
    lmp = now.date() - timedelta(days=115)
    told = await events.record_pregnancy(wang.id, Told(now=now), dating=dated_by_lmp(lmp))
    later = dated_by_lmp(lmp + timedelta(days=10))
    await events.correct_pregnancy(wang.id, told.episode, Told(now=now), dating=later)
    visit = await DueService.get(rule="m2")
    assert (visit.state, visit.remind_on) == ("planned", lmp + timedelta(days=122))


async def test_who_comes_late_into_a_window_is_told_today(now: datetime) -> None:
    wang = await wang_xiuying(topics=(Purpose.MATERNAL,))
    lmp = now.date() - timedelta(days=120)
    await events.record_pregnancy(wang.id, Told(now=now), dating=dated_by_lmp(lmp))
    visit = await DueService.get(rule="m2")
    opened = {due.id for due in await DueService.filter(state="open")}
    assert visit.id in opened
    assert int((await Send.get()).reference) in opened
    assert not await DueService.filter(rule="m1").exists()


async def test_the_night_opens_and_closes_windows_and_replanning_agrees(now: datetime) -> None:
    wang = await wang_xiuying(topics=(Purpose.MATERNAL,))
    await events.record_pregnancy(wang.id, Told(now=now), dating=dated_by_lmp(LMP))
    for days in (60, 70, 112, 160):
        later = now + timedelta(days=days)
        await planning.roll(now=later)
        assert await planning.roll(now=later) == Changes()
        assert await planning.replan(wang.id, now=later) == Changes()
    assert await states(wang.id, "m1") == ["closed"]
    assert await states(wang.id, "m2") == ["closed"]
    assert await states(wang.id, "m4") == ["open"]


async def test_a_plan_costs_the_same_few_queries_however_long_her_story(
    now: datetime, caplog: pytest.LogCaptureFixture
) -> None:
    async def queries(person: Person) -> int:
        caplog.clear()
        with caplog.at_level(logging.DEBUG, logger="tortoise.db_client"):
            await planning.replan(person.id, now=now)
        return len(caplog.records)

    short = await a_person("陈静", chat=5, topics=(Purpose.SCREENING,))
    everything = tuple(purpose for purpose in Purpose if purpose is not Purpose.SERVICE)
    long = await wang_xiuying(topics=everything)
    for years in (9, 6, 3):
        lmp = now.date() - timedelta(days=365 * years)
        told = Told(now=now, is_confirmed=True)
        await events.record_pregnancy(long.id, told, dating=dated_by_lmp(lmp))
        await events.record_birth(long.id, told, on=lmp + timedelta(days=280))
    for person in (short, long):
        await planning.replan(person.id, now=now)
    assert await DueService.filter(person_id=long.id).count() > 10
    assert 6 <= await queries(long) <= await queries(short) <= 14


async def test_a_service_done_stays_done_when_the_topic_is_withdrawn(now: datetime) -> None:
    wang = await wang_xiuying(topics=(Purpose.MATERNAL,))
    await events.record_pregnancy(wang.id, Told(now=now), dating=dated_by_lmp(LMP))
    visit = await DueService.get(rule="m1")
    await reminders.answer_done(wang.id, visit.id, now.date(), now=now)
    await consents.withdraw(wang.id, Purpose.MATERNAL, now=now)
    assert await states(wang.id, "m1") == ["done"]
    assert await states(wang.id, "m2") == ["cancelled"]


async def test_everybody_is_planned_anew_within_a_week(now: datetime) -> None:
    wang = await wang_xiuying(topics=(Purpose.CONTRACEPTION,))
    await events.record_procedure(
        wang.id, Told(now=now), method=Method.IUD, on=now.date() - timedelta(days=30)
    )
    planned = await DueService.all().count()
    later = now + timedelta(days=400)
    for hours in range(168):
        await planning.renew_share(now=later + timedelta(hours=hours))
    assert await DueService.all().count() > planned
