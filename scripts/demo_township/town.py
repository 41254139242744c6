"""The demo's township, running: a fresh database, the service, the sandbox, a clock to move."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from backend.actions import desk_keys
from backend.actions.regions import load_regions, village_finder
from backend.actions.roster import import_roster
from backend.clock import MovableClock
from backend.config import Config
from backend.files.rosters import read_roster
from backend.jobs import run_all
from backend.store.sealing import new_private_key, public_of, public_text
from bot.sandbox.limits import Limits
from bot.sandbox.server import TOKEN, Sandbox
from bot.service import Service, running

FOLDER = Path("var/demo")
TOWNSHIP = Path(__file__).parent
ZONE = ZoneInfo("Asia/Shanghai")
COUNTY_CODE = "610822000000"
TOWNSHIP_CODE = "610822101000"
VILLAGE_CODE = "610822101201"
MORNING_HOUR = 8
STEP = timedelta(hours=1)
_LOOK_AGAIN_SECONDS = 0.01
# A newcomer need not wait as long as Telegram would make her; both sides keep to it.
_PER_CHAT_SECOND = 4.0
TIPS = {
    "zh": "试试：王秀英点「查看」看提醒，赵明点「①」办事，孙丽点「立即发」，再按「明早 8 点」。",
    "en": "Try “Have a look” on Wang's phone, ① on Zhao's, “Send now” on Sun's, then the morning.",
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
        while len(self.sandbox.world.updates):  # noqa: ASYNC110 - the queue is not ours
            await asyncio.sleep(_LOOK_AGAIN_SECONDS)
        await self.service.turns.settle()
        while await self.service.sender.drain():
            await self.service.turns.settle()


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
        limits=Limits(chat_per_second=_PER_CHAT_SECOND),
    )
    config = _config(port)
    async with running(
        config, clock=clock, routes=sandbox.routes(), stop=stop, per_chat_second=_PER_CHAT_SECOND
    ) as service:
        clock.service = service
        try:
            await settle_people(clock.local())
            await open_desk(clock.local())
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


async def open_desk(now: datetime) -> None:
    """Give the county's complaints desk its keys; the private halves stay in the demo's folder."""
    for name, is_recovery in (("何芳", False), ("林岚", False), ("", True)):
        key = new_private_key()
        (FOLDER / f"desk-{name or 'recovery'}.key").write_bytes(key)
        await desk_keys.add_key(
            public_text(public_of(key)),
            COUNTY_CODE,
            office="县妇联投诉窗口",
            holder=name,
            is_recovery=is_recovery,
            now=now,
        )


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
