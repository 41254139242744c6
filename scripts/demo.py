"""`demo`: a fictional township with everything real but Telegram, which is the sandbox.

`--check` walks the main flows on a free port instead of waiting for a newcomer, and fails when a
step does or when a call breaks the Bot API's description.
"""

import argparse
import asyncio
import json
import signal
import socket
import sys
from pathlib import Path

from backend.logs import set_up_logs
from bot.sandbox.server import TOKEN
from scripts import told
from scripts.demo_township.town import demo
from scripts.demo_township.walk import first_morning, walk_everything
from scripts.demo_township.walker import FlowBroken


def free_port() -> int:
    """Return a port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def is_taken(port: int) -> bool:
    """Whether somebody listens on the port already."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


async def show(port: int) -> None:
    """Run the demo until it is interrupted, with people already in conversation."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with demo(port, record=None, stop=stop) as running_demo:
        print("随行 Suixing · Ctrl+C 结束 / to end", flush=True)
        print(f"{running_demo.address}/sandbox", flush=True)
        morning = asyncio.create_task(first_morning(running_demo))
        await stop.wait()
        morning.cancel()
        await asyncio.gather(morning, return_exceptions=True)


async def check(record: Path | None) -> dict[str, int]:
    """Walk the main flows and return the counts; raises where a flow does not go as it should."""
    async with demo(free_port(), record=record, stop=asyncio.Event()) as running_demo:
        steps = await walk_everything(running_demo)
    sandbox = running_demo.sandbox
    return {"steps": steps, "calls": sandbox.calls, "breaches": len(sandbox.breaches)}


def _checked(record: Path | None) -> int:
    try:
        counts = asyncio.run(check(record))
    except FlowBroken as error:
        print(error, file=sys.stderr)
        return 1
    print(json.dumps(counts))
    return 1 if counts["breaches"] else 0


def main() -> int:
    """Run the command."""
    parser = argparse.ArgumentParser(prog="demo", description=__doc__)
    parser.add_argument("--port", type=int, default=8080)
    parser.add_argument("--check", action="store_true", help="walk the main flows and end")
    parser.add_argument(
        "--record", type=Path, help="with --check: every Bot API call, as JSON lines"
    )
    arguments = parser.parse_args()
    set_up_logs("WARNING", secrets=(TOKEN,))
    if arguments.check:
        return _checked(arguments.record)
    if is_taken(arguments.port):
        print(f"Port {arguments.port} is taken; choose another with --port.", file=sys.stderr)
        return 2
    return told(lambda: asyncio.run(show(arguments.port)))


if __name__ == "__main__":
    sys.exit(main())
