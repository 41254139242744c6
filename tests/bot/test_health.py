"""The real process as its monitoring sees it."""

import asyncio
from pathlib import Path

import aiohttp

from bot.sandbox.faults import Fault
from tests.bot.test_serve import Bot, a_bot, free_port, greeted

PATIENCE = 30.0


async def asked(bot: Bot, path: str) -> tuple[int, str]:
    """What the process answers; 0 while it does not."""
    try:
        async with aiohttp.ClientSession() as session:
            async with session.get(f"http://127.0.0.1:{bot.port}{path}") as answer:
                return answer.status, await answer.text()
    except aiohttp.ClientError:
        return 0, ""


async def until_says(bot: Bot, path: str, words: str, *, status: int = 200) -> None:
    """Ask until it answers so; raises TimeoutError when it never does."""
    async with asyncio.timeout(PATIENCE):
        while True:
            found, text = await asked(bot, path)
            if found == status and words in text:
                return
            await asyncio.sleep(0.2)


async def until_ready(bot: Bot) -> None:
    await until_says(bot, "/readyz", "true")


async def until_red(bot: Bot, code: str) -> None:
    await until_says(bot, "/readyz", code, status=503)


async def test_it_is_ready_counts_what_it_does_and_turns_red_when_the_token_is_refused(
    tmp_path: Path,
) -> None:
    async with a_bot(tmp_path) as bot:
        await bot.start()
        await until_ready(bot)
        phone = bot.sandbox.open_phone()
        await greeted(phone)
        for line in (
            'suixing_attempts_total{kind="screen",outcome="delivered"} 1.0',
            'suixing_outbox_rows{kind="screen",state="sent"} 1.0',
            'suixing_job_lag_seconds{job="queue_due"} 0.0',
            "suixing_sender_leads 1.0",
            "suixing_outbox_oldest_due_seconds 0.0",
        ):
            await until_says(bot, "/metrics", line)
        bot.sandbox.faults.add(Fault("sendMessage", status=401, description="Unauthorized"))
        phone.say("/menu")
        await until_red(bot, "token_refused")
        _, figures = await asked(bot, "/metrics")
        assert 'suixing_gate_closed_seconds{reason="token"}' in figures
        assert await bot.end() == 0


async def test_a_process_without_a_sender_is_ready_while_another_sends(tmp_path: Path) -> None:
    async with a_bot(tmp_path) as bot:
        web = await bot.start("--only", "web")
        port, bot.port = bot.port, free_port()
        await bot.start("--only", "jobs")
        bot.port = port
        await until_ready(bot)
        _, figures = await asked(bot, "/metrics")
        assert "suixing_sender_leads 0.0" in figures
        assert 'suixing_job_lag_seconds{job="queue_due"}' not in figures
        assert await bot.end() == 0
        await until_red(bot, "sender_missing")
        web.terminate()
        assert await web.wait() == 0
