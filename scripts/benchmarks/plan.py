"""`bench plan`: the first plan of everyone, against one statement that inserts the same rows."""

import asyncio
import time
from collections.abc import Callable, Coroutine
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

from backend.actions import everyone, planning, publications
from backend.actions.differences import NEW_ROWS
from backend.actions.facts import load_facts
from backend.actions.rulebook import rulebook
from backend.calendars.load import Written
from backend.domain.schedule import plan
from backend.store.sql import connection, execute, in_transaction
from scripts.benchmarks.databases import Prepared, prepared
from scripts.benchmarks.measuring import compare
from scripts.benchmarks.province import NOW, SHANGHAI, settle

# The third antenatal visit a day later, and nothing else.
_CHANGED = """
[rules.m3]
version = 2
windows = [{ opens = "lmp+147d", due = "lmp+155d", closes = "lmp+174d" }]
"""
_COLUMNS = ", ".join(NEW_ROWS.columns)
_MS = 1_000
_ONE_BY_ONE = 300
_NOTHING_YET = "the people have no due services before the first plan"


def bench_plan(people: int, database: str) -> dict[str, Any]:
    """Measure the first plan of `people` on a kind of database, and a re-plan after one change."""
    with prepared(database, partial(settle_and_publish, people)) as base:
        ready = base.folder / "ready"
        baseline = _one_statement if database == "sqlite" else _copy
        name = "one_insert_select" if database == "sqlite" else "copy_of_ready_rows"
        return compare(
            partial(_side, _ours, base, ready), {name: partial(_side, baseline, base, ready)}
        )


async def settle_and_publish(people: int) -> None:
    """People, and the shipped rules as published and carried out."""
    await settle(people)
    await publications.publish_shipped(now=NOW)
    await execute("UPDATE rule_publication SET done_at = $1", NOW)


def _side(
    work: Callable[[Prepared, Path], Coroutine[None, None, Any]], base: Prepared, ready: Path
) -> Any:
    return asyncio.run(work(base, ready))


async def _ours(base: Prepared, ready: Path) -> tuple[float, int, dict[str, float]]:
    """Plan everyone, then everyone anew by a rule that changed, then some one by one."""
    async with base.copy("ours"):
        assert await _count() == 0, _NOTHING_YET
        started = time.perf_counter()
        async for _ in everyone.replan_all(now=NOW):
            pass
        seconds, planned = time.perf_counter() - started, await _count()
        await _keep(ready)
        draft = await publications.draft(Written("bench", _CHANGED))
        started, written = time.perf_counter(), 0
        await publications.publish(draft, now=NOW)
        async for step in publications.carry_out(now=NOW):
            written += len(step.difference.moved)
        again = time.perf_counter() - started
        more = {"again_seconds": again, "again_written": written, **await _one_by_one()}
        return seconds, planned, more


async def _one_by_one() -> dict[str, float]:
    """How long a person's plan takes alone, and her whole re-plan with its queries."""
    rows = await execute(
        "SELECT person_id FROM life_event GROUP BY person_id ORDER BY count(*) DESC"
        f" LIMIT {_ONE_BY_ONE}"
    )
    alone, whole = [], []
    for row in rows:
        (facts,) = (await load_facts([row["person_id"]], SHANGHAI)).values()
        started = time.perf_counter()
        plan(facts, rulebook().at(facts.region), NOW.date())
        alone.append(time.perf_counter() - started)
        started = time.perf_counter()
        await planning.replan(row["person_id"], now=NOW)
        whole.append(time.perf_counter() - started)
    return {"one_person_ms": median(alone) * _MS, "one_replan_ms": median(whole) * _MS}


async def _count() -> int:
    count: int = (await execute("SELECT count(*) AS count FROM due_service"))[0]["count"]
    return count


async def _keep(ready: Path) -> None:
    """Write the planned rows to a file, in their order, for the baseline to insert."""
    await asyncio.to_thread(ready.unlink, missing_ok=True)
    if connection().capabilities.dialect == "sqlite":
        await execute("ATTACH $1 AS kept", str(ready))
        await execute(f"CREATE TABLE kept.ready AS SELECT {_COLUMNS} FROM due_service ORDER BY id")
        await execute("DETACH kept")
        return
    query = f"SELECT {_COLUMNS} FROM due_service ORDER BY id"
    async with connection().acquire_connection() as session:
        await session.copy_from_query(query, output=ready, format="binary")


async def _one_statement(base: Prepared, ready: Path) -> tuple[float, int]:
    """Insert the ready rows from a table beside, into the same schema, in one statement."""
    async with base.copy("baseline"):
        await execute("ATTACH $1 AS kept", str(ready))
        started = time.perf_counter()
        await execute(f"INSERT INTO due_service ({_COLUMNS}) SELECT {_COLUMNS} FROM kept.ready")
        return time.perf_counter() - started, await _count()


async def _copy(base: Prepared, ready: Path) -> tuple[float, int]:
    """COPY the ready rows into the same schema, in one transaction."""
    async with base.copy("baseline"):
        started = time.perf_counter()
        async with in_transaction(), connection().acquire_connection() as session:
            await session.copy_to_table(
                "due_service", source=ready, columns=NEW_ROWS.columns, format="binary"
            )
        return time.perf_counter() - started, await _count()
