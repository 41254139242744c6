"""Starts the bot's process again and again in a moment: imports and catalogues are read once.

For each line on standard input that names the parts, a process is forked that runs `serve` as it
is; its number is printed, and how it ended once it has.
"""

import asyncio
import os
import sys

from backend.config import Config
from backend.i18n import locales, translator
from backend.logs import set_up_logs
from bot.__main__ import serve
from bot.transport import requests

FAILED = 70


def run(parts: frozenset[str]) -> None:
    """Be the bot until told to end; never returns into the spawner's loop."""
    status = FAILED
    try:
        os.dup2(os.open(os.devnull, os.O_RDWR), sys.stdin.fileno())
        asyncio.run(serve(Config.from_env(), parts))
        status = 0
    finally:
        sys.stderr.flush()
        os._exit(status)


def main() -> None:
    """Answer every line until there are no more."""
    set_up_logs(Config.from_env().log_level)
    requests()
    for locale in locales():
        translator(locale)
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            run(frozenset(line.strip().split(",")))
        print(child, flush=True)
        _, ended = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(ended), flush=True)


if __name__ == "__main__":
    main()
