"""The sandbox in a process of its own."""

import asyncio
import sys
from pathlib import Path

import aiohttp

from bot.sandbox.__main__ import build, options
from tests.bot.sandbox.conftest import Caller


async def test_the_first_line_is_the_address_and_people_are_there(tmp_path: Path) -> None:
    record = tmp_path / "calls.jsonl"
    words = ["--port", "0", "--token", "5:abcdef", "--people", "2", "--record", str(record)]
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot.sandbox", *words, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    base = (await process.stdout.readline()).decode().strip()
    async with aiohttp.ClientSession() as session:
        call = Caller(f"{base}/bot5:abcdef", session)
        assert (await call("getMe"))["id"] == 5
        await call("sendMessage", chat_id=7_000_000_002, text="Hi")
    process.terminate()
    await process.wait()
    assert len(record.read_text(encoding="utf-8").splitlines()) == 2


async def test_a_bench_can_ask_for_latency_and_no_limits() -> None:
    sandbox = build(options(["--latency-ms", "50", "--no-limits"]))
    (fault,) = sandbox.faults.coming
    assert (fault.delay, fault.times) == (0.05, None)
    assert not sandbox.world.limits.enabled
