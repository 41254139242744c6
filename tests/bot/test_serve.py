"""`serve` as it is run for real: a process of its own that talks to Telegram over the network."""

import asyncio
import shutil
import signal
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bot.sandbox.faults import Fault
from bot.sandbox.limits import Limits
from bot.sandbox.phone import Phone
from bot.sandbox.server import Sandbox, serve
from tests.scripts.office import REGIONS, Office, last

GREETING = "您好"
PATIENCE = 30.0
LONGEST_END_SECONDS = 15.0


def free_port() -> int:
    """A port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def is_taken(port: int) -> bool:
    """Whether somebody listens on a port."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


class Bot:
    """The bot's process, and how it is started again."""

    def __init__(self, office: Office, sandbox: Sandbox, api: str) -> None:
        self.office = office
        self.sandbox = sandbox
        self.log = office.folder / "bot.log"
        self.port = free_port()
        self.settings = {
            "TELEGRAM_TOKEN": sandbox.token,
            "TELEGRAM_API": api,
            "PORT": str(self.port),
            "LOG_LEVEL": "DEBUG",
            "MESSAGES_PER_SECOND": "200",
        }
        self.process: asyncio.subprocess.Process | None = None

    async def start(self, *arguments: str) -> asyncio.subprocess.Process:
        """Start the process."""
        with self.log.open("ab") as log:
            process = await self.office.start("bot", *arguments, log=log, **self.settings)
        self.process = process
        return process

    async def end(self, number: int = signal.SIGTERM) -> int:
        """Send the process a signal and return how it ended, if it does so soon."""
        assert self.process is not None
        self.process.send_signal(number)
        async with asyncio.timeout(LONGEST_END_SECONDS):
            return await self.process.wait()

    @property
    def said(self) -> str:
        """All that the process has logged."""
        return self.log.read_text("utf-8")


@asynccontextmanager
async def a_bot(folder: Path) -> AsyncIterator[Bot]:
    """A bot that is not started yet, with a Telegram to talk to; every call must be valid."""
    sandbox = Sandbox(limits=Limits.off())
    async with serve(sandbox) as api:
        bot = Bot(Office(folder), sandbox, api)
        try:
            yield bot
        finally:
            if bot.process and bot.process.returncode is None:
                bot.process.kill()
                await bot.process.wait()
    assert sandbox.breaches == []
    assert "network_inside_transaction" not in bot.said


@pytest.fixture
async def bot(tmp_path: Path, migrated_file: Path) -> AsyncIterator[Bot]:
    """A bot that was started before and has written nothing."""
    async with a_bot(tmp_path) as made:
        shutil.copy(migrated_file, made.office.database)
        yield made


async def until(holds: Callable[[], bool], *, seconds: float = PATIENCE) -> None:
    """Look again and again until it holds; raises TimeoutError when it never does."""
    async with asyncio.timeout(seconds):
        while not holds():  # noqa: ASYNC110 (another process makes it hold)
            await asyncio.sleep(0.02)


async def greeted(phone: Phone) -> None:
    """Press Start and wait for the greeting."""
    phone.start()
    await phone.until(GREETING, timeout=PATIENCE)


@pytest.mark.parametrize("way", ["polling", "webhook"])
async def test_from_nothing_it_answers_and_ends_cleanly_when_told(bot: Bot, way: str) -> None:
    bot.office.database.unlink()
    if way == "webhook":
        bot.settings["PUBLIC_URL"] = f"http://127.0.0.1:{bot.port}"
    await bot.start()
    await greeted(bot.sandbox.open_phone())
    assert bool(bot.sandbox.world.webhook.url) is (way == "webhook")
    assert await bot.end() == 0
    assert [line for line in bot.said.splitlines() if '"level": "info"' not in line] == []
    assert bot.office.rows("SELECT state FROM send WHERE state <> 'sent'") == []
    assert list(bot.office.folder.glob("*.owner-*")) == []
    assert len(bot.sandbox.world.updates) == 0


async def test_what_came_while_it_was_away_is_answered_once_it_is_back(bot: Bot) -> None:
    phone = bot.sandbox.open_phone()
    await bot.start()
    await greeted(phone)
    assert await bot.end() == 0
    phone.start()
    await bot.start()
    await phone.until(GREETING, timeout=PATIENCE)
    assert await bot.end(signal.SIGINT) == 0


