"""Life events: told, corrected, taken back, and what hangs on them."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from backend.actions import events, reminders
from backend.actions.due_run import queue_due
from backend.actions.events import Told
from backend.domain.access import Underage
from backend.domain.consent import ConsentNeeded, Purpose
from backend.domain.errors import EventRefused, NotOwed
from backend.domain.events import BirthMode, Method
from backend.domain.gestation import Dating, Source, dated_by_lmp
from backend.domain.tasks import HelpReason
from backend.store.models import DueService, LifeEvent, Person, Send, Task
from tests.builders import wang_xiuying
from tests.sends import a_send

pytestmark = pytest.mark.usefixtures("database")

LMP = date(2026, 10, 12)


async def window(person_id: int, rule: str) -> tuple[date, date, str]:
    row = await DueService.get(person_id=person_id, rule=rule)
    return row.opens_on, row.closes_on, row.state


async def live_rules(person_id: int) -> set[str]:
    owed = await DueService.filter(person_id=person_id, state__in=["planned", "open"])
    return {due.rule for due in owed}


async def wang_is_pregnant(now: datetime, **columns: Any) -> tuple[Person, int]:
    wang = await wang_xiuying(**columns)
    recorded = await events.record_pregnancy(wang.id, Told(now=now), dating=dated_by_lmp(LMP))
    return wang, recorded.episode


@pytest.mark.parametrize(
    ("lmp", "problem"),
    [
        (date(2026, 11, 24), "lmp_in_future"),
        (date(2026, 11, 23), None),
        (date(2026, 1, 26), None),
        (date(2026, 1, 25), "ask_pregnancy_long"),
    ],
)
async def test_a_last_period_is_at_most_301_days_ago_unless_confirmed(
    now: datetime, lmp: date, problem: str | None
) -> None:
    wang = await wang_xiuying()
    dating = dated_by_lmp(lmp)
    if problem:
        with pytest.raises(EventRefused) as refused:
            await events.record_pregnancy(wang.id, Told(now=now), dating=dating)
        assert refused.value.problem == problem
        assert not await LifeEvent.exists()
    if problem is None or problem.startswith("ask"):
        told = Told(now=now, is_confirmed=problem is not None)
        await events.record_pregnancy(wang.id, told, dating=dating)
        assert await LifeEvent.all().count() == 1


async def test_a_due_date_from_the_clinic_counts_more_and_keeps_the_last_period(
    now: datetime,
) -> None:
    wang, episode = await wang_is_pregnant(now)
    due_on = LMP + timedelta(days=290)
    told = Told(now=now + timedelta(minutes=5))
    again = await events.record_pregnancy(wang.id, told, dating=Dating(Source.CLINICIAN, due_on))
    assert again.episode == episode
    pregnancy = await events.current_pregnancy(wang.id, now=now)
    assert pregnancy is not None
    assert (pregnancy.due_on, pregnancy.lmp_on) == (due_on, LMP + timedelta(days=10))
    assert await window(wang.id, "m2") == (
        LMP + timedelta(days=122),
        LMP + timedelta(days=156),
        "planned",
    )
    assert await LifeEvent.filter(superseded_by=None).count() == 2
    later = Told(now=now + timedelta(minutes=9))
    await events.record_pregnancy(wang.id, later, dating=dated_by_lmp(LMP - timedelta(days=3)))
    assert await window(wang.id, "m2") == (
        LMP + timedelta(days=122),
        LMP + timedelta(days=156),
        "planned",
    )


async def test_a_corrected_period_moves_what_is_to_come_and_leaves_what_was_done(
    now: datetime,
) -> None:
    wang, episode = await wang_is_pregnant(now)
    due = await DueService.get(rule="m1")
    await reminders.answer_done(wang.id, due.id, now.date(), now=now)
    told = Told(now=now + timedelta(days=1))
    moved = dated_by_lmp(LMP - timedelta(days=7))
    recorded = await events.correct_pregnancy(wang.id, episode, told, dating=moved)
    assert recorded.episode == episode
    assert (await window(wang.id, "m1"))[2] == "done"
    assert (await window(wang.id, "m2"))[0] == LMP + timedelta(days=105)
    assert await LifeEvent.filter(superseded_by=None).count() == 1


async def test_a_birth_ends_the_pregnancy_and_starts_what_follows(now: datetime) -> None:
    wang = await wang_xiuying(topics=(Purpose.MATERNAL, Purpose.CHILD, Purpose.CONTRACEPTION))
    lmp = now.date() - timedelta(days=281)
    await events.record_pregnancy(wang.id, Told(now=now), dating=dated_by_lmp(lmp))
    born_on = now.date() - timedelta(days=1)
    birth = await events.record_birth(wang.id, Told(now=now), on=born_on, mode=BirthMode.CAESAREAN)
    assert await events.current_pregnancy(wang.id, now=now) is None
    assert (await window(wang.id, "m5"))[2] == "cancelled"
    assert (await window(wang.id, "m7"))[0] == born_on + timedelta(days=35)
    assert (await window(wang.id, "s3"))[1] == born_on + timedelta(days=180)
    corrected = await events.correct_event(
        wang.id, birth.episode, Told(now=now), on=born_on, mode=BirthMode.VAGINAL
    )
    assert corrected.episode == birth.episode
    assert (await window(wang.id, "s3"))[1] == born_on + timedelta(days=90)


async def test_a_birth_before_the_pregnancy_is_refused(now: datetime) -> None:
    wang, _ = await wang_is_pregnant(now)
    told = Told(now=now, is_confirmed=True)
    with pytest.raises(EventRefused):
        await events.record_birth(wang.id, told, on=now.date() + timedelta(days=1))


async def test_a_loss_takes_back_every_message_and_task_about_it_in_every_programme(
    now: datetime,
) -> None:
    wang, _ = await wang_is_pregnant(now)
    due = await DueService.get(rule="m1")
    await reminders.ask_help(wang.id, HelpReason.TRANSPORT, due_id=due.id, now=now)
    await reminders.answer_booked(wang.id, due.id, now.date() + timedelta(days=3), now=now)
    await a_send(1001, now=now, person_id=wang.id, kind="broadcast", purpose="maternal")
    about_children = {"kind": "broadcast", "purpose": "child", "broadcast_id": 7}
    await a_send(1001, now=now, person_id=wang.id, **about_children)
    kept = await a_send(1001, now=now, person_id=wang.id, purpose="screening")
    claimed = await a_send(1001, now=now, person_id=wang.id, purpose="maternal", state="claimed")
    later = now + timedelta(hours=1)
    await events.end_pregnancy(wang.id, Told(now=later))
    assert [send.id for send in await Send.filter(state="queued")] == [kept.id]
    await claimed.refresh_from_db()
    assert claimed.state == "cancelled"
    assert (await Task.get()).state == "cancelled"
    assert not await DueService.filter(state__in=["planned", "open"]).exists()
    assert (await queue_due(now=now + timedelta(days=3))).queued == 0


async def test_a_loss_is_heard_even_after_consent_was_withdrawn_and_in_no_pregnancy(
    now: datetime,
) -> None:
    wang = await wang_xiuying(topics=(Purpose.SCREENING,))
    await events.end_pregnancy(wang.id, Told(now=now))
    assert (await LifeEvent.get()).kind == "pregnancy_ended"


async def test_the_same_quiet_step_ends_what_is_owed_to_a_newborn(now: datetime) -> None:
    topics = (Purpose.MATERNAL, Purpose.CHILD, Purpose.CONTRACEPTION)
    wang = await wang_xiuying(topics=topics)
    born_on = now.date() - timedelta(days=3)
    await events.record_birth(wang.id, Told(now=now), on=born_on)
    assert await live_rules(wang.id) >= {"m6", "m7", "k1", "k2", "s2", "s3"}
    about_her = await a_send(1001, now=now, person_id=wang.id, purpose="maternal")
    for purpose in ("child", "maternal"):
        news = {"kind": "broadcast", "purpose": purpose, "broadcast_id": 7}
        await a_send(1001, now=now, person_id=wang.id, **news)
    await events.end_pregnancy(wang.id, Told(now=now))
    assert await LifeEvent.filter(kind="child_died").exists()
    assert await live_rules(wang.id) == {"m6", "m7"}, "her own checks stay"
    queued = {send.id for send in await Send.filter(state="queued", kind="broadcast")}
    assert queued == set()
    await about_her.refresh_from_db()
    assert about_her.state == "queued"


async def test_it_ends_what_is_owed_to_twins_and_a_child_told_again_is_followed(
    now: datetime,
) -> None:
    wang = await wang_xiuying(topics=(Purpose.CHILD,))
    born_on = now.date() - timedelta(days=2)
    for _ in range(2):
        await events.record_birth(wang.id, Told(now=now), on=born_on)
    ended = await events.end_pregnancy(wang.id, Told(now=now))
    assert await live_rules(wang.id) == set()
    await events.record_birth(wang.id, Told(now=now), on=born_on)
    assert await live_rules(wang.id) == {"k1", "k2"}
    await events.end_pregnancy(wang.id, Told(now=now))
    assert await live_rules(wang.id) == set()
    await events.take_back(wang.id, ended.episode, Told(now=now))
    assert await live_rules(wang.id) == {"k1", "k2"}


async def test_a_loss_told_by_mistake_can_be_taken_back(now: datetime) -> None:
    wang, _ = await wang_is_pregnant(now)
    ended = await events.end_pregnancy(wang.id, Told(now=now))
    await events.take_back(wang.id, ended.episode, Told(now=now))
    assert (await window(wang.id, "m2"))[2] == "planned"
    assert await events.current_pregnancy(wang.id, now=now) is not None


async def test_follow_ups_of_a_method_end_when_it_is_stopped(now: datetime) -> None:
    wang = await wang_xiuying(topics=(Purpose.CONTRACEPTION,))
    told = Told(now=now)
    await events.record_procedure(wang.id, told, method=Method.IUD, on=now.date())
    follow_ups = DueService.filter(rule="iud", state__in=["planned", "open"])
    assert await follow_ups.count() > 3
    removed_on = now + timedelta(days=20)
    await events.stop_method(wang.id, Told(now=removed_on), method=Method.IUD, on=removed_on.date())
    assert await follow_ups.count() == 0


async def test_an_event_needs_the_consent_it_is_about(now: datetime) -> None:
    wang = await wang_xiuying(topics=(Purpose.SCREENING,))
    with pytest.raises(ConsentNeeded):
        await events.record_pregnancy(wang.id, Told(now=now), dating=dated_by_lmp(LMP))
    assert not await LifeEvent.exists()


async def test_under_18_a_person_is_not_served_here(now: datetime) -> None:
    girl = await wang_xiuying(birth_date=date(2009, 1, 1))
    with pytest.raises(Underage):
        await events.record_pregnancy(girl.id, Told(now=now), dating=dated_by_lmp(LMP))


async def test_nobody_corrects_what_was_never_told(now: datetime) -> None:
    wang = await wang_xiuying()
    with pytest.raises(NotOwed):
        await events.correct_event(wang.id, 42, Told(now=now), on=now.date())
