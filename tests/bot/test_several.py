"""Several processes share the work: one sends, one polls, and another takes over when it dies."""

import asyncio
import signal
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from backend.clock import Clock
from backend.store.liveness import SENDER_LOCK
from backend.store.models import Owner, Send
from backend.store.sql import dialect, execute
from backend.store.transactions import in_transaction
from bot.sandbox.faults import Fault
from bot.sandbox.phone import Phone
from bot.service import share_of
from tests.bot.test_health import until_ready, until_red
from tests.bot.test_serve import GREETING, PATIENCE, Bot, a_bot, free_port, greeted
from tests.builders import an_account
from tests.conftest import SHANGHAI
from tests.sends import a_send

Process = asyncio.subprocess.Process
# What the product promises, however busy the machine is.
TAKEN_OVER_WITHIN = timedelta(seconds=15)
HELD = (
    "SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND granted"
    f" AND objid = {SENDER_LOCK} AND classid = 0"
)


@pytest.fixture
async def bots(
    tmp_path: Path, request: pytest.FixtureRequest, database: str
) -> AsyncIterator[tuple[Bot, list[Process]]]:
    """A bot on this test's database, and its processes, which end with the test."""
    async with a_bot(tmp_path) as bot:
        bot.settings["DATABASE_URL"] = f"sqlite://{tmp_path / 'test.db'}"
        if database == "postgres":
            folder: Path = request.getfixturevalue("postgres_folder")
            bot.settings["DATABASE_URL"] = (folder / "address").read_text()
            bot.settings["KEYS_FILE"] = str(folder / "keys")
        processes: list[Process] = []
        yield bot, processes
        for process in processes:
            if process.returncode is None:
                process.kill()
                await process.wait()


async def started(bots: tuple[Bot, list[Process]], parts: str, *, webhook: bool = False) -> Process:
    """Start one more process with these parts."""
    bot, processes = bots
    bot.settings["PORT"] = port = str(free_port())
    if webhook:
        bot.settings["PUBLIC_URL"] = f"http://127.0.0.1:{port}"
    process = await bot.start("--only", parts)
    processes.append(process)
    return process


async def queued(phone: Phone, count: int) -> None:
    """Put alerts to a phone in, due now."""
    now: datetime = Clock(SHANGHAI).local()
    for _ in range(count):
        await a_send(
            phone.id,
            now=now,
            kind="alert",
            priority=20,
            template="registration_confirmed",
            expires_at=now + timedelta(days=1),
        )


async def count_of(state: str) -> int:
    """How many messages are in this state."""
    return await Send.filter(state=state, template="registration_confirmed").count()


async def until_sent(count: int) -> None:
    """Wait until so many messages are sent."""
    async with asyncio.timeout(PATIENCE):
        while await count_of("sent") < count:  # noqa: ASYNC110 (another process sends them)
            await asyncio.sleep(0.05)


async def a_reader(bot: Bot) -> Phone:
    """Somebody who may be written to."""
    phone = bot.sandbox.open_phone()
    phone.start()
    await an_account(phone.id)
    return phone


async def owners() -> list[int]:
    """The processes that may hold claims."""
    return [owner.id for owner in await Owner.all()]


async def until_led() -> int:
    """Wait until one process sends; return its number."""
    async with asyncio.timeout(PATIENCE):
        while not (found := await owners()):  # noqa: ASYNC110 (another process enters it)
            await asyncio.sleep(0.05)
    assert len(found) == 1
    return found[0]


async def when_taken_over() -> datetime:
    """When the process that sends now entered itself, as it wrote it."""
    (owner,) = await Owner.all()
    return owner.started_at


async def first_sent(*, after: datetime) -> datetime:
    """When the first message went that went after a moment, as its sender wrote it."""
    sent = Send.filter(state="sent", finished_at__gt=after)
    first = await sent.order_by("finished_at").first()
    assert first is not None
    assert first.finished_at is not None
    return first.finished_at


async def test_one_sends_and_another_takes_over_when_it_is_killed(
    bots: tuple[Bot, list[Process]],
) -> None:
    bot, _processes = bots
    bot.settings["MESSAGES_PER_SECOND"] = "1000"
    phone = await a_reader(bot)
    first = await started(bots, "jobs")
    leader = await until_led()
    second = await started(bots, "jobs")
    await queued(phone, 2)
    await until_sent(2)
    assert await owners() == [leader], "the second stands by"
    killed_at = Clock(SHANGHAI).now()
    first.send_signal(signal.SIGKILL)
    await first.wait()
    await queued(phone, 2)
    await until_sent(4)
    assert leader not in await owners()
    assert await when_taken_over() - killed_at <= TAKEN_OVER_WITHIN
    sent_after = await first_sent(after=killed_at) - killed_at
    assert sent_after <= TAKEN_OVER_WITHIN
    print(f"{dialect()}: sent again {sent_after.total_seconds():.1f} s after the kill")
    second.terminate()
    assert await second.wait() == 0
    assert await owners() == []
    received = [one for one in phone.messages if one.from_bot]
    assert len(received) == await Send.filter(state="sent").count()


