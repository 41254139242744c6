"""A broadcast to many survives kill -9: the real process, a Telegram in a process of its own."""

import asyncio
import json
import random
import signal
import sys
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from backend.actions import broadcast_drafts, broadcasts
from backend.clock import Clock
from backend.domain.broadcasts import State
from backend.store.database import open_database
from backend.store.sql import dialect, execute
from tests.backend.actions.test_broadcasts import zhou_fang
from tests.builders import sun_li
from tests.conftest import SHANGHAI, empty_server
from tests.crowds import a_crowd
from tests.scripts.office import ROOT, Office

TOKEN = "7100000001:killed-and-started-again-0000000000"
WORDS = "本周六上午，卫生院免费测血压。"
PATIENCE = 60.0
# Calls under way, and as many that wait for their turn with their intent committed.
MOST_IN_FLIGHT = 64 + 64
# Kills come while this share is sent: what each leaves unclear may never have been a call.
_KILLED_WITHIN = 0.75


@dataclass
class Setting:
    """Where a run takes place: its database, and the file of every call that Telegram got."""

    office: Office
    url: str
    keys: Path
    record: Path
    api: str

    def copies(self) -> Counter[int]:
        """How many copies of the broadcast each chat was sent so far."""
        if not self.record.exists():
            return Counter()
        calls = map(json.loads, self.record.read_text("utf-8").splitlines())
        return Counter(
            int(call["params"]["chat_id"])
            for call in calls
            if call["method"] == "sendMessage" and WORDS in call["params"]["text"]
        )

    def lines(self) -> int:
        """How many calls Telegram got so far."""
        return self.record.read_bytes().count(b"\n") if self.record.exists() else 0

    async def start(self) -> asyncio.subprocess.Process:
        """Start the bot's jobs; they send as fast as they can."""
        with (self.office.folder / "bot.log").open("ab") as log:
            return await self.office.start(
                *("bot", "--only", "jobs"),
                log=log,
                TELEGRAM_TOKEN=TOKEN,
                TELEGRAM_API=self.api,
                DATABASE_URL=self.url,
                KEYS_FILE=str(self.keys),
                MESSAGES_PER_SECOND="1000",
            )


@asynccontextmanager
async def telegram(people: int, record: Path) -> AsyncIterator[str]:
    """A Telegram in a process of its own, with so many phones; its base address."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot.sandbox", "--port", "0", "--token", TOKEN, "--no-limits"),
        *("--people", str(people), "--record", str(record)),
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    try:
        yield (await process.stdout.readline()).decode().strip()
    finally:
        process.kill()
        await process.communicate()


async def a_broadcast_to_all(people: int) -> int:
    """A confirmed broadcast to a crowd who has no quiet hours; it is due in a moment."""
    if dialect() == "postgres":
        await empty_server()
    officer, other = await sun_li(), await zhou_fang()
    await a_crowd(people)
    await execute("UPDATE person SET quiet_from_minute = 0, quiet_to_minute = 0")
    now = Clock(SHANGHAI).local()
    draft = await broadcast_drafts.start(officer, now=now)
    await broadcast_drafts.write(officer, draft.broadcast_id, "zh_CN", WORDS)
    soon = now + timedelta(seconds=1)
    await broadcasts.submit(officer, draft.broadcast_id, goes_at=soon, now=now)
    state = await broadcasts.confirm(other, draft.broadcast_id, now=now)
    assert state is State.QUEUED, "the copies are made by the process that is killed"
    return draft.broadcast_id


async def run_with_kills(setting: Setting, people: int, *, kills: int, seed: int) -> None:
    """Kill the bot again and again while it sends, then let it come to the end."""
    chance = random.Random(seed)
    for number in range(kills):
        process = await setting.start()
        enough = (number + chance.random()) / kills * _KILLED_WITHIN * people
        async with asyncio.timeout(PATIENCE):
            while setting.lines() < enough:  # noqa: ASYNC110 (another process writes them)
                await asyncio.sleep(0.01)
        await asyncio.sleep(chance.random() / 50)
        process.send_signal(signal.SIGKILL)
        await process.wait()
    process = await setting.start()
    async with asyncio.timeout(PATIENCE), open_database(setting.url, keys_file=setting.keys):
        while await _is_under_way():  # noqa: ASYNC110 (another process ends it)
            await asyncio.sleep(0.2)
    process.terminate()
    assert await process.wait() == 0


async def _is_under_way() -> bool:
    return bool(await execute("SELECT 1 AS one FROM broadcast WHERE state <> 'done'"))


async def check_each_got_one(setting: Setting, broadcast_id: int, people: int) -> int:
    """Every reader got exactly one copy, apart from known ambiguities, whose number is returned."""
    copies = setting.copies()
    async with open_database(setting.url, keys_file=setting.keys):
        rows = await execute(
            "SELECT chat_id, state FROM send WHERE broadcast_id = $1", broadcast_id
        )
    states = {row["chat_id"]: row["state"] for row in rows}
    assert len(rows) == len(states) == people
    assert set(states.values()) <= {"sent", "unknown"}
    assert {chat for chat, state in states.items() if state == "sent"} <= copies.keys()
    assert set(copies.values()) == {1}
    return sum(state == "unknown" for state in states.values())


@pytest.mark.parametrize(
    ("people", "kills"),
    [
        pytest.param(400, 2, id="400"),
        pytest.param(10_000, 12, id="10000", marks=pytest.mark.long),
    ],
)
@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
async def test_killed_in_the_middle_each_reader_gets_one_copy(
    tmp_path: Path, request: pytest.FixtureRequest, *, kind: str, people: int, kills: int
) -> None:
    office = Office(tmp_path)
    url, keys = f"sqlite://{office.database}", office.keys
    if kind == "postgres":
        folder: Path = request.getfixturevalue("postgres_folder")
        url, keys = (folder / "address").read_text(), folder / "keys"
    record = tmp_path / "calls.jsonl"
    async with telegram(people, record) as api:
        setting = Setting(office, url, keys, record, api)
        async with open_database(url, keys_file=keys):
            broadcast_id = await a_broadcast_to_all(people)
        await run_with_kills(setting, people, kills=kills, seed=people)
        unknown = await check_each_got_one(setting, broadcast_id, people)
    assert unknown <= kills * MOST_IN_FLIGHT
