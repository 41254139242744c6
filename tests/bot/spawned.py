"""The bot's process as its killer has it: started in a moment, ended by any signal."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from tests.scripts.office import ROOT

PATIENCE = 60.0


@dataclass
class Spawner:
    """The process that starts the bot's process, and how the bot is killed.

    The bot goes by the machine's clock, or by that in the file `clock`.
    """

    process: subprocess.Popen[bytes]
    settings: Mapping[str, str] = field(default_factory=dict)
    clock: Path | None = None
    pid: int = 0

    async def start(self, parts: str) -> None:
        """Start these parts of the bot."""
        assert self.process.stdin is not None
        clock = str(self.clock) if self.clock else None
        line = {"parts": parts, "settings": dict(self.settings), "clock": clock}
        self.process.stdin.write(json.dumps(line).encode() + b"\n")
        self.process.stdin.flush()
        async with asyncio.timeout(PATIENCE):
            self.pid = await self._number()

    async def end(self, number: int) -> int:
        """Send the bot a signal and return how it ended."""
        os.kill(self.pid, number)
        async with asyncio.timeout(PATIENCE):
            return await self.ended()

    async def ended(self) -> int:
        """Wait until the bot's process has ended, and return how."""
        ended = await self._number()
        self.pid = 0
        return ended

    async def _number(self) -> int:
        assert self.process.stdout is not None
        return int(await asyncio.to_thread(self.process.stdout.readline))


@contextmanager
def a_spawner(log: IO[bytes], settings: Mapping[str, str] | None = None) -> Iterator[Spawner]:
    """A spawner whose bots have these settings; what they say goes to `log`."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.bot.spawner"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"]},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=log,
    ) as process:
        spawner = Spawner(process, settings or {})
        try:
            yield spawner
        finally:
            if spawner.pid:
                os.kill(spawner.pid, signal.SIGKILL)
            assert process.stdin is not None
            process.stdin.close()
