"""The sandbox in its own process: `python -m bot.sandbox --port 9000 --token 1:abc`."""

import argparse
import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path

from bot.sandbox.faults import Fault
from bot.sandbox.limits import Limits
from bot.sandbox.server import TOKEN, Sandbox, serve


def options(arguments: Sequence[str]) -> argparse.Namespace:
    """Return the command line's options."""
    parser = argparse.ArgumentParser(prog="python -m bot.sandbox", description=__doc__)
    parser.add_argument("--port", type=int, default=9000, help="0 takes a free one")
    parser.add_argument("--token", default=TOKEN, help="the only token that is let in")
    parser.add_argument("--name", default="sandbox_bot", help="the bot's user name")
    parser.add_argument("--record", type=Path, help="append every call as one JSON line")
    parser.add_argument("--people", type=int, default=0, help="phones that have pressed Start")
    parser.add_argument("--latency-ms", type=float, default=0.0, help="wait before each answer")
    parser.add_argument("--no-limits", action="store_true", help="never answer 429")
    return parser.parse_args(arguments)


def build(given: argparse.Namespace) -> Sandbox:
    """Return the sandbox that the options ask for."""
    limits = Limits.off() if given.no_limits else Limits()
    sandbox = Sandbox(token=given.token, bot_name=given.name, record=given.record, limits=limits)
    for _number in range(given.people):
        sandbox.world.people.open().started = True
    if given.latency_ms:
        sandbox.faults.add(Fault(delay=given.latency_ms / 1000, times=None))
    return sandbox


async def run(given: argparse.Namespace) -> None:
    """Serve until interrupted; the first line printed is the base address."""
    async with serve(build(given), given.port) as base_url:
        sys.stdout.write(f"{base_url}\n")
        sys.stdout.flush()
        await asyncio.Event().wait()


def main() -> None:
    """Run from the command line."""
    try:
        asyncio.run(run(options(sys.argv[1:])))
    except KeyboardInterrupt:
        sys.stderr.write("stopped\n")


if __name__ == "__main__":
    main()
