"""A small town with real parts: database, bot, sender and a Telegram of our own."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime, timedelta

import pytest

from backend.clock import FrozenClock
from backend.config import Config
from backend.jobs import run_all
from bot.sandbox.limits import Limits
from bot.sandbox.phone import Phone
from bot.sandbox.server import Sandbox, serve
from bot.service import Service, assembled, in_touch, incoming, sending
from tests.builders import a_township


class TownClock:
    """The town's clock as the sandbox moves it: what falls due on the way is done."""

    def __init__(self, clock: FrozenClock) -> None:
        self._clock = clock

    def now(self) -> datetime:
        """Return the moment the clock stands at."""
        return self._clock.now()

    async def advance(self, delta: timedelta) -> None:
        """Move the clock."""
        self._clock.move(delta)


class Town:
    """The running bot, its people's phones, and its clock."""

    def __init__(self, service: Service, sandbox: Sandbox, clock: FrozenClock) -> None:
        self.service = service
        self.sandbox = sandbox
        self.clock = clock

    @property
    def now(self) -> datetime:
        """The present moment, in the township's zone."""
        return self.clock.local()

    def phone(self, *, first_name: str = "秀英", language_code: str = "zh-hans") -> Phone:
        """Give somebody a phone that has never written to the bot."""
        return self.sandbox.open_phone(
            first_name=first_name, language_code=language_code, phone="+8613800138000"
        )

    async def pass_time(self, **by: float) -> None:
        """Move the clock by a timedelta's words, an hour at a time, and do what falls due."""
        left = timedelta(**by)
        while left > timedelta(0):
            step = min(left, timedelta(hours=1))
            self.clock.move(step)
            left -= step
            await self.work()

    async def morning(self, *, at: int = 9) -> None:
        """Let it become the next morning, `at` o'clock."""
        now = self.clock.local()
        until = now.replace(hour=at, minute=0, second=0, microsecond=0)
        until += timedelta(days=0 if until > now else 1)
        await self.pass_time(seconds=(until - now).total_seconds())

    async def work(self) -> None:
        """Run every job once and deliver what is due."""
        await run_all(self.clock, self.service.config.database_url)
        await self.settle()

    async def settle(self) -> None:
        """Wait until everything sent in is answered and the outbox holds nothing due."""
        while len(self.sandbox.world.updates):  # noqa: ASYNC110 - the queue is not ours
            await asyncio.sleep(0.005)
        await self.service.turns.settle()
        while await self.service.sender.drain():
            await self.service.turns.settle()


@pytest.fixture
async def town(database: str, clock: FrozenClock) -> AsyncIterator[Town]:
    """A town with its region list and a running bot."""
    url = "sqlite://:memory:" if database == "sqlite" else "postgres://in-use"
    async with a_town(clock, url) as opened:
        yield opened


@asynccontextmanager
async def a_town(clock: FrozenClock, url: str) -> AsyncIterator[Town]:
    """A town on the open database; every call its bot made must be valid."""
    await a_township()
    sandbox = Sandbox(limits=Limits.off(), clock=TownClock(clock), zone=clock.zone)
    async with AsyncExitStack() as stack:
        address = await stack.enter_async_context(serve(sandbox))
        config = Config(
            telegram_token=sandbox.token,
            telegram_api=address,
            database_url=url,
            messages_per_second=1000,
        )
        service = await assembled(config, clock, asyncio.Event(), per_chat_second=1000)
        for part in (in_touch, sending, incoming):
            await stack.enter_async_context(part(service))
        yield Town(service, sandbox, clock)
    assert sandbox.breaches == []
