"""What cadres write down for people without a phone, and the visits that become due for them."""

from datetime import datetime, timedelta

import pytest

from backend.actions import accounts, consents, digests, planning, tasks, visit_run, visits
from backend.actions.visits import Way
from backend.clock import FrozenClock
from backend.domain.access import Actor, HasOwnChat, Underage
from backend.domain.consent import ConsentNeeded, Purpose
from backend.domain.gestation import dated_by_lmp
from backend.domain.tasks import TaskKind
from backend.store.models import AuditEntry, Consent, DueService, Person, Send, Task, Visit
from tests.builders import (
    STONE_BRIDGE,
    ZHAO_MING_CHAT,
    a_person,
    an_account,
    wang_xiuying,
    zhao_ming,
)

pytestmark = pytest.mark.usefixtures("database")


async def zhou_is_pregnant(now: datetime, *, topic: Purpose = Purpose.MATERNAL) -> Person:
    """周桂英, without a phone, whose last period was 40 days ago."""
    zhao = await zhao_ming()
    zhou = await a_person("周桂英", topics=(topic,))
    dating = dated_by_lmp(now.date() - timedelta(days=40))
    await visits.record_pregnancy(zhao, zhou.id, dating=dating, now=now)
    return zhou


async def her_cadre() -> Actor:
    """赵明 as he was entered."""
    visitor = await accounts.find(ZHAO_MING_CHAT)
    assert visitor
    assert visitor.actor
    return visitor.actor


async def test_consent_in_person_bears_the_cadres_name(now: datetime) -> None:
    zhao, zhou = await zhao_ming(), await a_person("周桂英")
    with pytest.raises(ConsentNeeded):
        await visits.record_consent(zhao, zhou.id, Purpose.MATERNAL, is_given=True, now=now)
    await visits.record_consent(zhao, zhou.id, Purpose.SERVICE, is_given=True, now=now)
    await visits.record_consent(zhao, zhou.id, Purpose.MATERNAL, is_given=True, now=now)
    await visits.record_consent(zhao, zhou.id, Purpose.CHILD, is_given=False, now=now)
    assert await consents.in_force_for(zhou.id) == {Purpose.SERVICE, Purpose.MATERNAL}
    assert {row.recorded_by for row in await Consent.all()} == {zhao.person_id}
    entries = await AuditEntry.filter(subject_id=zhou.id, action__startswith="consent")
    assert {entry.actor_id for entry in entries} == {zhao.person_id}


async def test_her_own_consent_bears_nobody_elses_name(now: datetime) -> None:
    wang = await wang_xiuying()
    await consents.give(wang.id, [Purpose.CHILD], now=now)
    assert (await Consent.get(purpose=Purpose.CHILD)).recorded_by is None


async def test_nobody_writes_down_for_who_has_a_chat_or_is_under_age(now: datetime) -> None:
    zhao, wang = await zhao_ming(), await wang_xiuying()
    young = await a_person("小周", birth_date=now.date().replace(year=2012))
    for person_id, error in ((wang.id, HasOwnChat), (young.id, Underage)):
        with pytest.raises(error):
            await visits.record_consent(zhao, person_id, Purpose.CHILD, is_given=True, now=now)
        with pytest.raises(error):
            await visits.end_pregnancy(zhao, person_id, now=now)
    await visits.record_visit(zhao, wang.id, Way.CALL, now.date(), now=now, note="好" * 300)
    assert len((await Visit.get()).note or "") == visits.LONGEST_NOTE


async def test_a_due_service_becomes_one_visit_until_it_is_told_again(now: datetime) -> None:
    zhou = await zhou_is_pregnant(now)
    assert await visit_run.queue_visits(now=now)
    assert not await visit_run.queue_visits(now=now)
    task = await Task.get(person_id=zhou.id)
    due = await DueService.get(id=task.due_service_id)
    assert (task.kind, due.rule) == ("visit", "m1")
    assert due.remind_on
    await visit_run.queue_visits(now=now + timedelta(days=30))
    assert await Task.filter(due_service_id=due.id).count() == 1