async def test_the_parts_may_run_in_processes_of_their_own(bot: Bot) -> None:
    phone = bot.sandbox.open_phone()
    receiving = await bot.start("--only", "bot")
    phone.start()
    await phone.until(GREETING, timeout=PATIENCE)
    bot.settings["PORT"] = str(port := free_port())
    await bot.start("--only", "jobs,web")
    await until(lambda: is_taken(port))
    receiving.terminate()
    assert await receiving.wait() == 0
    assert await bot.end() == 0


async def test_a_token_that_telegram_does_not_know_is_one_clear_line(bot: Bot) -> None:
    bot.settings["TELEGRAM_TOKEN"] = "1:wrong"
    process = await bot.start()
    async with asyncio.timeout(PATIENCE):
        assert await process.wait() == 2
    assert bot.said == "TELEGRAM_TOKEN: Telegram does not know this token.\n"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TELEGRAM_TOKEN", "not a token"),
        ("TELEGRAM_API", "api.telegram.org"),
        ("PORT", "80800"),
        ("DATABASE_URL", "sqlite:///proc/nowhere/office.db"),
        ("DATABASE_URL", "postgres://office:secret@127.0.0.1:9/people"),
        ("DATABASE_URL", "postgres://office:pa?secret@127.0.0.1:9/people"),
        ("DATABASE_URL", "postgres://office:secret@127.0.0.1:9/people?maxsize=many"),
    ],
)
async def test_a_setting_that_is_wrong_is_one_clear_line(bot: Bot, name: str, value: str) -> None:
    bot.settings[name] = value
    process = await bot.start()
    async with asyncio.timeout(PATIENCE):
        assert await process.wait() == 2
    assert bot.said.count("\n") == 1
    assert bot.said.startswith((f"{name}: ", "/proc/nowhere: "))
    assert "secret" not in bot.said


@pytest.mark.parametrize("option", ["sslmodex=1", "sslmode", "Maxsize=3"])
def test_an_option_that_the_database_does_not_have_is_named_with_those_it_has(
    tmp_path: Path, option: str
) -> None:
    address = f"postgres://office:secret@127.0.0.1:9/people?maxsize=9&{option}"
    done = Office(tmp_path).run("migrate", DATABASE_URL=address)
    assert done.returncode == 2
    assert done.stderr.startswith(f"DATABASE_URL: it has the option {option.partition('=')[0]} ")
    assert " ssl, " in done.stderr
    assert "secret" not in done.stderr
    assert done.stderr.count("\n") == 1


async def test_a_port_that_is_taken_is_one_clear_line(bot: Bot) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", bot.port))
        taken.listen()
        process = await bot.start()
        async with asyncio.timeout(PATIENCE):
            assert await process.wait() == 2
    assert str(bot.port) in bot.said.splitlines()[-1]
    assert "Traceback" not in bot.said


async def test_it_stops_at_once_while_telegram_cannot_be_reached(bot: Bot) -> None:
    bot.settings["TELEGRAM_API"] = "http://127.0.0.1:9"
    await bot.start()
    await until(lambda: bot.log.exists() and "telegram_not_reached" in bot.said)
    assert await bot.end() == 0
    assert "Traceback" not in bot.said


async def test_at_debug_its_logs_hold_no_token_name_phone_or_word(bot: Bot) -> None:
    last(bot.office.run("regions", bot.office.file("regions.csv", REGIONS)))
    await bot.start()
    phone = bot.sandbox.open_phone(first_name="翠花", phone="+8613800138777")
    await greeted(phone)
    phone.say("欧阳翠花 13800138777 我怀孕了")
    await phone.answer(timeout=PATIENCE)
    phone.share_contact()
    await phone.answer(timeout=PATIENCE)
    bot.sandbox.faults.add(Fault(status=502))
    phone.say("/menu")
    await asyncio.sleep(1)
    assert await bot.end() == 0
    token = bot.sandbox.token
    for secret in (token, token.split(":")[1], "翠花", "13800138777", "怀孕"):
        assert secret not in bot.said
