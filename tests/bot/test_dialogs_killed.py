"""Every dialog, with the bot's process killed at every step: nobody notices.

Each walk is a transcript of `tests.bot.conversations`. It is walked twice: with a bot that lives,
and with one that is gone after every step, a process of its own that is killed with SIGKILL when
the next update comes, or before what it shows is shown, or before it is told that it was, or at
any moment of its turn. What people see must be the same, but for what they see once more.
"""

import inspect
import pkgutil
import shutil
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from random import Random

import pytest

from backend.clock import FrozenClock
from backend.store.sql import execute
from bot.app import CONVERSATIONS
from tests.bot import conversations
from tests.bot.conftest import Town, a_town
from tests.bot.conversations.tongues import Tongue
from tests.bot.histories import Difference, Histories, repeats
from tests.bot.killed_town import PatientTown, Place, a_killed_town
from tests.bot.killer import Killer, Moment
from tests.bot.spawned import Spawner, a_spawner
from tests.conftest import MONDAY_MORNING, SHANGHAI, empty_database

Walk = Callable[..., Awaitable[None]]
STEPS = {(one.name, step.name) for one in CONVERSATIONS for step in one.steps}
# One for each kind of people; all others are walked on demand.
SHORT = (
    ("test_resident_in_both_languages:test_a_birth_is_told_step_by_step", "sqlite"),
    ("test_cadre_in_both_languages:test_a_task_is_put_off_taken_back_and_closed", "postgres"),
    ("test_office_in_both_languages:test_an_invite_is_made_listed_and_taken_back", "sqlite"),
)


def found_walks() -> Iterator[tuple[str, Walk]]:
    """Every transcript that needs nothing but a town, and perhaps the words of a language."""
    for module in pkgutil.iter_modules(conversations.__path__):
        found = vars(import_module(f"{conversations.__name__}.{module.name}"))
        for name, walk in found.items():
            if name.startswith("test_") and not hasattr(walk, "pytestmark"):
                yield f"{module.name}:{name}", walk


WALKS = dict(found_walks())
# A notice's progress goes on by itself: shown once more, it has new figures.
RESTLESS = "test_office_in_both_languages:test_what_failed_is_sent_again_and_names_are_opened"
IN_BOTH_LANGUAGES = [
    name
    for name, walk in WALKS.items()
    if "w" in inspect.signature(walk).parameters and name != RESTLESS
]
# What only these come past.
FURTHER = (
    "test_services:test_who_has_left_is_first_asked_to_take_part_again",
    "test_broadcast_progress:test_names_are_masked_until_opened_and_each_can_read_who_did",
)


@dataclass
class Walked:
    """What was seen on a walk, and where every dialog stands at its end."""

    histories: Histories
    stands: Sequence[object]


@pytest.fixture(scope="module")
def spawner(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Spawner]:
    """Who starts the bot's process; no turn in it may have failed."""
    log = tmp_path_factory.mktemp("said") / "bot.log"
    with log.open("wb") as said, a_spawner(said) as opened:
        yield opened
    assert '"level": "error"' not in log.read_text("utf-8")


@pytest.fixture
def places(
    spawner: Spawner, migrated_file: Path, tmp_path: Path, request: pytest.FixtureRequest
) -> Callable[[str], Place]:
    """Give a place for a walk on a kind of database; it is empty each time."""

    def place(kind: str) -> Place:
        if kind == "postgres":
            folder: Path = request.getfixturevalue("postgres_folder")
            return Place((folder / "address").read_text(), folder / "keys", tmp_path, spawner)
        for left in tmp_path.glob("town.db*"):
            left.unlink()
        file = shutil.copy(migrated_file, tmp_path / "town.db")
        return Place(f"sqlite://{file}", tmp_path / "keys", tmp_path, spawner)

    return place


async def walked(walk: Walk, town: Town, locale: str) -> Walked:
    """Walk to the end, and wait until nothing more comes."""
    histories = Histories(town.sandbox)
    wants_words = "w" in inspect.signature(walk).parameters
    await walk(town, *([Tongue(locale)] if wants_words else []))
    await town.settle()
    stands = await execute("SELECT chat_id, name, step FROM dialog ORDER BY chat_id")
    return Walked(histories, stands)


async def undisturbed(walk: Walk, place: Place, locale: str) -> Walked:
    """Walk with a bot that lives on."""
    clock = FrozenClock(SHANGHAI, at=MONDAY_MORNING)
    async with empty_database(place.url, place.keys), a_town(clock, place.url) as town:
        patient = PatientTown(town.service, town.sandbox, town.clock)
        return await walked(walk, patient, locale)


async def killed(walk: Walk, place: Place, locale: str, killer: Killer) -> Walked:
    """Walk with a bot that is killed at every step."""
    async with empty_database(place.url, place.keys), a_killed_town(place, killer) as town:
        return await walked(walk, town, locale)


def compare(found: Walked, expected: Walked, deaths: int) -> None:
    """Hold the walk with kills against the one without."""
    seen, should = found.histories, expected.histories
    assert seen.strands.keys() == should.strands.keys()
    again = sum(repeats(seen.strands[one], should.strands[one]) for one in should.strands)
    assert again <= deaths
    assert seen.kept() == should.kept()
    assert seen.below() == should.below()
    assert found.stands == expected.stands


async def check(
    name: str, places: Callable[[str], Place], kind: str, locale: str
) -> set[tuple[str, str]]:
    """Walk twice and compare; answers the steps at which the process was killed."""
    expected = await undisturbed(WALKS[name], places(kind), locale)
    killer = Killer(tuple(Moment), Random(f"{name} {kind}"))
    found = await killed(WALKS[name], places(kind), locale, killer)
    compare(found, expected, killer.deaths.total())
    assert killer.deaths.total() >= killer.steps
    print(f"{name}, {kind}: {killer.steps} steps, {killer.deaths.total()} kills")
    return killer.visited


@pytest.mark.parametrize(("name", "kind"), SHORT)
async def test_killed_at_every_step_it_goes_on_from_there(
    name: str, kind: str, places: Callable[[str], Place]
) -> None:
    await check(name, places, kind, "zh_CN")


@pytest.mark.long
@pytest.mark.parametrize(("kind", "locale"), [("sqlite", "zh_CN"), ("postgres", "en")])
async def test_killed_at_every_step_of_every_dialog_it_goes_on_from_there(
    kind: str, locale: str, places: Callable[[str], Place]
) -> None:
    visited: set[tuple[str, str]] = set()
    failed: dict[str, BaseException] = {}
    for name in (*IN_BOTH_LANGUAGES, *FURTHER):
        try:
            visited |= await check(name, places, kind, locale)
        except (AssertionError, Difference, TimeoutError) as error:
            failed[name] = error
            print(f"{name}: {error}")
    assert not failed
    assert STEPS - visited == set(), "it was killed at every step of every dialog"
