"""A town whose bot is a process of its own that is killed at every step and started again."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from backend.actions import dialogs, recovery
from backend.config import Config
from backend.store.sql import execute
from bot.sandbox.bubble import Bubble
from bot.sandbox.limits import Limits
from bot.sandbox.phone import PATIENCE_S, Phone
from bot.sandbox.server import Sandbox, serve
from bot.service import Service, assembled, in_touch, sending
from tests.bot.conftest import Town, TownClock
from tests.bot.killer import Killer, killing, served
from tests.bot.shared_clock import SharedClock
from tests.bot.spawned import Spawner
from tests.builders import a_township
from tests.conftest import MONDAY_MORNING, SHANGHAI

LOST_SECONDS = 0.7
LONGEST_SECONDS = 5.0
A_DAY = timedelta(days=1)
_BEHIND = "SELECT chat_id, version FROM dialog WHERE shown_version < version"
_CLAIMED = "SELECT id FROM send WHERE state = 'claimed'"


@dataclass(frozen=True)
class Place:
    """An empty database that is open, a folder of its own, and who starts the bot there."""

    url: str
    keys: Path
    folder: Path
    spawner: Spawner


class PatientPhone(Phone):
    """The phone of somebody who waits until all has come that is to come, told unasked too."""

    def __init__(self, phone: Phone, settle: Callable[[], Awaitable[None]]) -> None:
        super().__init__(phone.world, phone.person)
        self._settle = settle

    async def until(
        self,
        wanted: str | Callable[[Bubble], object],
        timeout: float = PATIENCE_S,  # noqa: ASYNC109 (as the one it is)
    ) -> Bubble:
        """Wait for a message, and then for what may still come."""
        found = await super().until(wanted, timeout)
        await self._settle()
        return found


class PatientTown(Town):
    """A town where everybody does the next thing when nothing more comes of the last."""

    def phone(self, *, first_name: str = "秀英", language_code: str = "zh-hans") -> Phone:
        """Give somebody a phone."""
        phone = super().phone(first_name=first_name, language_code=language_code)
        return PatientPhone(phone, self.settle)


class KilledTown(PatientTown):
    """The jobs and the sender run here; what people write is taken by the process that is killed.

    What a kill leaves unclear is taken up and shown here as the jobs do it, only sooner.
    """

    def __init__(self, service: Service, sandbox: Sandbox, clock: SharedClock) -> None:
        super().__init__(service, sandbox, clock)
        self._behind: dict[tuple[int, int], float] = {}

    async def settle(self) -> None:
        """Wait until everything sent in is answered and the outbox holds nothing due."""
        await self.rest()
        while await self.service.sender.drain():
            pass

    async def rest(self) -> None:
        """Wait until everything sent in is answered, or for a while where some of it cannot be."""
        async with asyncio.timeout(PATIENCE_S):
            while len(self.sandbox.world.updates):  # noqa: ASYNC110 - the queue is not ours
                await asyncio.sleep(0.005)
        until = time.monotonic() + LONGEST_SECONDS
        while time.monotonic() < until and await self._is_at_work():  # noqa: ASYNC110 - nor is that
            await asyncio.sleep(0.005)

    async def _is_at_work(self) -> bool:
        return bool(await execute(f"{_BEHIND} LIMIT 1") or await execute(f"{_CLAIMED} LIMIT 1"))

    async def look_for_lost(self) -> None:
        """Take up what the dead have left, and show the screens that have been behind a while."""
        while True:
            await asyncio.sleep(0.1)
            now, url = self.clock.local(), self.service.config.database_url
            await recovery.recover(url, now=now)
            rows = await execute(_BEHIND)
            behind = {(row["chat_id"], row["version"]) for row in rows}
            seen_at = time.monotonic()
            self._behind = {one: self._behind.get(one, seen_at) for one in behind}
            if any(seen_at - since > LOST_SECONDS for since in self._behind.values()):
                self._behind.clear()
                await dialogs.show_lost(now=now, since=now - A_DAY, before=now + A_DAY)
                self.service.sender.nudge()


@asynccontextmanager
async def a_killed_town(place: Place, killer: Killer) -> AsyncIterator[KilledTown]:
    """A town with its region list; every call must be valid."""
    await a_township()
    moment = place.folder / "moment"
    clock = SharedClock(SHANGHAI, moment, at=MONDAY_MORNING)
    sandbox = Sandbox(limits=Limits.off(), clock=TownClock(clock), zone=SHANGHAI)
    async with AsyncExitStack() as stack:
        service = await stack.enter_async_context(_jobs(sandbox, clock, place.url))
        api = await stack.enter_async_context(served(sandbox, killer))
        place.spawner.clock = moment
        place.spawner.settings = {
            "TELEGRAM_TOKEN": sandbox.token,
            "TELEGRAM_API": api,
            "DATABASE_URL": place.url,
            "KEYS_FILE": str(place.keys),
            "MESSAGES_PER_SECOND": "1000",
            "LOG_LEVEL": "ERROR",
        }
        await stack.enter_async_context(killing(killer, place.spawner))
        town = KilledTown(service, sandbox, clock)
        looking = asyncio.create_task(town.look_for_lost())
        try:
            yield town
        finally:
            looking.cancel()
    assert sandbox.breaches == []


@asynccontextmanager
async def _jobs(sandbox: Sandbox, clock: SharedClock, url: str) -> AsyncIterator[Service]:
    """The process that sends what is due, which is this one."""
    async with AsyncExitStack() as stack:
        config = Config(
            telegram_token=sandbox.token,
            telegram_api=await stack.enter_async_context(serve(sandbox)),
            database_url=url,
            messages_per_second=1000,
        )
        service = await assembled(config, clock, asyncio.Event(), per_chat_second=1000)
        for part in (in_touch, sending):
            await stack.enter_async_context(part(service))
        yield service
