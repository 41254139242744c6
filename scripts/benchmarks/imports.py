"""`bench import`: a large roster, against reading it and one bulk insert of the same rows."""

import asyncio
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from openpyxl import Workbook
from python_calamine import load_workbook

from backend.actions.roster import import_roster
from backend.domain.people import check_character
from backend.domain.villages import Villages
from backend.files.rosters import read_roster
from backend.store.database import open_database
from scripts.benchmarks.measuring import compare

VILLAGES = {f"6108221012{number:02d}": f"第{number}村" for number in range(1, 21)}
NOW = datetime(2026, 11, 23, 9, tzinfo=ZoneInfo("Asia/Shanghai"))
_SURNAMES = "王李张刘陈杨赵黄周吴徐孙马朱胡郭何高林罗"
_GIVEN = "秀桂玉春淑红丽雪晓美艳海慧小文巧金爱月彩"
_NAMES = len(_SURNAMES) * len(_GIVEN) ** 2


def bench_import(people: int, _options: object) -> dict[str, Any]:
    """Measure the import of an .xlsx roster of `people` rows into an empty SQLite file."""
    with tempfile.TemporaryDirectory() as folder:
        roster = Path(folder) / "roster.xlsx"
        write_roster(roster, people)
        imported = Path(folder) / "imported.db"
        asyncio.run(_import(roster, imported))
        return compare(
            partial(ours, roster),
            {"read_and_bulk_insert": partial(read_and_bulk_insert, roster, imported)},
        )


def rows(people: int) -> Iterator[tuple[str, ...]]:
    """Yield fictional people, each with an ID number that checks out.

    Four to a household in one village; namesakes live in different villages.
    """
    villages = list(VILLAGES.values())
    for number in range(people):
        name = _SURNAMES[number % 20] + _GIVEN[number // 20 % 20] + _GIVEN[number // 400 % 20]
        born = date(1960 + number % 45, 1 + number % 12, 1 + number % 28)
        first = f"610822{born:%Y%m%d}{number // 45 % 1000:03d}"
        phone = f"138{number:08d}"
        household = f"H{number // 4:06d}"
        village = villages[(number // 4 + number // _NAMES) % len(villages)]
        yield (name, first + check_character(first), phone, village, household)


def write_roster(path: Path, people: int) -> None:
    """Write an .xlsx roster."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.append(["姓名", "身份证号", "手机号", "村", "户编号"])
    for row in rows(people):
        sheet.append(row)
    book.save(path)


def ours(roster: Path) -> tuple[float, int]:
    """Import into an empty database."""
    with tempfile.TemporaryDirectory() as folder:
        return asyncio.run(_import(roster, Path(folder) / "ours.db"))


async def _import(roster: Path, database: Path) -> tuple[float, int]:
    async with open_database(f"sqlite://{database}"):
        started = time.perf_counter()
        read = read_roster(roster, Villages(VILLAGES), NOW.date())
        tally = [tally async for tally in import_roster(read, now=NOW)][-1]
        assert not tally.rejected, tally.rejected[:3]
        return time.perf_counter() - started, tally.rows


def read_and_bulk_insert(roster: Path, imported: Path) -> tuple[float, int]:
    """Read the file with the same reader alone, and insert the very rows of an import at once."""
    with tempfile.TemporaryDirectory() as folder:
        ready, columns = _ready_rows(imported)
        target = _empty_copy(imported, Path(folder) / "baseline.db")
        started = time.perf_counter()
        count = len(load_workbook(str(roster)).get_sheet_by_index(0).to_python()) - 1
        with target:
            target.executemany(f"INSERT INTO person VALUES ({','.join('?' * columns)})", ready)
        return time.perf_counter() - started, count


def _ready_rows(imported: Path) -> tuple[list[tuple[Any, ...]], int]:
    source = sqlite3.connect(imported)
    ready = source.execute("SELECT * FROM person").fetchall()
    source.close()
    return ready, len(ready[0])


def _empty_copy(imported: Path, path: Path) -> sqlite3.Connection:
    """Return a database with the same tables, indexes and durability, and no rows."""
    source, target = sqlite3.connect(imported), sqlite3.connect(path)
    target.execute("PRAGMA journal_mode = WAL")
    target.execute("PRAGMA synchronous = FULL")
    wanted = "SELECT sql FROM sqlite_master WHERE tbl_name IN ('person', 'household') AND sql <> ''"
    for (statement,) in source.execute(wanted):
        target.execute(statement)
    source.close()
    return target
