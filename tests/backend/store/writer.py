"""One of several processes that write to a SQLite file at once: `python -m … ADDRESS KEYS COUNT`.

Each transaction reads a number, gives way to the others for a moment, and writes it anew; how long
each took and how many could not be had is printed.
"""

import asyncio
import json
import sys
import time
from pathlib import Path

from tortoise.exceptions import BaseORMException

from backend.store.database import open_database
from backend.store.sql import execute, in_transaction

COUNTER = "shared"


async def write(count: int) -> tuple[list[float], int]:
    """Make so many transactions; return the milliseconds of each, and how many failed."""
    taken, locked = [], 0
    for _ in range(count):
        started = time.perf_counter()
        try:
            async with in_transaction():
                rows = await execute("SELECT number FROM counter WHERE name = $1", COUNTER)
                await asyncio.sleep(0)
                await execute(
                    "UPDATE counter SET number = $1 WHERE name = $2", rows[0]["number"] + 1, COUNTER
                )
        except BaseORMException:
            locked += 1
        taken.append((time.perf_counter() - started) * 1000)
    return taken, locked


async def run(url: str, keys: Path, count: int) -> None:
    """Open the database, wait for the start, write, and print what it took."""
    async with open_database(url, keys_file=keys):
        print("ready", flush=True)
        await asyncio.to_thread(sys.stdin.readline)
        taken, locked = await write(count)
    print(json.dumps({"locked": locked, "taken": taken}))


if __name__ == "__main__":
    asyncio.run(run(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])))
