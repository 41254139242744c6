"""Every door of a cadre's work against every role and every relation to the person behind it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date, datetime
from itertools import product

import pytest

from backend.actions import (
    moves,
    people,
    registrations,
    search,
    task_answers,
    tasks,
    visits,
)
from backend.actions.moves import Place, Report
from backend.actions.visits import Way
from backend.domain.access import Actor, Held, NotAllowed, Role
from backend.domain.consent import Purpose
from backend.domain.gestation import dated_by_lmp
from backend.domain.moves import Direction
from backend.domain.tasks import NotReached, TaskKind
from backend.store.models import Household, Person, Task
from backend.store.sql import execute, in_transaction
from tests.builders import WILLOW, a_person, zhao_ming

pytestmark = pytest.mark.usefixtures("database")

HERE, NEXT, TOWN, FAR = WILLOW, "330000100002", "330000100000", "330000200000"


@dataclass(frozen=True)
class Scene:
    """One person of 柳树村 with a task, another who waits, and the moment."""

    person: Person
    waiting: Person
    task: Task
    now: datetime


async def a_scene(now: datetime, *, cadre_id: int | None) -> Scene:
    household = await Household.create(village_code=WILLOW, number="1", cadre_id=cadre_id)
    person = await a_person(
        "周桂英", phone="13800138123", topics=(Purpose.MATERNAL,), household_id=household.id
    )
    waiting = await a_person("陈静", state="waiting", household_id=household.id)
    await tasks.open_task(TaskKind.REGISTRATION, waiting.id, dedup_key="r", now=now)
    await tasks.open_task(TaskKind.MOVE, person.id, dedup_key="t", now=now)
    return Scene(person, waiting, await Task.get(person_id=person.id), now)


async def found(actor: Actor, _scene: Scene) -> None:
    if not (await search.find_people(actor, "8123")).hits:
        raise NotAllowed


async def listed(actor: Actor, scene: Scene) -> None:
    if not (await tasks.agenda(actor, now=scene.now)).total:
        raise NotAllowed


async def waits(actor: Actor, scene: Scene) -> None:
    if not await registrations.waiting_in(actor, now=scene.now):
        raise NotAllowed


REPORT = Report(direction=Direction.OUT, place=Place("上海"), moves_on=date(2026, 11, 20))
Door = Callable[[Actor, Scene], Awaitable[object]]
DOORS: dict[str, Door] = {
    "view": lambda a, s: people.fetch_for(a, s.person.id),
    "contact": lambda a, s: people.open_contact(a, s.person.id, now=s.now),
    "task": lambda a, s: tasks.find(a, s.task.id, now=s.now),
    "tasks": lambda a, s: tasks.open_tasks_of(a, s.person.id, now=s.now),
    "done": lambda a, s: task_answers.done(a, s.task.id, now=s.now),
    "declined": lambda a, s: task_answers.declined(a, s.task.id, now=s.now),
    "unreached": lambda a, s: task_answers.not_reached(
        a, s.task.id, NotReached.NO_ANSWER, now=s.now
    ),
    "visit": lambda a, s: visits.record_visit(a, s.person.id, Way.HOME, s.now.date(), now=s.now),
    "consent": lambda a, s: visits.record_consent(
        a, s.person.id, Purpose.CHILD, is_given=True, now=s.now
    ),
    "owed": lambda a, s: visits.owed_to(a, s.person.id, now=s.now),
    "fact": lambda a, s: visits.record_pregnancy(
        a, s.person.id, dating=dated_by_lmp(s.now.date().replace(day=1)), now=s.now
    ),
    "loss": lambda a, s: visits.end_pregnancy(a, s.person.id, now=s.now),
    "move": lambda a, s: moves.report_for(a, s.person.id, REPORT, now=s.now),
    "confirm": lambda a, s: registrations.confirm(a, s.waiting.id, now=s.now),
    "turn_away": lambda a, s: registrations.turn_away(a, s.waiting.id, now=s.now),
    "waiting": lambda a, s: registrations.waiting(a, s.waiting.id, now=s.now),
}
# A list is a cadre's; an officer's holds what no cadre with a chat can do.
LISTS: dict[str, Door] = {"search": found, "agenda": listed, "registrations": waits}
_OFFICERS_LISTS = ("agenda", "registrations")


class _Undo(Exception):
    """Ends a trial without keeping what it did."""


async def opens(door: Door, actor: Actor, scene: Scene) -> bool:
    """Whether a door opens, leaving everything as it was."""
    try:
        async with in_transaction():
            await door(actor, scene)
            raise _Undo
    except _Undo:
        return True
    except NotAllowed:
        return False


def is_expected(role: Role, region: str, *, is_assigned_to_another: bool) -> bool:
    """Who is to get in: officers of the township, cadres of the place unless another's grid."""
    if role is Role.OFFICER:
        return region in (HERE, TOWN)
    return role is Role.CADRE and region in (HERE, TOWN) and not is_assigned_to_another


