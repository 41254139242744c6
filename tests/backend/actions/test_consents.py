"""Consent: each purpose apart, and gone at once when it is withdrawn."""

from datetime import datetime

import pytest

from backend.actions import consents, events
from backend.actions.events import Told
from backend.domain.consent import ConsentNeeded, Purpose
from backend.domain.gestation import dated_by_lmp
from backend.store.models import AuditEntry, Consent, DueService, Person, Send
from tests.builders import a_person, wang_xiuying

pytestmark = pytest.mark.usefixtures("database")

CHAT = 5


async def test_the_first_consent_enrols_and_plans_only_what_was_agreed_to(now: datetime) -> None:
    chen = await a_person("陈静", chat=CHAT)
    await consents.give(chen.id, [Purpose.SERVICE, Purpose.FOLIC_ACID], now=now)
    assert (await Person.get(id=chen.id)).enrolled_on == now.date()
    assert {row.topic for row in await DueService.all()} == {"folic_acid"}
    assert await consents.in_force_for(chen.id) == {"service", "folic_acid"}


async def test_a_health_topic_needs_the_general_consent_first(now: datetime) -> None:
    chen = await a_person("陈静", chat=CHAT)
    with pytest.raises(ConsentNeeded):
        await consents.give(chen.id, [Purpose.MATERNAL], now=now)
    assert not await Consent.exists()
    await consents.give(chen.id, [Purpose.MATERNAL, Purpose.SERVICE], now=now)
    assert await consents.in_force_for(chen.id) == {"service", "maternal"}


async def test_giving_twice_keeps_one_answer(now: datetime) -> None:
    chen = await a_person("陈静", chat=CHAT)
    for _ in range(2):
        await consents.give(chen.id, [Purpose.SERVICE], now=now)
    assert await Consent.all().count() == 1
    assert await AuditEntry.filter(action="consent_given").count() == 1


async def test_withdrawing_a_topic_takes_back_what_is_queued_and_planned_for_it(
    now: datetime,
) -> None:
    wang = await wang_xiuying()
    await events.record_pregnancy(
        wang.id, Told(now=now), dating=dated_by_lmp(now.date().replace(day=1))
    )
    await consents.withdraw(wang.id, Purpose.MATERNAL, now=now)
    live = await DueService.filter(state__in=["planned", "open"])
    assert {row.topic for row in live} == {"folic_acid"}
    queued = {send.purpose: send.state for send in await Send.all()}
    assert queued == {"maternal": "cancelled", "folic_acid": "queued"}


async def test_withdrawing_the_general_consent_stops_everything(now: datetime) -> None:
    wang = await wang_xiuying()
    await consents.give(wang.id, [Purpose.SERVICE], now=now)
    await consents.withdraw(wang.id, Purpose.SERVICE, now=now)
    assert await consents.in_force_for(wang.id) == frozenset()
    assert not await DueService.filter(state__in=["planned", "open"]).exists()
    assert not await Send.filter(state="queued").exists()
    await consents.give(wang.id, [Purpose.SERVICE], now=now)
    assert await consents.in_force_for(wang.id) == {"service"}


async def test_what_was_refused_is_not_asked_again(now: datetime) -> None:
    chen = await a_person("陈静", chat=CHAT)
    await consents.give(chen.id, [Purpose.SERVICE], now=now)
    await consents.refuse(chen.id, [Purpose.CHILD, Purpose.SCREENING], now=now)
    assert await consents.to_ask(chen.id) == (
        Purpose.FOLIC_ACID,
        Purpose.MATERNAL,
        Purpose.CONTRACEPTION,
        Purpose.CHECKUP,
    )


async def test_a_topic_given_again_is_planned_again(now: datetime) -> None:
    wang = await wang_xiuying(topics=(Purpose.FOLIC_ACID,))
    await consents.withdraw(wang.id, Purpose.FOLIC_ACID, now=now)
    await consents.give(wang.id, [Purpose.FOLIC_ACID], now=now)
    assert {row.state for row in await DueService.filter(rule="fa5")} == {"open"}
