"""A sandbox on a free port, a bot's own HTTP calls to it, and python-telegram-bot on top of it."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import aiohttp
import pytest
from telegram import Bot

from bot.sandbox import Limits, Sandbox, serve
from bot.sandbox.parameters import bot_api

Json = dict[str, Any]


@dataclass(slots=True)
class Caller:
    """Calls the Bot API over HTTP without any library for bots."""

    base: str
    session: aiohttp.ClientSession

    async def raw(self, method: str, **values: Any) -> tuple[int, Json]:
        """Return HTTP status and body of a call in JSON."""
        async with self.session.post(f"{self.base}/{method}", json=values) as response:
            return response.status, await response.json()

    async def __call__(self, method: str, **values: Any) -> Any:
        """Return the result of a call that must succeed and be complete by the description."""
        status, body = await self.raw(method, **values)
        assert status == 200, body
        schema, methods = bot_api()
        returns = methods[method.lower()].returns
        assert schema.problems(returns, body["result"], "result") == []
        return body["result"]

    async def refused(self, method: str, **values: Any) -> tuple[int, str]:
        """Return the status and the words of a call that must fail."""
        status, body = await self.raw(method, **values)
        assert body["ok"] is False
        assert body["error_code"] == status
        return status, body["description"]


@pytest.fixture
async def sandbox() -> Sandbox:
    """A sandbox that never answers 429."""
    return Sandbox(limits=Limits.off())


@pytest.fixture
async def base_url(sandbox: Sandbox) -> AsyncIterator[str]:
    """The sandbox's address."""
    async with serve(sandbox) as url:
        yield url


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    """An HTTP client."""
    async with aiohttp.ClientSession() as client:
        yield client


@pytest.fixture
async def call(sandbox: Sandbox, base_url: str, session: aiohttp.ClientSession) -> Caller:
    """Calls as a bot makes them."""
    return Caller(f"{base_url}/bot{sandbox.token}", session)


MakeBot = Callable[[], Awaitable[Bot]]


@pytest.fixture
async def ptb(sandbox: Sandbox, base_url: str) -> AsyncIterator[Bot]:
    """An unmodified python-telegram-bot."""
    bot = Bot(sandbox.token, base_url=f"{base_url}/bot", base_file_url=f"{base_url}/file/bot")
    async with bot:
        yield bot
