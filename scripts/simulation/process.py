"""A simulated process: it may die or pause at every step, and forgets everything when it dies."""

import asyncio
import contextvars
from collections.abc import Callable, Coroutine
from contextvars import Context
from dataclasses import dataclass
from random import Random
from typing import Any

from scripts.simulation.loop import RUNNER, Dead, VirtualLoop


@dataclass
class Trouble:
    """How likely each step goes wrong just now, and how long a pause may be in seconds."""

    crash: float = 0.0
    pause: float = 0.0
    longest_pause: float = 60.0
    database: float = 0.0
    delay: float = 0.15


class Process:
    """One process, from its start to its end; `tell` writes the story of it."""

    def __init__(
        self,
        name: str,
        *,
        later: Callable[[float, Callable[[], object]], None],
        loop: VirtualLoop,
        chance: Random,
        trouble: Trouble,
        is_restless: Callable[[], bool],
        tell: Callable[..., None],
        on_pause: "Callable[[Process, float], None]",
    ) -> None:
        self.name = name
        self.is_dead = False
        self.is_asleep = False
        self.postponed: list[asyncio.Handle] = []
        self.tasks: list[Any] = []
        self.generators: list[tuple[Any, Context]] = []
        self.on_death: list[Callable[[], None]] = []
        self.faults = 0
        self.calls = 0
        self._later = later
        self._loop = loop
        self._chance = chance
        self._trouble = trouble
        self._is_restless = is_restless
        self._tell = tell
        self._on_pause = on_pause
        self._outside = contextvars.copy_context()
        self.context = self._outside.copy()
        self.context.run(RUNNER.set, self)

    def start(self, work: Coroutine[Any, Any, Any]) -> "asyncio.Task[Any]":
        """Run something in this process."""
        return self._loop.create_task(work, context=self.context.copy())

    async def step(self, when: str, what: str, *, most: float | None = None) -> None:
        """Stand at a step: die, pause (at most `most` seconds), be slow, or go on."""
        if self.is_dead:
            raise Dead
        trouble, roll = self._trouble, self._chance.random()
        if roll > 1 - trouble.delay:
            await asyncio.sleep(self._chance.choice((0.0, 0.0, 0.001, 0.02)))
        elif roll >= trouble.crash + trouble.pause or not self._is_restless():
            return
        elif roll < trouble.crash:
            self.die(f"{when} {_short(what)}")
            await self._loop.create_future()
        else:
            longest = min(trouble.longest_pause, most or trouble.longest_pause)
            await self._pause(f"{when} {_short(what)}", longest)

    def loses(self, when: str, what: str) -> bool:
        """Whether the database is lost at this step."""
        is_lost = self._chance.random() < self._trouble.database and self._is_restless()
        if is_lost:
            self.faults += 1
            self._tell(self.name, None, f"loses the database {when} {_short(what)}")
        return is_lost

    def die(self, where: str) -> None:
        """Die at once: memory is gone, a transaction is undone, locks are free."""
        self.faults += 1
        self._tell(self.name, None, f"dies {where}")
        self.end()

    def end(self) -> None:
        """Be gone, however it came; what is closed on the way may ask for it once more."""
        if self.is_dead:
            return
        self.is_dead = True
        for undo in self.on_death:
            undo()
        self._loop.call_soon(self._loop.bury, self, context=self._outside)

    async def _pause(self, where: str, longest: float) -> None:
        seconds = longest * self._chance.random() ** 2
        self.faults += 1
        self._tell(self.name, None, f"is paused for {seconds:.1f} s {where}")
        self.is_asleep = True
        self._on_pause(self, seconds)
        self._later(seconds, self._wake)
        await asyncio.sleep(0)

    def _wake(self) -> None:
        if not self.is_dead:
            self._tell(self.name, None, "goes on")
            self._loop.wake(self)


def _short(what: str) -> str:
    return " ".join(what.split())[:60]
