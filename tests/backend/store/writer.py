"""One of several processes that write to a SQLite file at once: `python -m … ADDRESS KEYS COUNT`.

How many of its transactions could not be had is printed.
"""

import asyncio
import sys
from pathlib import Path

from backend.store.database import open_database
from scripts.benchmarks.writers import write


async def run(url: str, keys: Path, count: int) -> None:
    """Open the database, wait for the start, and write."""
    async with open_database(url, keys_file=keys):
        print("ready", flush=True)
        await asyncio.to_thread(sys.stdin.readline)
        _taken, locked = await write(count)
    print(locked)


if __name__ == "__main__":
    asyncio.run(run(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])))
