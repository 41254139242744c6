"""Kills the bot's process once for every update it is handed, and starts another."""

import asyncio
import json
import os
import signal
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from enum import StrEnum
from random import Random

from aiohttp import web
from aiohttp.typedefs import Handler

from backend.store.sql import execute
from bot.sandbox.server import Sandbox
from tests.bot.spawned import Spawner

SHOWING = frozenset({"sendMessage", "sendPhoto", "sendDocument", "editMessageText"})
LONGEST_TURN_SECONDS = 0.04


class Moment(StrEnum):
    """When a process that has been handed an update is killed."""

    NEXT = "when the next update comes"
    BEFORE_CALL = "before what it shows is shown"
    BEFORE_ANSWER = "after that, before it is told so"
    ANY = "at some moment of the turn"


class Killer:
    """Stands between the bot's process and its Telegram, and knows when the process is to die."""

    def __init__(self, moments: tuple[Moment, ...], chance: Random) -> None:
        self.deaths: Counter[Moment] = Counter()
        self.steps = 0
        self.visited: set[tuple[str, str]] = set()
        self._moments = moments
        self._chance = chance
        self._moment: Moment | None = None
        self._pid = 0
        self._newest = 0
        self._has_taken = False
        self._is_over = False

    async def keep_starting(self, spawner: Spawner) -> None:
        """Start the process whenever it is gone; AssertionError if it goes by itself."""
        while not self._is_over:
            await spawner.start("bot")
            self._pid, self._has_taken = spawner.pid, False
            if self._is_over:
                self.kill()
            assert await spawner.ended() == -signal.SIGKILL

    def end(self) -> None:
        """Kill the process for the last time."""
        self._is_over = True
        self.kill()

    def kill(self) -> None:
        """Kill the process, if one is there."""
        if self._pid:
            os.kill(self._pid, signal.SIGKILL)
            self._pid = 0
            self.deaths[self._moment or Moment.NEXT] += 1
        self._moment = None

    @web.middleware
    async def between(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Pass a call of the process on, and kill it where its moment has come."""
        method = request.match_info.get("method", "")
        if method in SHOWING and self._is_time(Moment.BEFORE_CALL):
            return self._broken_off(request)
        response = await handler(request)
        if method in SHOWING and self._is_time(Moment.BEFORE_ANSWER):
            return self._broken_off(request)
        if method == "getUpdates" and self._pid:
            newest = _newest(response)
            if newest > self._newest and self._has_taken:
                return self._broken_off(request)
            if newest > self._newest:
                self._newest = newest
                await self._hand_over()
        return response

    def _is_time(self, moment: Moment) -> bool:
        """Whether that is its moment; what is left of one that is dead already is no concern."""
        return self._moment is moment and bool(self._pid)

    async def _hand_over(self) -> None:
        """Let it take a step, and say when it is to die; none that has taken one sees another."""
        self._has_taken = True
        self.steps += 1
        stands = await execute("SELECT name, step FROM dialog")
        self.visited |= {(row["name"], row["step"]) for row in stands}
        self._moment = self._chance.choice(self._moments)
        if self._moment is Moment.ANY:
            later = self._chance.uniform(0, LONGEST_TURN_SECONDS)
            asyncio.get_running_loop().call_later(later, self.kill)

    def _broken_off(self, request: web.Request) -> web.StreamResponse:
        self.kill()
        if request.transport is not None:
            request.transport.abort()
        return web.Response()


def _newest(response: web.StreamResponse) -> int:
    """The number of the newest update that getUpdates answers, 0 for none."""
    assert isinstance(response, web.Response)
    assert isinstance(response.body, bytes)
    updates = json.loads(response.body).get("result", [])
    return max((update["update_id"] for update in updates), default=0)


@asynccontextmanager
async def killing(killer: Killer, spawner: Spawner) -> AsyncIterator[None]:
    """Have the process killed at every update beside the block, and once more at its end."""
    keeping = asyncio.create_task(killer.keep_starting(spawner))
    try:
        yield
    finally:
        killer.end()
        await keeping


@asynccontextmanager
async def served(sandbox: Sandbox, killer: Killer) -> AsyncIterator[str]:
    """Serve a sandbox to the process that is killed; its base address."""
    app = web.Application(middlewares=[killer.between])
    app.add_routes(sandbox.api.routes())
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()
