"""The processes of a seed: senders that send and tick, one that takes what people do."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

from backend.actions import recovery
from backend.actions.pace import Pace
from backend.actions.sending import Sender
from backend.actions.turn_taking import in_turn
from backend.jobs import JOBS, Job, run_job
from backend.store import liveness
from backend.store.liveness import SENDER_LOCK
from scripts.simulation.loop import Dead
from scripts.simulation.process import Process
from scripts.simulation.world import VirtualClock, World

URL = "sqlite://:memory:"
_TICKS = frozenset({"recover", "expire", "broadcasts"})
_TICKS_OF_DUES = _TICKS | {"queue_due"}
_SLOWEST_START, _SLOWEST_RESTART = 5.0, 60.0
_WAIT_AFTER_FAILURE = 1.0
# As long as a new sender waits for one that may have lost its lock and not noticed yet.
_GRACE = 4.0

Act = Callable[[], Coroutine[Any, Any, Any]]


class Fleet:
    """Starts every process, and starts it again when it has died or was ended."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._desk: Process | None = None
        self._number = 0
        self._stops: list[asyncio.Event] = []

    def start(self) -> None:
        """Start the senders, each a little after the others."""
        chance = self._world.chance
        for number in range(1, self._world.profile.processes(chance) + 1):
            self._world.later(_SLOWEST_START * chance.random(), partial(self._start, number))

    def deploy(self) -> None:
        """End a sender as an operator does: it finishes what it is at, and is started anew."""
        if self._stops:
            self._world.story.tell("operator", None, "ends a sender in good order")
            self._world.chance.choice(self._stops).set()

    async def act(self, act: Act) -> None:
        """Have the bot's process do something until it has done it, as updates come again."""
        while True:
            if await self._done(act):
                return
            await asyncio.sleep(_WAIT_AFTER_FAILURE)

    async def _done(self, act: Act) -> bool:
        world = self._world
        if self._desk is None or self._desk.is_dead:
            self._number += 1
            self._desk = world.new_process(f"bot {self._number}")
        over = asyncio.Event()
        task = self._desk.start(act())
        task.add_done_callback(lambda _done: over.set())
        self._desk.on_death.append(over.set)
        await over.wait()
        return task.done() and not task.cancelled() and task.exception() is None

    def _start(self, number: int, life: int = 1) -> None:
        world = self._world
        process = world.new_process(f"sender {number}.{life}")
        world.story.tell(process.name, None, "starts")
        process.on_death.append(lambda: self._restart(number, life))
        process.start(self._serve(process))

    def _restart(self, number: int, life: int) -> None:
        wait = 1 + _SLOWEST_RESTART * self._world.chance.random()
        self._world.later(wait, partial(self._start, number, life + 1))

    async def _serve(self, process: Process) -> None:
        """Run what `serve --only jobs` runs, until it is told to stop or cannot even start."""
        stop = asyncio.Event()
        self._stops.append(stop)
        process.on_death.append(lambda: self._stops.remove(stop))
        try:
            await self._run(process, stop)
        except Exception as error:
            if process.is_dead:
                raise Dead from error
            self._world.story.tell(process.name, None, f"fails: {type(error).__name__}")
        process.end()

    async def _run(self, process: Process, stop: asyncio.Event) -> None:
        """Hold the owner's lock, and send and tick whenever it is this process's turn."""
        world, clock = self._world, self._world.a_clock()
        sender = Sender(
            owner_id=world.new_id(),
            clock=clock,
            send=partial(world.telegram.send, process),
            pace=Pace(world.chance.choice((30.0, 1_000.0))),
        )
        world.story.tell(process.name, None, f"is owner {sender.owner_id}")

        async def send(ended: asyncio.Event) -> None:
            if await recovery.has_other_owners(sender.owner_id):
                await asyncio.sleep(_GRACE)
            await recovery.register_owner(sender.owner_id, now=clock.now())
            async with self._ticking(clock):
                await sender.run(ended, is_over=stop.is_set)
            await recovery.forget_owner(sender.owner_id)

        async with liveness.hold(sender.owner_id, URL):
            await in_turn(SENDER_LOCK, URL, send, stop=stop, stand_by=sender.stand_by)

    @asynccontextmanager
    async def _ticking(self, clock: VirtualClock) -> AsyncIterator[None]:
        """Have the jobs come beside the block; those under way at its end are let finish."""
        jobs: dict[str, asyncio.Task[None]] = {}

        async def tick(job: Job) -> None:
            every = job.every.total_seconds()
            await asyncio.sleep(every * self._world.chance.random())
            while True:
                jobs[job.name] = asyncio.create_task(run_job(job, clock, URL))
                await asyncio.shield(jobs[job.name])
                await asyncio.sleep(every)

        names = _TICKS_OF_DUES if self._world.profile.dues else _TICKS
        ticks = [asyncio.create_task(tick(job)) for job in JOBS if job.name in names]
        yield
        for one in ticks:
            one.cancel()
        await asyncio.gather(*ticks, *jobs.values(), return_exceptions=True)
