"""Liveness locks as the simulated processes hold them, in place of files and database sessions."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from backend.store.liveness import SENDER_LOCK
from scripts.simulation.loop import RUNNER, Runner


class Locks:
    """A lock is held by a process as long as that lives, awake or not.

    `has_one_sender` is how the service runs: one process sends, the others stand by. The engine
    must be right all the same where several do.
    """

    def __init__(self, *, has_one_sender: bool) -> None:
        self._has_one_sender = has_one_sender
        self._holders: dict[int, Runner] = {}

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
        self._holders[lock_id] = runner
        try:
            yield asyncio.Event()
        finally:
            if self._holders.get(lock_id) is runner:
                del self._holders[lock_id]

    @asynccontextmanager
    async def hold(self, owner_id: int, url: str) -> AsyncIterator[None]:
        """Hold the lock of an owner in the block; as `backend.store.liveness.hold`."""
        async with self.take(owner_id, url):
            yield

    async def is_free(self, owner_id: int, _url: str) -> bool:
        """Whether no living process holds the lock; as `backend.store.liveness.is_free`."""
        holder = self._holders.get(owner_id)
        return holder is None or holder.is_dead