@pytest.mark.parametrize("relation", ["assigned to nobody", "to the actor", "to another"])
async def test_each_door_opens_to_exactly_whom_it_should(now: datetime, relation: str) -> None:
    somebody = await a_person("钱芳", chat=41)
    another = await a_person("吴刚", chat=42)
    holders = {"to the actor": somebody.id, "to another": another.id}
    scene = await a_scene(now, cadre_id=holders.get(relation))
    wrong = []
    for role, region in product(Role, (HERE, NEXT, TOWN, FAR)):
        actor = Actor(somebody.id, (Held(role, region),))
        expected = is_expected(role, region, is_assigned_to_another=relation == "to another")
        for name, door in DOORS.items():
            if await opens(door, actor, scene) != expected:
                wrong.append((role, region, name))
        for name, door in LISTS.items():
            is_theirs = role is Role.CADRE or name in _OFFICERS_LISTS
            if await opens(door, actor, scene) != (expected and is_theirs):
                wrong.append((role, region, name))
    assert wrong == []


@pytest.mark.parametrize("is_her_own", [False, True], ids=["another's", "her own"])
async def test_an_officers_list_leaves_out_what_a_cadre_with_a_chat_can_do(
    now: datetime, is_her_own: bool
) -> None:
    zhao = await zhao_ming()
    scene = await a_scene(now, cadre_id=zhao.person_id)
    if is_her_own:
        await tasks.open_task(TaskKind.HELP, zhao.person_id, dedup_key="own", now=now)
    officer = Actor(77, (Held(Role.OFFICER, TOWN),))
    assert (await tasks.agenda(officer, now=now)).total == is_her_own
    assert (await tasks.summary(officer, now=now)).today == is_her_own
    assert not await registrations.waiting_in(officer, now=now)
    await execute("UPDATE account SET state = 'blocked'")
    assert (await tasks.agenda(officer, now=now)).total == 2 + is_her_own
    assert len(await registrations.waiting_in(officer, now=now)) == 1
    assert await opens(DOORS["done"], officer, scene)


async def test_whoever_is_cadre_and_officer_lists_both_and_nothing_twice(now: datetime) -> None:
    await a_scene(now, cadre_id=None)
    elsewhere = await a_person("孙梅", village_code=NEXT)
    await tasks.open_task(TaskKind.HELP, elsewhere.id, dedup_key="next", now=now)
    both = Actor(77, (Held(Role.CADRE, HERE), Held(Role.OFFICER, TOWN)))
    agenda = await tasks.agenda(both, now=now)
    assert agenda.total == len({task.task_id for task in agenda.page}) == 3
    assert {task.village for task in agenda.page} == {"柳树村", "石桥村"}


async def test_she_herself_has_no_way_through_a_cadres_doors(now: datetime) -> None:
    scene = await a_scene(now, cadre_id=None)
    herself = Actor(scene.person.id)
    open_doors = {name for name, door in DOORS.items() if await opens(door, herself, scene)}
    assert open_doors == {"view", "contact"}


async def test_the_doors_of_an_erased_person_are_shut_to_everyone(now: datetime) -> None:
    scene = await a_scene(now, cadre_id=None)
    await execute("UPDATE person SET state = 'erased'")
    actor = Actor(1, (Held(Role.CADRE, HERE), Held(Role.OFFICER, TOWN)))
    assert not [name for name, door in DOORS.items() if await opens(door, actor, scene)]
