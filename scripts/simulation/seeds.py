"""Running one seed from its first event until everything has ended, and what came of it."""

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from random import Random

import structlog
from tortoise.context import TortoiseContext

from backend.store import liveness
from scripts.simulation.database import connected, empty_image
from scripts.simulation.fleet import Fleet
from scripts.simulation.invariants import Violation
from scripts.simulation.life import Life
from scripts.simulation.population import populate
from scripts.simulation.profiles import MIXED, profile_for
from scripts.simulation.story import Story
from scripts.simulation.world import World

_LONGEST_END = 5 * 86_400.0
_SECONDS_AN_HOUR = 3_600.0


@dataclass(frozen=True)
class Result:
    """What came of a seed; `repeatable` counts reminders and alerts that were called about."""

    seed: int
    faults: int
    virtual_hours: float
    violations: tuple[Violation, ...]
    story: Story
    messages: int
    duplicates: int
    repeatable: int
    unknown: int


class Simulator:
    """Runs seeds; use `simulator()` to get one."""

    def __init__(self, image: bytes, tortoise: TortoiseContext) -> None:
        self._image = image
        self._tortoise = tortoise

    def run(self, seed: int, profile: str = MIXED) -> Result:
        """Run a seed; the same seed of the same profile is the same story, step by step."""
        world = World(
            seed,
            profile_for(profile, Random(f"{profile}:{seed}")),
            image=self._image,
            tortoise=self._tortoise,
        )
        try:
            with _in_place_of_the_machine(world):
                world.loop.run_until_complete(_live(world))
        finally:
            world.close()
        return _result(seed, world)


@contextmanager
def simulator(image: bytes | None = None) -> Iterator[Simulator]:
    """Give a simulator; the engine's own log is silent meanwhile, as its failures are wanted."""
    image = image or empty_image()
    with _quiet(), connected() as tortoise:
        yield Simulator(image, tortoise)


async def _live(world: World) -> None:
    fleet = Fleet(world)
    people = populate(world)
    life = Life(world, fleet, people)
    fleet.start()
    for _ in range(world.chance.randint(*world.profile.episodes)):
        life.begin_episode()
        gap = 60 + world.profile.longest_gap * world.chance.random()
        await world.until(world.loop.time() + gap)
    life.end_trouble()
    await world.until(world.loop.time() + _LONGEST_END, world.is_over)
    world.invariants.check_end()


@contextmanager
def _in_place_of_the_machine(world: World) -> Iterator[None]:
    """Put the world's liveness locks where the machine's are used."""
    stand_ins = {
        liveness.take: world.locks.take,
        liveness.hold: world.locks.hold,
        liveness.is_free: world.locks.is_free,
    }
    replaced = [
        (module, key, value)
        for name, module in list(sys.modules.items())
        if name.startswith("backend.")
        for key, value in list(vars(module).items())
        if callable(value) and value in stand_ins
    ]
    for module, key, value in replaced:
        setattr(module, key, stand_ins[value])
    try:
        yield
    finally:
        for module, key, value in replaced:
            setattr(module, key, value)


@contextmanager
def _quiet() -> Iterator[None]:
    kept, level = structlog.get_config(), logging.root.manager.disable
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL),
        cache_logger_on_first_use=False,
    )
    logging.disable(logging.CRITICAL)
    try:
        yield
    finally:
        logging.disable(level)
        structlog.configure(**kept)


def _result(seed: int, world: World) -> Result:
    rows = world.records.rows.values()
    repeatable = [row for row in rows if row.kind in ("reminder", "alert") and row.call]
    return Result(
        seed=seed,
        faults=world.faults,
        virtual_hours=world.loop.time() / _SECONDS_AN_HOUR,
        violations=tuple(world.invariants.violations),
        story=world.story,
        messages=sum(bool(row.copies) for row in rows),
        duplicates=sum(max(0, len(row.copies) - 1) for row in rows),
        repeatable=len(repeatable),
        unknown=sum(row.state == "unknown" for row in repeatable),
    )
