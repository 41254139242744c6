"""`bench writers`: eight processes at one SQLite file, against the same work one after another.

Each transaction reads a number, gives way to the others for a moment, and writes it anew. The
baseline makes as many of them in a single process, on sqlite3 itself and a file as durable. None
may be turned away, and none lost.
"""

import asyncio
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing, contextmanager
from functools import partial
from itertools import chain
from multiprocessing import get_context
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import Any

from tortoise.exceptions import BaseORMException

from backend.store.database import open_database
from backend.store.sql import execute, in_transaction
from scripts.benchmarks.measuring import compare

WRITERS = 8
COUNTER = "shared"
_START_SECONDS = 120.0
_start: Barrier


def bench_writers(transactions: int, _options: object) -> dict[str, Any]:
    """Measure about so many transactions, an eighth of them by each process."""
    each = max(1, transactions // WRITERS)
    baseline = partial(_one_after_another, each * WRITERS)
    return compare(partial(_side_by_side, each), {"one_after_another": baseline})


async def write(count: int) -> tuple[list[float], int]:
    """Make so many transactions; return the seconds each took, and how many were turned away."""
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
        taken.append(time.perf_counter() - started)
    return taken, locked


def _side_by_side(each: int) -> tuple[float, int, dict[str, float]]:
    context = get_context("spawn")
    start = context.Barrier(WRITERS + 1, timeout=_START_SECONDS)
    pool = ProcessPoolExecutor(WRITERS, context, initializer=_begin_at, initargs=(start,))
    with _file() as path, pool:
        writers = [pool.submit(_writer, path, each) for _ in range(WRITERS)]
        start.wait()
        started = time.perf_counter()
        ended = [writer.result() for writer in writers]
        seconds = time.perf_counter() - started
        assert sum(locked for _, locked in ended) == 0, "nobody is turned away"
        assert _number(path) == each * WRITERS, "nothing is lost"
    taken = sorted(chain.from_iterable(taken for taken, _ in ended))
    more = {"p99_s": taken[len(taken) * 99 // 100], "longest_s": taken[-1]}
    return seconds, len(taken), more


def _begin_at(start: Barrier) -> None:
    """Keep what all processes begin at together."""
    global _start
    _start = start


def _writer(path: Path, count: int) -> tuple[list[float], int]:
    async def written() -> tuple[list[float], int]:
        async with open_database(f"sqlite://{path}"):
            _start.wait()
            return await write(count)

    return asyncio.run(written())


def _one_after_another(count: int) -> tuple[float, int]:
    with _file() as path, closing(sqlite3.connect(path, isolation_level=None)) as session:
        session.execute("PRAGMA synchronous = FULL")
        started = time.perf_counter()
        for _ in range(count):
            session.execute("BEGIN IMMEDIATE")
            query = "SELECT number FROM counter WHERE name = ?"
            ((number,),) = session.execute(query, (COUNTER,)).fetchall()
            session.execute("UPDATE counter SET number = ? WHERE name = ?", (number + 1, COUNTER))
            session.execute("COMMIT")
        return time.perf_counter() - started, count


@contextmanager
def _file() -> Iterator[Path]:
    """A database file of ours, with the number at 0."""

    async def fill(path: Path) -> None:
        async with open_database(f"sqlite://{path}"):
            await execute("INSERT INTO counter (name, number) VALUES ($1, 0)", COUNTER)

    with tempfile.TemporaryDirectory(prefix="suixing-bench-") as folder:
        path = Path(folder) / "shared.db"
        asyncio.run(fill(path))
        yield path


def _number(path: Path) -> int:
    with closing(sqlite3.connect(path)) as session:
        ((number,),) = session.execute("SELECT number FROM counter WHERE name = ?", (COUNTER,))
        found: int = number
        return found
