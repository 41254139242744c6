"""Finding people of a grid: by name, pinyin and phone, and nobody beyond it."""

from datetime import date

import pytest

from backend.actions.search import find_people
from backend.domain.access import Actor, Held, Role
from backend.store.models import Household
from tests.builders import STONE_BRIDGE, TOWNSHIP, WILLOW, a_person, zhao_ming

pytestmark = pytest.mark.usefixtures("database")


async def found(actor: Actor, words: str) -> list[str | None]:
    """The households of those who are found, in order, by which the test tells people apart."""
    return [hit.household for hit in (await find_people(actor, words)).hits]


async def the_grid() -> Actor:
    """赵明's grid: four people in numbered households, one of them assigned to somebody else."""
    zhao = await zhao_ming()
    people = (
        ("1", "单丽萍", "13800138111", None),
        ("2", "吕小翠", "13800138222", None),
        ("3", "单小萍", None, None),
        ("4", "单丽萍", "13800138111", 12345),
    )
    for number, name, phone, cadre_id in people:
        home = await Household.create(village_code=WILLOW, number=number, cadre_id=cadre_id)
        await a_person(name, phone=phone, household_id=home.id)
    await a_person("单丽萍", phone="13800138111", village_code=STONE_BRIDGE)
    return zhao


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("单丽萍", ["1"]),
        ("丽 萍", ["1"]),
        ("单", ["1", "3"]),
        ("shanliping", ["1"]),
        ("danliping", ["1"]),
        ("slp", ["1"]),
        ("xp", ["3"]),
        ("lvxiaocui", ["2"]),
        ("luxiaocui", ["2"]),
        ("lyuxc", ["2"]),
        ("8111", ["1"]),
        ("138-0013-8222", ["2"]),
        ("13800138999", []),
        ("138", []),
        ("81110", []),
        ("李", []),
        ("%", []),
        ("", []),
    ],
)
async def test_people_are_found_as_they_are_looked_for(words: str, expected: list[str]) -> None:
    assert await found(await the_grid(), words) == expected


async def test_what_is_found_is_masked() -> None:
    home = await Household.create(village_code=WILLOW, number="7")
    zhao = await zhao_ming()
    await a_person("欧阳娜", phone="13800138333", household_id=home.id, birth_date=date(1990, 1, 2))
    (hit,) = (await find_people(zhao, "ouyangna")).hits
    assert (hit.name, hit.phone, hit.birth_year) == ("欧**", "138****8333", 1990)


async def test_the_best_come_first_and_more_are_announced() -> None:
    zhao = await zhao_ming()
    for number in range(8):
        home = await Household.create(village_code=WILLOW, number=f"{number:02}")
        await a_person("陈王英", household_id=home.id)
    home = await Household.create(village_code=WILLOW, number="99")
    await a_person("王英", household_id=home.id)
    result = await find_people(zhao, "wangying")
    assert [hit.household for hit in result.hits][:2] == ["99", "00"]
    assert (len(result.hits), result.has_more) == (8, True)


async def test_only_a_cadres_roles_open_a_grid() -> None:
    zhao = await the_grid()
    for held in (Held(Role.OFFICER, TOWNSHIP), Held(Role.DESK, WILLOW), Held(Role.AUDITOR, WILLOW)):
        assert await found(Actor(zhao.person_id, (held,)), "单丽萍") == []
    everyone = Actor(zhao.person_id, (Held(Role.CADRE, TOWNSHIP),))
    assert len(await found(everyone, "单丽萍")) == 2
