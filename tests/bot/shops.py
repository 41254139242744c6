"""Processes of the noodle shop's bot, and updates handed to them as Telegram would."""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count
from typing import Any

from tests.scripts.office import ROOT

FIRST_CODE, CODES_EACH = 411_000_000_000, 1_000_000_000
PATIENCE = 60.0


class Shop:
    """A process of the shop; `take` returns once it has taken an update."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self._numbers = count(1)
        self._waiting: dict[int, asyncio.Future[None]] = {}
        self._listening = asyncio.create_task(self._listen())

    async def take(self, update: dict[str, Any] | None) -> None:
        """Hand an update over; with None, wait until all calls are made."""
        assert self._process.stdin is not None
        number = next(self._numbers)
        taken = self._waiting[number] = asyncio.get_running_loop().create_future()
        self._process.stdin.write(json.dumps([number, update]).encode() + b"\n")
        async with asyncio.timeout(PATIENCE):
            await taken

    async def close(self) -> int:
        """Hand over nothing more and wait for its end."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        await self._listening
        return await self._process.wait()

    async def _listen(self) -> None:
        assert self._process.stdout is not None
        async for line in self._process.stdout:
            self._waiting.pop(int(line)).set_result(None)


@asynccontextmanager
async def two_shops(**settings: str) -> AsyncIterator[tuple[Shop, Shop]]:
    """Two processes of the shop on one database; both must end well."""
    processes = [
        await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.bot.shop_process", str(FIRST_CODE + n * CODES_EACH)),
            cwd=ROOT,
            env={"PATH": os.environ["PATH"], "LOG_LEVEL": "ERROR", **settings},
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        for n in range(2)
    ]
    first, second = map(Shop, processes)
    try:
        yield first, second
        assert (await first.close(), await second.close()) == (0, 0)
    finally:
        for process in processes:
            if process.returncode is None:
                process.kill()
                await process.wait()
