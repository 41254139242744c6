"""Several processes write to one SQLite file: each waits its turn, and none is turned away."""

import asyncio
import os
import sys
from pathlib import Path

import pytest

from backend.store.database import open_database
from backend.store.sql import execute
from scripts.benchmarks.writers import COUNTER, WRITERS
from tests.scripts.office import ROOT


async def started(file: Path, count: int) -> asyncio.subprocess.Process:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.backend.store.writer"),
        *(f"sqlite://{file}", str(file.with_name("keys")), str(count)),
        cwd=ROOT,
        env={"PATH": os.environ["PATH"]},
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    assert await process.stdout.readline() == b"ready\n"
    return process


async def locked_out(process: asyncio.subprocess.Process) -> int:
    said, _ = await process.communicate(b"go\n")
    assert process.returncode == 0
    return int(said)


@pytest.mark.parametrize("count", [50, pytest.param(1_000, marks=pytest.mark.long)])
async def test_none_of_eight_writers_is_locked_out_and_no_update_is_lost(
    sqlite_file: Path, count: int
) -> None:
    async with open_database(f"sqlite://{sqlite_file}"):
        await execute("INSERT INTO counter (name, number) VALUES ($1, 0)", COUNTER)
    writers = await asyncio.gather(*(started(sqlite_file, count) for _ in range(WRITERS)))
    assert await asyncio.gather(*map(locked_out, writers)) == [0] * WRITERS
    async with open_database(f"sqlite://{sqlite_file}"):
        rows = await execute("SELECT number FROM counter WHERE name = $1", COUNTER)
    assert rows == [{"number": WRITERS * count}]