async def test_a_loss_takes_the_visits_away_and_makes_none(now: datetime) -> None:
    zhou = await zhou_is_pregnant(now)
    await visit_run.queue_visits(now=now)
    await visits.end_pregnancy(await her_cadre(), zhou.id, now=now)
    assert {task.state for task in await Task.all()} == {"cancelled"}
    for days in range(0, 400, 30):
        await planning.roll(now=now + timedelta(days))
        await visit_run.queue_visits(now=now + timedelta(days))
    assert await Task.all().count() == 1
    assert not await Send.all().exists()


async def test_a_window_that_closes_takes_its_visit_away_quietly(now: datetime) -> None:
    await zhou_is_pregnant(now)
    await visit_run.queue_visits(now=now)
    task = await Task.get()
    later = now + timedelta(days=60)
    await planning.roll(now=later)
    await visit_run.queue_visits(now=later)
    assert (await Task.get(id=task.id)).state == "cancelled"


async def test_a_daily_rule_is_a_visit_a_month_after_the_one_before(clock: FrozenClock) -> None:
    zhou = await zhou_is_pregnant(clock.local(), topic=Purpose.FOLIC_ACID)
    due = await DueService.get(person_id=zhou.id, rule="fa5")
    for _ in range(70):
        await visit_run.queue_visits(now=clock.local())
        if clock.local().day == 7:
            await Task.filter(state="open").update(state="done", closed_at=clock.local())
        clock.move(timedelta(days=1))
    tasks_of_it = await Task.filter(due_service_id=due.id).order_by("opened_at")
    days = [task.opened_at.astimezone(clock.zone).date() for task in tasks_of_it]
    assert [f"{day:%m-%d}" for day in days] == ["11-23", "01-07"]


async def test_a_stopped_chat_is_a_choice_and_makes_no_visit(now: datetime) -> None:
    await zhao_ming()
    person = await a_person("钱芳", topics=(Purpose.SCREENING,), birth_date=None, birth_year=1980)
    await an_account(55, person_id=person.id, state="stopped")
    await planning.replan(person.id, now=now)
    await visit_run.queue_visits(now=now)
    assert not await Task.all().exists()


async def test_a_digest_goes_to_each_busy_cadre_once_a_morning(now: datetime) -> None:
    zhao = await zhao_ming()
    other = await a_person("周桂英", village_code=STONE_BRIDGE)
    await tasks.open_task(TaskKind.MOVE, other.id, dedup_key="far", now=now)
    assert await digests.queue_digests(now=now) == 0
    zhou = await a_person("周桂英")
    await tasks.open_task(TaskKind.MOVE, zhou.id, dedup_key="near", now=now)
    assert await digests.queue_digests(now=now.replace(hour=8, minute=29)) == 0
    assert await digests.queue_digests(now=now) == 1
    assert await digests.queue_digests(now=now) == 0
    assert await digests.queue_digests(now=now.replace(hour=12) + timedelta(days=1)) == 0
    assert await digests.queue_digests(now=now + timedelta(days=1)) == 1
    assert {row.person_id for row in await Send.filter(template="digest")} == {zhao.person_id}


async def test_a_digest_leaves_a_cadres_own_reminder_alone(now: datetime) -> None:
    zhao = await zhao_ming()
    await tasks.open_task(TaskKind.MOVE, (await a_person("周桂英")).id, dedup_key="t", now=now)
    await digests.queue_digests(now=now)
    await Person.filter(id=zhao.person_id).update(birth_date=now.date().replace(year=1980))
    await consents.give(zhao.person_id, [Purpose.SERVICE, Purpose.SCREENING], now=now)
    sends = await Send.filter(person_id=zhao.person_id)
    assert sorted(row.template for row in sends) == ["digest", "reminder"]