async def test_a_sender_that_stands_still_turns_the_others_red_until_it_goes_on(
    bots: tuple[Bot, list[Process]],
) -> None:
    bot, _processes = bots
    jobs = await started(bots, "jobs")
    web = await started(bots, "web")
    bot.port = int(bot.settings["PORT"])
    await until_led()
    await until_ready(bot)
    # Stopped while this test writes, so that it does not stand still with SQLite's lock.
    async with in_transaction():
        jobs.send_signal(signal.SIGSTOP)
        # A minute passes: whoever lives would write anew within seconds that it looks for work.
        await Owner.all().update(looked_at=Clock(SHANGHAI).now() - timedelta(seconds=61))
    await until_red(bot, "sender_stalled")
    jobs.send_signal(signal.SIGCONT)
    await until_ready(bot)
    for process in (jobs, web):
        process.terminate()
        assert await process.wait() == 0


@pytest.mark.parametrize("database", ["postgres"], indirect=True)
async def test_who_loses_its_session_takes_the_lock_again_and_doubles_nothing(
    bots: tuple[Bot, list[Process]],
) -> None:
    bot, _processes = bots
    phone = await a_reader(bot)
    process = await started(bots, "jobs")
    await until_led()
    for number in range(1, 4):
        await execute(f"SELECT pg_terminate_backend(pid) FROM ({HELD}) held")
        await queued(phone, 1)
        await until_sent(number)
        assert len(await execute(HELD)) == 1, "the lock is held again"
    assert await count_of("unknown") == 0
    assert len([one for one in phone.messages if one.from_bot]) == 3
    process.terminate()
    assert await process.wait() == 0


async def test_one_polls_and_another_takes_over_when_it_is_killed(
    bots: tuple[Bot, list[Process]],
) -> None:
    bot, _processes = bots
    await started(bots, "jobs")
    first = await started(bots, "bot")
    await greeted(bot.sandbox.open_phone())
    second = await started(bots, "bot")
    await asyncio.sleep(2)
    assert (first.returncode, second.returncode) == (None, None), bot.said[-3000:]
    first.send_signal(signal.SIGKILL)
    await first.wait()
    phone = bot.sandbox.open_phone()
    phone.start()
    await phone.until(GREETING, timeout=PATIENCE)
    second.terminate()
    assert await second.wait() == 0
    assert "Conflict" not in bot.said


async def test_another_poller_is_said_and_outwaited_while_sending_goes_on(
    bots: tuple[Bot, list[Process]],
) -> None:
    bot, _processes = bots
    process = await started(bots, "bot,jobs,web")
    bot.port = int(bot.settings["PORT"])
    phone = bot.sandbox.open_phone()
    await greeted(phone)
    terminated = "Conflict: terminated by other getUpdates request"
    bot.sandbox.faults.add(Fault("getUpdates", status=409, description=terminated, times=2))
    phone.say("/menu")
    await until_red(bot, "another_polls")
    await queued(phone, 1)
    await until_sent(1)
    phone.say("/menu")
    await until_ready(bot)
    assert "another_polls" in bot.said
    assert process.returncode is None
    process.terminate()
    assert await process.wait() == 0


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
async def test_who_says_hello_too_fast_waits_as_long_as_it_is_told(
    bots: tuple[Bot, list[Process]],
) -> None:
    bot, _processes = bots
    for method in ("setMyCommands", "setWebhook"):
        too_fast = Fault(method, status=429, description="Too Many Requests", retry_after=1)
        bot.sandbox.faults.add(too_fast)
    process = await started(bots, "bot,jobs,web", webhook=True)
    await greeted(bot.sandbox.open_phone())
    process.terminate()
    assert await process.wait() == 0


@pytest.mark.parametrize(
    ("sends", "answers"),
    [
        ("jobs", "bot"),
        ("jobs", "web"),
        ("jobs,web", "bot"),
        ("jobs", "bot,web"),
        ("bot,jobs", "web"),
    ],
)
def test_who_sends_and_who_answers_together_keep_to_the_limit(sends: str, answers: str) -> None:
    shares = [share_of(frozenset(parts.split(","))) for parts in (sends, answers)]
    assert sum(shares) == pytest.approx(1.0)
    assert share_of(frozenset({"web", "bot", "jobs"})) == 1.0
