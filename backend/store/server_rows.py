"""Rows carried between PostgreSQL and a SQLite file, table by table, in constant memory."""

import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

from backend.store.backup_files import MIGRATIONS, Tell

_ROWS_AT_ONCE = 2_000
# SQLite keeps a running number for every key of whole numbers; the server only where it gives them.
_NUMBERED = """
    SELECT t.relname AS table_name, s.oid::regclass::text AS sequence FROM pg_class s
    JOIN pg_depend d ON d.classid = 'pg_class'::regclass AND d.objid = s.oid
        AND d.refclassid = 'pg_class'::regclass AND d.deptype IN ('a', 'i')
    JOIN pg_class t ON t.oid = d.refobjid
    WHERE s.relkind = 'S' AND t.relnamespace = current_schema()::regnamespace
"""

Layout = Mapping[str, Sequence[str]]


def layout(base: sqlite3.Connection) -> Layout:
    """Return the columns of every table of a file, a table after those it refers to."""
    named = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
    left = {name for (name,) in base.execute(named)} - {MIGRATIONS}
    ordered: dict[str, list[str]] = {}
    while left:
        for table in sorted(left):
            needed = {row[2] for row in base.execute(f'PRAGMA foreign_key_list("{table}")')}
            if needed - {table} <= ordered.keys():
                ordered[table] = [row[1] for row in base.execute(f'PRAGMA table_info("{table}")')]
        left -= ordered.keys()
    return ordered


async def copy_out(session: Any, base: sqlite3.Connection, tell: Tell) -> None:
    """Copy every table that the file has from the server's snapshot into it."""
    tables = layout(base)
    total = sum([await _count(session, table) for table in tables])
    done = 0
    for table, columns in tables.items():
        names = _quoted(columns)
        insert = f'INSERT INTO "{table}" ({names}) VALUES ({", ".join("?" * len(columns))})'
        rows: list[list[object]] = []
        async for row in session.cursor(f'SELECT {names} FROM "{table}"', prefetch=_ROWS_AT_ONCE):
            rows.append([_kept(value) for value in row])
            if len(rows) == _ROWS_AT_ONCE:
                base.executemany(insert, rows)
                done += len(rows)
                rows.clear()
                tell(done, total)
        base.executemany(insert, rows)
        done += len(rows)
        tell(done, total)


async def copy_in(session: Any, base: sqlite3.Connection, tell: Tell) -> None:
    """Copy every table of the file into the server's empty ones, and set its running numbers."""
    tables = layout(base)
    counts = {
        table: base.execute(f'SELECT count(*) FROM "{table}"').fetchone()[0] for table in tables
    }
    total, done = sum(counts.values()), 0
    for table, columns in tables.items():
        readers = [_READERS.get(kind) for kind in await _kinds(session, table, columns)]
        rows = base.execute(f'SELECT {_quoted(columns)} FROM "{table}"')
        await session.copy_records_to_table(table, columns=columns, records=_read(rows, readers))
        done += counts[table]
        tell(done, total)
    numbers = dict(base.execute("SELECT name, seq FROM sqlite_sequence WHERE seq > 0"))
    for row in await session.fetch(_NUMBERED):
        if number := numbers.get(row["table_name"]):
            await session.execute("SELECT setval($1::text::regclass, $2)", row["sequence"], number)


async def _count(session: Any, table: str) -> int:
    count: int = await session.fetchval(f'SELECT count(*) FROM "{table}"')
    return count


async def _kinds(session: Any, table: str, columns: Sequence[str]) -> list[str]:
    rows = await session.fetch(
        "SELECT column_name, data_type FROM information_schema.columns"
        " WHERE table_schema = current_schema() AND table_name = $1",
        table,
    )
    kinds = {row["column_name"]: row["data_type"] for row in rows}
    return [kinds[column] for column in columns]


def _quoted(columns: Sequence[str]) -> str:
    return ", ".join([f'"{column}"' for column in columns])


def _kept(value: object) -> object:
    """A value of the server as SQLite keeps it: UTC times and dates as text that sorts by time."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(" ")
    if isinstance(value, date):
        return value.isoformat()
    return int(value) if isinstance(value, bool) else value


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


_READERS: Mapping[str, Callable[[Any], object]] = {
    "timestamp with time zone": _moment,
    "date": date.fromisoformat,
    "boolean": bool,
}


def _read(
    rows: sqlite3.Cursor, readers: Sequence[Callable[[Any], object] | None]
) -> Iterator[tuple[object, ...]]:
    for row in rows:
        yield tuple(
            value if reader is None or value is None else reader(value)
            for value, reader in zip(row, readers, strict=True)
        )
