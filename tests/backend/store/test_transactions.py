"""A transaction that is cancelled at any moment leaves the database free for the next one."""

import asyncio
from contextlib import suppress
from pathlib import Path

import pytest

from backend.store.database import open_database
from backend.store.models import Region
from backend.store.sql import execute, in_transaction


async def enter(code: str) -> None:
    async with in_transaction():
        await execute("INSERT INTO region (code, name) VALUES ($1, 'x')", code)
        await execute("INSERT INTO region (code, name) VALUES ($1, 'y')", f"{code}y")


@pytest.mark.parametrize("steps", range(12))
async def test_a_cancelled_transaction_is_whole_or_nothing_and_locks_nobody_out(
    tmp_path: Path, steps: int
) -> None:
    async with open_database(f"sqlite://{tmp_path / 'office.db'}"):
        task = asyncio.create_task(enter("1"))
        for _ in range(steps):
            await asyncio.sleep(0)
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        assert await Region.all().count() in (0, 2)
        async with asyncio.timeout(10):
            await enter("2")
        assert await Region.filter(code__startswith="2").count() == 2


async def test_a_transaction_cancelled_while_it_waits_for_another_takes_nothing_away(
    tmp_path: Path,
) -> None:
    async with open_database(f"sqlite://{tmp_path / 'office.db'}"):
        async with in_transaction():
            waiting = asyncio.create_task(enter("1"))
            await asyncio.sleep(0)
            waiting.cancel()
            await execute("INSERT INTO region (code, name) VALUES ('3', 'z')")
        with suppress(asyncio.CancelledError):
            await waiting
        assert [region.code for region in await Region.all()] == ["3"]
