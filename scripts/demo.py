"""`demo`: a fictional township with everything real but Telegram, which is the sandbox.

`--check` walks the main flows on a free port instead of waiting for a newcomer, and fails when a
step does or when a call breaks the Bot API's description.
"""

import argparse
import asyncio
import json
import shutil
import signal
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from backend.actions.regions import load_regions, village_finder
from backend.actions.roster import import_roster
from backend.clock import MovableClock
from backend.config import Config
from backend.files.rosters import read_roster
from backend.jobs import run_all
from backend.logs import set_up_logs
from bot.sandbox.server import TOKEN, Sandbox
from bot.service import Service, running
from scripts import told

FOLDER = Path("var/demo")
TOWNSHIP = Path(__file__).parent / "demo_township"
ZONE = ZoneInfo("Asia/Shanghai")
MORNING_HOUR = 8
STEP = timedelta(hours=1)
TIPS = {
    "zh": "试试：在王秀英的手机上点「我的安排」；按「次日早上」看提醒怎么来；打开李娜的手机，按「开始」。",
    "en": "Try: “My schedule” on Xiuying's phone; “next morning” for a reminder; “Start” on Li Na's.",
}


class DemoClock(MovableClock):
    """A clock the page can move; what falls due on the way is done hour by hour."""

    service: Service | None = None

    async def advance(self, delta: timedelta) -> None:
        """Move on by `delta`, at most an hour at a time, and do at each stop what is due."""
        left = delta
        while left > timedelta(0):
            step = min(left, STEP)
            self.move(step)
            left -= step
            if self.service:
                await run_all(self, self.service.config.database_url)
                await self.service.sender.drain()


@dataclass
class Demo:
    """The running demo: service, sandbox and address."""

    service: Service
    sandbox: Sandbox
    clock: DemoClock
    address: str

    async def settled(self) -> None:
        """Wait until everything said to the bot is answered."""
        while len(self.sandbox.world.updates):
            await asyncio.sleep(0.01)
        await self.service.turns.settle()
        await self.service.sender.drain()


@asynccontextmanager
async def demo(port: int, *, record: Path | None, stop: asyncio.Event) -> AsyncIterator[Demo]:
    """Run a fresh township in one process on one port, on a morning."""
    _empty_folder()
    clock = DemoClock(ZONE, start=_this_morning())
    sandbox = Sandbox(
        token=TOKEN,
        bot_name="zhenxi_health_bot",
        first_name="镇西健康小助手",
        clock=clock,
        zone=ZONE,
        record=record,
        tips=TIPS,
    )
    config = _config(port)
    async with running(config, clock=clock, routes=sandbox.routes(), stop=stop) as service:
        clock.service = service
        try:
            await settle_people(clock.local())
            yield Demo(service, sandbox, clock, config.telegram_api)
        finally:
            stop.set()
            await sandbox.close()


async def settle_people(now: datetime) -> None:
    """Load the fictional township's regions and roster, as an office would."""
    await load_regions(TOWNSHIP / "regions.csv")
    roster = read_roster(TOWNSHIP / "roster.csv", await village_finder(), now.date())
    async for _tally in import_roster(roster, now=now):
        continue


def _empty_folder() -> None:
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)


def _this_morning() -> datetime:
    """Return the demo's first moment: shortly after the reminders begin, today."""
    now = MovableClock(ZONE).local()
    return now.replace(hour=MORNING_HOUR, minute=0, second=0, microsecond=0)


def _config(port: int) -> Config:
    """Return the demo's settings, whatever the environment says of a real installation."""
    address = f"http://127.0.0.1:{port}"
    given: dict[str, object] = {name: field.default for name, field in Config.model_fields.items()}
    given |= {
        "telegram_token": TOKEN,
        "telegram_api": address,
        "database_url": f"sqlite://{FOLDER / 'demo.db'}",
        "keys_file": FOLDER / "keys",
        "clinic_phone": "0912-5550120",
        "port": port,
        "log_level": "WARNING",
    }
    return Config.from_env(_env_file=None, **given)


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
    from scripts.demo_walk import first_morning

    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with demo(port, record=None, stop=stop) as running_demo:
        await first_morning(running_demo)
        print("随行 Suixing · Ctrl+C 结束 / to end", flush=True)
        print(f"{running_demo.address}/sandbox", flush=True)
        await stop.wait()


async def check(record: Path | None) -> dict[str, int]:
    """Walk the main flows and return the counts; raises where a flow does not go as it should."""
    from scripts.demo_walk import walk_everything

    async with demo(free_port(), record=record, stop=asyncio.Event()) as running_demo:
        steps = await walk_everything(running_demo)
        sandbox = running_demo.sandbox
        return {"steps": steps, "calls": sandbox.calls, "breaches": len(sandbox.breaches)}


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
        counts = asyncio.run(check(arguments.record))
        print(json.dumps(counts))
        return 1 if counts["breaches"] else 0
    if is_taken(arguments.port):
        print(f"Port {arguments.port} is taken; choose another with --port.", file=sys.stderr)
        return 2
    return told(lambda: asyncio.run(show(arguments.port)))


if __name__ == "__main__":
    sys.exit(main())
