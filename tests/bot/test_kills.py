"""The bot's process is killed again and again while people talk to it, and nothing goes wrong.

Every update has its effect once, every chat ends with its newest screen, and a message comes twice
only where the outbox has recorded that the first may not have arrived.
"""

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from random import Random

import pytest

from bot.sandbox.acts import Impossible
from bot.sandbox.faults import Fault
from bot.sandbox.phone import Phone
from tests.bot.test_serve import Bot, a_bot, until

SAYINGS = ("/start", "/menu", "/help", "/settings", "你好", "我想登记", "停止", "柳树村")
PRESSED_LABELS = 3
ANSWER_SECONDS = 0.02
SETTLED_SECONDS = 90.0
UNSETTLED = (
    "SELECT 1 FROM send WHERE state = 'claimed' OR (state = 'queued' AND template <> 'screen')"
    " UNION SELECT 1 FROM dialog WHERE shown_version < version LIMIT 1"
)


class Talker:
    """Somebody who talks without waiting for answers; presses buttons too if `is_pressing`."""

    def __init__(self, phone: Phone, chance: Random, *, is_pressing: bool) -> None:
        self.phone = phone
        self.updates = 0
        self.messages = 0
        self._chance = chance
        self._is_pressing = is_pressing

    async def talk(self, stop: asyncio.Event) -> None:
        """Say or press something every now and then until told to stop."""
        self.phone.start()
        self._count_message()
        while not stop.is_set():
            await asyncio.sleep(self._chance.uniform(0.05, 0.6))
            if not (self._is_pressing and self._pressed()):
                self.phone.say(self._chance.choice(SAYINGS))
                self._count_message()

    def _count_message(self) -> None:
        self.updates += 1
        self.messages += 1

    def _pressed(self) -> bool:
        """Press some button twice, if there is one on the newest screen."""
        try:
            screen = self.phone.screen
            labels = [label for label in screen.labels if label][:PRESSED_LABELS]
            for _tap in range(2 if labels else 0):
                self.phone.press_at(screen.message_id, 0, 0)
                self.updates += 1
        except Impossible:
            return False
        return bool(labels)


@asynccontextmanager
async def talking(talkers: list[Talker]) -> AsyncIterator[None]:
    """Let everybody talk at once until the block ends."""
    stop = asyncio.Event()
    async with asyncio.TaskGroup() as group:
        for talker in talkers:
            group.create_task(talker.talk(stop))
        yield
        stop.set()


async def killed_again_and_again(bot: Bot, talkers: list[Talker], kills: int, seed: int) -> None:
    """Start and kill the bot, mostly while it is at work, sometimes while it starts."""
    chance = Random(seed)
    async with talking(talkers):
        for _ in range(kills):
            process = await bot.start()
            if chance.random() < 0.8:
                calls = bot.sandbox.calls + 10
                await until(lambda calls=calls: bot.sandbox.calls > calls)  # type: ignore[misc]
            await asyncio.sleep(chance.uniform(0, 1.0))
            assert process.returncode is None, bot.said[-3000:]
            process.send_signal(signal.SIGKILL)
            await process.wait()


async def settled(bot: Bot) -> None:
    """Start the bot once more, wait until nothing is left to be done, and end it."""
    await bot.start()
    await until(
        lambda: not len(bot.sandbox.world.updates) and not bot.office.rows(UNSETTLED),
        seconds=SETTLED_SECONDS,
    )
    assert await bot.end() == 0


def check_chat(bot: Bot, talker: Talker) -> None:
    """Hold a chat as it stands against what the outbox says of it."""
    chat = talker.phone.id
    states = dict(
        bot.office.rows("SELECT state, count(*) FROM send WHERE chat_id = ? GROUP BY state", chat)
    )
    ((version, message_id),) = bot.office.rows(
        "SELECT version, message_id FROM dialog WHERE chat_id = ?", chat
    )
    received = [bubble.message_id for bubble in talker.phone.messages if bubble.from_bot]
    doubtful = states.get("unknown", 0)
    assert states["sent"] <= len(received) <= states["sent"] + doubtful
    assert message_id is None or message_id in received
    if talker.updates == talker.messages:
        assert version == talker.messages
    repeats = bot.office.rows(
        "SELECT count(*) FROM send WHERE chat_id = ? AND dedup_key LIKE '%:again'", chat
    )
    assert repeats[0][0] <= doubtful + talker.updates - talker.messages


async def check_kills(folder: Path, *, kills: int, seed: int, way: str) -> None:
    """Kill the bot that often while ten people talk to it, and look at what is left."""
    async with a_bot(folder) as bot:
        if way == "webhook":
            bot.settings["PUBLIC_URL"] = f"http://127.0.0.1:{bot.port}"
            bot.sandbox.world.webhook.first_wait = 0.2
        bot.sandbox.faults.add(Fault("sendMessage", delay=ANSWER_SECONDS, times=None))
        talkers = [
            Talker(bot.sandbox.open_phone(), Random(seed + number), is_pressing=number % 2 == 1)
            for number in range(10)
        ]
        await killed_again_and_again(bot, talkers, kills, seed)
        await settled(bot)
        ((seen,),) = bot.office.rows("SELECT count(*) FROM update_seen")
        assert seen == sum(talker.updates for talker in talkers)
        assert bot.office.rows("PRAGMA integrity_check") == [("ok",)]
        assert "update_failed" not in bot.said
        for talker in talkers:
            check_chat(bot, talker)


@pytest.mark.parametrize("way", ["polling", "webhook"])
async def test_kills_at_any_moment_lose_nothing_and_double_nothing(
    tmp_path: Path, way: str
) -> None:
    await check_kills(tmp_path, kills=8, seed=20261123, way=way)


@pytest.mark.long
@pytest.mark.parametrize("seed", range(10))
async def test_many_more_kills_lose_nothing_and_double_nothing(tmp_path: Path, seed: int) -> None:
    way = "webhook" if seed % 2 else "polling"
    await check_kills(tmp_path, kills=50, seed=seed, way=way)
