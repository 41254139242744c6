"""Liveness locks as the simulated processes hold them, in place of files and database sessions."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from random import Random

from backend.store.liveness import SENDER_LOCK
from scripts.simulation.loop import RUNNER, Runner, VirtualLoop

_ONE_SENDER_SHARE = 0.5
_SESSIONS_SHARE = 0.5
# After so long a server gives up a session that does not answer, as its machine stands still.
_KEPT_ALIVE = 6.0
# How soon a process notices that a lock's session has ended, and how long the new one may take.
_SLOWEST_NOTICE = 3.0
_SLOWEST_RETURN = 20.0
_SENDERS_SHARE = 0.5


@dataclass
class _Held:
    """Who holds a lock; `away_until` is when an owner whose session has ended has it again."""

    runner: Runner
    lost: asyncio.Event = field(default_factory=asyncio.Event)
    away_until: float = 0.0


class Locks:
    """A lock is held by a process as long as that lives, awake or not, unless its session ends.

    In half of the seeds they are those of a database server, whose sessions end with a long pause.
    In half of them one process sends and the others stand by, as the service runs; the engine must
    be right all the same where several send.
    """

    def __init__(
        self,
        *,
        later: Callable[[float, Callable[[], object]], None],
        loop: VirtualLoop,
        chance: Random,
    ) -> None:
        self.faults = 0
        self._has_one_sender = chance.random() < _ONE_SENDER_SHARE
        self._are_sessions = chance.random() < _SESSIONS_SHARE
        self._later = later
        self._loop = loop
        self._chance = chance
        self._holders: dict[int, _Held] = {}

    @asynccontextmanager
    async def take(self, lock_id: int, _url: str) -> AsyncIterator[asyncio.Event | None]:
        """Take a lock if it is free; as `backend.store.liveness.take`."""
        if lock_id == SENDER_LOCK and not self._has_one_sender:
            yield asyncio.Event()
            return
        runner = RUNNER.get()
        assert runner is not None, "only a process takes a lock"
        if not await self.is_free(lock_id, _url):
            yield None
            return
        held = self._holders[lock_id] = _Held(runner)
        try:
            yield held.lost
        finally:
            if self._holders.get(lock_id) is held:
                del self._holders[lock_id]

    @asynccontextmanager
    async def hold(self, owner_id: int, url: str) -> AsyncIterator[None]:
        """Hold the lock of an owner in the block; as `backend.store.liveness.hold`."""
        async with self.take(owner_id, url):
            yield

    async def is_free(self, owner_id: int, _url: str) -> bool:
        """Whether no living process holds the lock; as `backend.store.liveness.is_free`."""
        held = self._holders.get(owner_id)
        if held is None or held.runner.is_dead:
            return True
        # A process knows its own, also while it is without a session.
        return self._loop.time() < held.away_until and held.runner is not RUNNER.get()

    def lose_one(self) -> int | None:
        """End the session of some lock while its process lives; return which, if there is any.

        The sender's lock is free from then on, which its process notices a little later. An
        owner's is taken again by its process, if it lives, as soon as that has another session.
        """
        held = [lock_id for lock_id, one in self._holders.items() if not one.runner.is_dead]
        if not held:
            return None
        is_senders = SENDER_LOCK in held and self._chance.random() < _SENDERS_SHARE
        lock_id = SENDER_LOCK if is_senders else self._chance.choice(held)
        self._lose(lock_id)
        return lock_id

    def pause(self, runner: Runner, seconds: float) -> None:
        """Take in that a process stands still for so long, and with it the machine it is on."""
        if self._are_sessions and seconds > _KEPT_ALIVE:
            self._later(_KEPT_ALIVE, partial(self._lose_all, runner, seconds - _KEPT_ALIVE))

    def _lose_all(self, runner: Runner, asleep: float) -> None:
        if not runner.is_dead:
            held = [lock_id for lock_id, one in self._holders.items() if one.runner is runner]
            for lock_id in held:
                self._lose(lock_id, asleep=asleep)

    def _lose(self, lock_id: int, *, asleep: float = 0.0) -> None:
        self.faults += 1
        if lock_id == SENDER_LOCK:
            one = self._holders.pop(lock_id)
            self._later(asleep + _SLOWEST_NOTICE * self._chance.random(), one.lost.set)
        else:
            wait = asleep + 0.5 + _SLOWEST_RETURN * self._chance.random() ** 3
            self._holders[lock_id].away_until = self._loop.time() + wait
