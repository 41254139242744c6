"""Starts the bot's process again and again in a moment: imports and catalogues are read once.

For each line on standard input, which names the parts, the settings, and perhaps a file whose
clock it goes by, a process is forked that runs `serve` as it is; its number is printed, and how it
ended once it has.
"""

import asyncio
import json
import os
import sys
from pathlib import Path
from typing import Any

from backend.config import Config
from backend.i18n import locales, translator
from backend.logs import set_up_logs
from bot.__main__ import serve
from bot.service import running
from bot.transport import requests
from tests.bot.shared_clock import SharedClock

FAILED = 70


def run(asked: dict[str, Any]) -> None:
    """Be the bot until told to end; never returns into the spawner's loop."""
    status = FAILED
    try:
        os.dup2(os.open(os.devnull, os.O_RDWR), sys.stdin.fileno())
        os.environ.update(asked["settings"])
        config, parts = Config.from_env(), frozenset(asked["parts"].split(","))
        set_up_logs(config.log_level)
        clock = asked["clock"]
        asyncio.run(serve_by(Path(clock), config, parts) if clock else serve(config, parts))
        status = 0
    finally:
        sys.stderr.flush()
        os._exit(status)


async def serve_by(clock: Path, config: Config, parts: frozenset[str]) -> None:
    """Run the parts by that clock, and at no slower pace in a chat, until killed."""
    shared = SharedClock(config.township_zone, clock)
    async with running(config, clock=shared, parts=parts, per_chat_second=1000):
        await asyncio.Event().wait()


def main() -> None:
    """Answer every line until there are no more."""
    requests()
    for locale in locales():
        translator(locale)
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            run(json.loads(line))
        print(child, flush=True)
        _, ended = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(ended), flush=True)


if __name__ == "__main__":
    main()
