"""The one door to a person's row."""

from datetime import datetime

import pytest

from backend.actions import people
from backend.domain.access import Act, Actor, Held, NotAllowed, Role
from backend.store.models import AuditEntry
from tests.builders import STONE_BRIDGE, TOWNSHIP, a_household, sun_li, wang_xiuying, zhao_ming

pytestmark = pytest.mark.usefixtures("database")


async def test_a_cadre_sees_her_people_masked_and_they_themselves_in_full() -> None:
    wang = await wang_xiuying()
    seen = await people.fetch_for(await zhao_ming(), wang.id)
    assert (seen.name, seen.phone, seen.village.name) == ("王**", "138****8001", "柳树村")
    own = await people.fetch_for(Actor(wang.id), wang.id)
    assert (own.name, own.phone) == ("王秀英", "13800138001")


async def test_opening_a_phone_is_noted_where_she_can_read_it(now: datetime) -> None:
    wang = await wang_xiuying()
    zhao = await zhao_ming()
    contact = await people.open_contact(zhao, wang.id, now=now)
    assert contact.phone == "13800138001"
    entry = await AuditEntry.get()
    assert (entry.action, entry.actor_id, entry.subject_id) == (
        "contact_opened",
        zhao.person_id,
        wang.id,
    )


async def test_a_household_assigned_to_another_cadre_stays_shut(now: datetime) -> None:
    zhao = await zhao_ming()
    wang = await wang_xiuying()
    assert (await people.cadre_of(wang.id)) == await people.cadre_of_village(wang.village_code)
    other = await a_household(cadre_id=zhao.person_id + 1)
    await wang.filter(id=wang.id).update(household_id=other.id)
    with pytest.raises(NotAllowed):
        await people.open_contact(zhao, wang.id, now=now)
    assert not await AuditEntry.exists()
    assert (await people.fetch_for(await sun_li(), wang.id)).person_id == wang.id


@pytest.mark.parametrize(
    "held",
    [
        (),
        (Held(Role.CADRE, STONE_BRIDGE),),
        (Held(Role.DESK, TOWNSHIP),),
        (Held(Role.AUDITOR, TOWNSHIP),),
        (Held(Role.OFFICER, "330000200000"),),
    ],
)
async def test_nobody_else_gets_in_and_cannot_tell_whether_the_row_exists(
    held: tuple[Held, ...],
) -> None:
    wang = await wang_xiuying()
    actor = Actor(wang.id + 1, held)
    for person_id in (wang.id, wang.id + 7):
        with pytest.raises(NotAllowed):
            await people.fetch_for(actor, person_id)


async def test_a_cadre_may_not_export_or_erase() -> None:
    wang = await wang_xiuying()
    zhao = await zhao_ming()
    for act in (Act.EXPORT, Act.ERASE):
        with pytest.raises(NotAllowed):
            await people.check_access(zhao, wang.id, act)


async def test_the_villages_are_listed_without_the_township() -> None:
    await wang_xiuying()
    assert [village.name for village in await people.villages()] == ["柳树村", "石桥村"]
