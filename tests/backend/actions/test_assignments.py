"""Giving households to cadres: only an officer does, and each cadre then sees her own grid."""

from datetime import datetime

import pytest

from backend.actions import assignments, people, tasks
from backend.domain.access import Actor, Held, NotAllowed, Role
from backend.domain.tasks import TaskKind
from backend.store.models import AuditEntry, Household, Person, RoleGrant
from tests.builders import LONG_AGO, STONE_BRIDGE, TOWNSHIP, WILLOW, a_household, a_person, sun_li

pytestmark = pytest.mark.usefixtures("database")


async def a_cadre(name: str, village_code: str = WILLOW) -> Actor:
    """A cadre of a village."""
    person = await a_person(name, village_code=village_code)
    await RoleGrant.create(
        person_id=person.id, role="cadre", region_code=village_code, granted_at=LONG_AGO
    )
    return Actor(person.id, (Held(Role.CADRE, village_code),))


async def somebody_of(household: Household, now: datetime) -> Person:
    """Somebody of a household with a task about her."""
    person = await a_person("周桂英", household_id=household.id)
    await tasks.open_task(TaskKind.MOVE, person.id, dedup_key=f"t{person.id}", now=now)
    return person


async def sees(cadre: Actor, person: Person, now: datetime) -> bool:
    """Whether a cadre sees a person, and alike the task about her."""
    try:
        await people.fetch_for(cadre, person.id)
    except NotAllowed:
        assert not (await tasks.agenda(cadre, now=now)).total
        return False
    assert (await tasks.agenda(cadre, now=now)).total
    return True


async def test_households_and_their_tasks_go_to_one_cadre_and_back_to_all(now: datetime) -> None:
    officer, first, second = await sun_li(), await a_cadre("钱芳"), await a_cadre("吴刚")
    person = await somebody_of(await a_household(number="0001"), now)
    assert (await sees(first, person, now), await sees(second, person, now)) == (True, True)
    given = await assignments.assign(officer, WILLOW, ["0001"], first.person_id, now=now)
    assert given == 1
    assert (await sees(first, person, now), await sees(second, person, now)) == (True, False)
    grids = await assignments.grids_of(officer, WILLOW)
    held = {one.name: one.households for one in grids.held}
    assert (held, grids.unassigned) == ({"钱芳": 1, "吴刚": 0}, 0)
    await assignments.assign(officer, WILLOW, ["0001"], None, now=now)
    assert await sees(second, person, now)
    assert await AuditEntry.filter(action="grid_changed").count() == 2


async def test_the_rest_is_what_is_nobodys_yet(now: datetime) -> None:
    officer, first, second = await sun_li(), await a_cadre("钱芳"), await a_cadre("吴刚")
    for number in ("1", "2", "3"):
        await a_household(number=number)
    await assignments.assign(officer, WILLOW, ["2"], first.person_id, now=now)
    assert await assignments.assign_rest(officer, WILLOW, second.person_id, now=now) == 2
    held = await Household.filter(cadre_id=first.person_id)
    assert [one.number for one in held] == ["2"]


async def test_only_an_officer_gives_and_only_to_a_cadre_of_the_village(now: datetime) -> None:
    officer, cadre = await sun_li(), await a_cadre("钱芳")
    elsewhere = await a_cadre("吴刚", STONE_BRIDGE)
    stranger = Actor(officer.person_id, (Held(Role.OFFICER, "330000200000"),))
    await a_household(number="1")
    for actor in (cadre, stranger, Actor(officer.person_id)):
        with pytest.raises(NotAllowed):
            await assignments.assign(actor, WILLOW, ["1"], cadre.person_id, now=now)
        with pytest.raises(NotAllowed):
            await assignments.grids_of(actor, WILLOW)
        with pytest.raises(NotAllowed):
            await assignments.numbers_in(actor, WILLOW)
    for nobody in (elsewhere.person_id, officer.person_id):
        with pytest.raises(NotAllowed):
            await assignments.assign(officer, WILLOW, ["1"], nobody, now=now)
    assert (await Household.get(number="1")).cadre_id is None
    assert officer.held[0].region_code == TOWNSHIP
