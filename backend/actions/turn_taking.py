"""Work that one process at a time may do: whoever holds its lock does it, the others stand by."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

import structlog

from backend.store.liveness import take

logger = structlog.get_logger(__name__)

Work = Callable[[asyncio.Event], Awaitable[None]]
_LOOK_SECONDS = 1.0


async def in_turn(
    lock_id: int,
    url: str,
    work: Work,
    *,
    stop: asyncio.Event,
    stand_by: Callable[[], None] = lambda: None,
    fatal: tuple[type[Exception], ...] = (),
) -> None:
    """Do `work` whenever its lock is to be had, until `stop` is set.

    The work is handed the event that ends it: on `stop`, and when the lock is lost. Until its
    turn `stand_by` is called every second. Raises what is `fatal`; after all else it goes on.
    """
    while not stop.is_set():
        try:
            await _one_turn(lock_id, url, work, stop=stop)
        except fatal:
            raise
        except Exception as error:
            logger.error("turn_failed", lock=lock_id, exc_info=error)
        if not stop.is_set():
            stand_by()
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), _LOOK_SECONDS)


async def _one_turn(lock_id: int, url: str, work: Work, *, stop: asyncio.Event) -> None:
    async with take(lock_id, url) as lost:
        if lost is None:
            return
        logger.info("turn_begun", lock=lock_id)
        async with _either(stop, lost) as ended:
            await work(ended)


@asynccontextmanager
async def _either(*events: asyncio.Event) -> AsyncIterator[asyncio.Event]:
    """Give an event that is set as soon as one of these is."""
    ended = asyncio.Event()

    async def follow(event: asyncio.Event) -> None:
        await event.wait()
        ended.set()

    tasks = [asyncio.create_task(follow(event)) for event in events]
    try:
        yield ended
    finally:
        for task in tasks:
            task.cancel()
