"""A seed's world: database, Telegram, clock and processes, and time that is not waited for."""

import asyncio
import contextvars
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime, timedelta
from itertools import count
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from tortoise.context import TortoiseContext

from backend.clock import Clock
from scripts.simulation.database import NAME, Database, client_of
from scripts.simulation.invariants import Invariants
from scripts.simulation.locks import Locks
from scripts.simulation.loop import VirtualLoop
from scripts.simulation.process import Process, Trouble
from scripts.simulation.profiles import Profile
from scripts.simulation.records import TERMINAL, TRIGGERS, TRIGGERS_OF_DUES, Records
from scripts.simulation.story import Story
from scripts.simulation.telegram import Telegram

ZONE = ZoneInfo("Asia/Shanghai")
_FIRST_DAY = datetime(2026, 1, 1, tzinfo=ZONE)
_LOOK_SECONDS, _CALM_SECONDS = 0.6, 1.2
_RESTLESS_SECONDS = 5.0
_LONGEST_SKIP = 3_600.0
_NEXT = """
    SELECT min(moment) FROM (
        SELECT due_at AS moment FROM send WHERE state = 'queued'
        UNION ALL SELECT expires_at FROM send WHERE state = 'queued'
        UNION ALL SELECT closed_until FROM gate) WHERE moment > ?
"""


class VirtualClock(Clock):
    """A machine's clock, which runs with the loop's time; `skew` seconds ahead of the world's."""

    def __init__(self, start: datetime, loop: VirtualLoop, *, skew: float = 0.0) -> None:
        super().__init__(ZONE)
        self._start = start + timedelta(seconds=skew)
        self._loop = loop

    def now(self) -> datetime:
        """Return the moment that this clock shows."""
        return (self._start + timedelta(seconds=self._loop.time())).astimezone(UTC)


class World:
    """Everything a seed is made of."""

    def __init__(
        self, seed: int, profile: Profile, *, image: bytes, tortoise: TortoiseContext
    ) -> None:
        self.chance = Random(seed)
        self.profile = profile
        self.loop = VirtualLoop(self.chance)
        self.start = _FIRST_DAY + timedelta(minutes=self.chance.randrange(365 * 24 * 60))
        self.clock = VirtualClock(self.start, self.loop)
        self.story = Story(self.start, self.loop.time)
        self.records = Records(self.start)
        self.invariants = Invariants(
            self.records,
            time=self.loop.time,
            tell=self.story.tell,
            longest_pause=profile.longest_pause,
            most_skew=2 * profile.skew,
        )
        self.database = Database(image, self.invariants.commit)
        self.database.watch([*TRIGGERS, *(TRIGGERS_OF_DUES if profile.dues else [])])
        self.telegram = Telegram(
            later=self.later,
            loop=self.loop,
            chance=self.chance,
            invariants=self.invariants,
            story=self.story,
        )
        self.trouble = Trouble(
            profile.crash, profile.pause, profile.longest_pause, profile.database
        )
        self.locks = Locks(later=self.later, loop=self.loop, chance=self.chance)
        self.processes: list[Process] = []
        self._living: list[Process] = []
        self.under_way: set[asyncio.Task[Any]] = set()
        self._tortoise = tortoise
        self._ids = count(1)
        self._appointments: list[float] = []
        self._outside = contextvars.copy_context()

    @property
    def faults(self) -> int:
        """Return how many faults there were so far."""
        return (
            self.telegram.faults
            + self.locks.faults
            + sum(process.faults for process in self.processes)
        )

    def new_id(self) -> int:
        """Return a new row's id."""
        return next(self._ids)

    def a_clock(self) -> VirtualClock:
        """Return a clock that is as far before or behind the world's as this seed's may be."""
        skew = self.profile.skew * self.chance.uniform(-1.0, 1.0)
        return VirtualClock(self.start, self.loop, skew=skew)

    def new_process(self, name: str) -> Process:
        """Start a process, which has its own connection and nothing else."""
        process = Process(
            name,
            later=self.later,
            loop=self.loop,
            chance=self.chance,
            trouble=self.trouble,
            is_restless=self.is_restless,
            tell=self.story.tell,
            on_pause=self.locks.pause,
        )
        client = client_of(self.database, process)
        process.context.run(self._tortoise.connections.set, NAME, client)
        self.processes.append(process)
        self._living.append(process)
        return process

    def later(self, seconds: float, act: Callable[[], object]) -> None:
        """Have something happen outside of all processes after some time."""
        self._appointments.append(self.loop.time() + seconds)
        self.loop.call_later(seconds, act, context=self._outside)

    def spawn(self, work: Coroutine[Any, Any, Any]) -> None:
        """Run something outside of all processes."""
        task = self.loop.create_task(work, context=self._outside.copy())
        self.under_way.add(task)
        task.add_done_callback(self.under_way.discard)

    async def until(self, moment: float, is_over: Callable[[], bool] = lambda: False) -> None:
        """Let time pass up to a moment or an end; where nothing happens, it passes at once."""
        while self.loop.time() < moment and not is_over():
            await asyncio.sleep(min(_LOOK_SECONDS, moment - self.loop.time()))
            if self._is_calm():
                self.loop.skip(min(moment, self._next_moment()) - self.loop.time())

    def is_restless(self) -> bool:
        """Whether anything happened lately; processes die and pause only then."""
        return self.invariants.activity_at > self.loop.time() - _RESTLESS_SECONDS

    def is_over(self) -> bool:
        """Whether everything that was begun has ended."""
        rows = self.records.rows.values()
        is_told = not self.records.owed(self.records.day(self.loop.time()))
        return not self.under_way and is_told and all(row.state in TERMINAL for row in rows)

    def close(self) -> None:
        """End every process where it stands, without a word."""
        for process in self.processes:
            process.is_dead = True
            self.loop.bury(process)
        self.loop.close()
        self.database.raw.close()

    def _is_calm(self) -> bool:
        if self.invariants.activity_at >= self.loop.time() - _CALM_SECONDS:
            return False
        self._living = [process for process in self._living if not process.is_dead]
        return not any(process.calls for process in self._living if not process.is_asleep)

    def _next_moment(self) -> float:
        """Return when something may happen that is known by now."""
        now = self.loop.time()
        self._appointments = [at for at in self._appointments if at > now]
        local = self.clock.now().isoformat(" ")
        stored = self.database.raw.execute(_NEXT, (local,)).fetchone()[0]
        moments = [now + _LONGEST_SKIP, *self._appointments]
        if stored:
            moments.append(self.records.seconds(stored))
        return min(moments)
