"""Registering oneself, and the cadre who looks."""

from datetime import datetime

import pytest

from backend.actions import accounts, consents, registrations
from backend.actions.registrations import Registrant
from backend.domain.access import Actor, NotAllowed, Underage
from backend.domain.consent import Purpose
from backend.domain.errors import AlreadyRegistered, WrongValue
from backend.store.models import Account, DueService, Person, Send, Task
from tests.builders import (
    STONE_BRIDGE,
    WILLOW,
    a_person,
    a_township,
    an_account,
    wang_xiuying,
    zhao_ming,
)

pytestmark = pytest.mark.usefixtures("database")

CHAT = 5
CHEN_JING = Registrant(WILLOW, "陈静", "138 0013 8007", 1994)


async def chen_jing_registers(now: datetime, registrant: Registrant = CHEN_JING) -> int:
    await a_township()
    await an_account(CHAT)
    done = await registrations.register_self(CHAT, registrant, locale="zh_CN", now=now)
    return done.person_id


async def test_registrations_are_numbered_in_order(now: datetime) -> None:
    await a_township()
    numbers = []
    for chat in (5, 6):
        await an_account(chat)
        done = await registrations.register_self(chat, CHEN_JING, locale="zh_CN", now=now)
        numbers.append(done.number)
    assert numbers == ["R-0001", "R-0002"]


async def test_who_registers_waits_and_her_cadre_has_a_task(now: datetime) -> None:
    person_id = await chen_jing_registers(now)
    visitor = await accounts.meet(CHAT, "zh_CN", now=now)
    assert (visitor.person_id, visitor.person_state) == (person_id, "waiting")
    task = await Task.get()
    assert (task.kind, task.village_code, task.state) == ("registration", WILLOW, "open")


async def test_a_cadre_confirms_and_she_is_told(now: datetime) -> None:
    person_id = await chen_jing_registers(now)
    zhao = await zhao_ming()
    assert await registrations.confirm(zhao, person_id, now=now) == person_id
    assert (await Person.get(id=person_id)).state == "confirmed"
    assert (await Task.get()).state == "done"
    assert (await Send.get()).template == "registration_confirmed"


async def test_only_a_cadre_of_her_village_may_confirm(now: datetime) -> None:
    person_id = await chen_jing_registers(now)
    for actor in (await zhao_ming(village_code=STONE_BRIDGE), Actor(person_id)):
        with pytest.raises(NotAllowed):
            await registrations.confirm(actor, person_id, now=now)
    assert (await Person.get(id=person_id)).state == "waiting"


async def test_a_woman_of_the_roster_becomes_her_roster_row(now: datetime) -> None:
    known = await a_person("陈静", phone="13800138007", birth_date=None)
    person_id = await chen_jing_registers(now)
    assert (await Person.get(id=person_id)).claim_of_id == known.id
    await consents.give(person_id, [Purpose.SERVICE, Purpose.FOLIC_ACID], now=now)
    zhao = await zhao_ming()
    assert await registrations.confirm(zhao, person_id, now=now) == known.id
    assert not await Person.exists(id=person_id)
    await known.refresh_from_db()
    assert (known.state, known.birth_year, known.registration_number) == ("confirmed", 1994, 1)
    assert (known.name, known.phone) == ("陈静", "13800138007")
    assert (await Account.get(tg_id=CHAT)).person_id == known.id
    assert await consents.in_force_for(known.id) == {"service", "folic_acid"}
    assert {row.person_id for row in await DueService.all()} == {known.id}


@pytest.mark.parametrize(
    "registrant",
    [
        Registrant(WILLOW, "陈静", None, 1994),
        Registrant(WILLOW, "陈晶", "13800138007", 1994),
        Registrant(WILLOW, "陈静", "13800138008", 1994),
    ],
    ids=["no phone", "another name", "another phone"],
)
async def test_without_the_same_name_and_phone_no_roster_row_is_claimed(
    now: datetime, registrant: Registrant
) -> None:
    await a_person("陈静", phone="13800138007")
    person_id = await chen_jing_registers(now, registrant)
    assert (await Person.get(id=person_id)).claim_of_id is None


async def test_a_row_that_has_a_chat_is_never_claimed(now: datetime) -> None:
    await a_person("陈静", phone="13800138007", chat=8)
    person_id = await chen_jing_registers(now)
    assert (await Person.get(id=person_id)).claim_of_id is None


async def test_who_is_turned_away_may_choose_another_village(now: datetime) -> None:
    person_id = await chen_jing_registers(now)
    await registrations.turn_away(await zhao_ming(), person_id, now=now)
    assert (await Send.get()).template == "registration_refused"
    await registrations.move_registration(person_id, STONE_BRIDGE, now=now)
    tasks = {task.village_code: task.state for task in await Task.all()}
    assert tasks == {WILLOW: "declined", STONE_BRIDGE: "open"}


@pytest.mark.parametrize(
    ("registrant", "error"),
    [
        (Registrant(WILLOW, "陈静", None, 2009), Underage),
        (Registrant("330000100009", "陈静"), WrongValue),
        (Registrant(WILLOW, "12"), WrongValue),
        (Registrant(WILLOW, "陈静", "12345"), WrongValue),
    ],
    ids=["under 18", "unknown village", "no name", "no phone number"],
)
async def test_what_cannot_be_is_refused_and_leaves_nothing(
    now: datetime, registrant: Registrant, error: type[Exception]
) -> None:
    with pytest.raises(error):
        await chen_jing_registers(now, registrant)
    assert not await Person.exists()
    assert not await Task.exists()


async def test_a_chat_registers_once(now: datetime) -> None:
    await wang_xiuying(chat=6)
    with pytest.raises(AlreadyRegistered):
        await registrations.register_self(6, CHEN_JING, locale="zh_CN", now=now)
    assert await Person.all().count() == 1
