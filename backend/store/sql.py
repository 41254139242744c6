"""Hand-written SQL for both databases: `$1` placeholders, rows as dictionaries."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from functools import lru_cache
from itertools import chain
from typing import Any, cast

from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.backends.base_postgres.client import translate_exceptions
from tortoise.context import require_context

from backend.store.sqlite import statements_at_once
from backend.store.transactions import in_shared_transaction, in_transaction, sharing_a_commit

__all__ = [
    "among",
    "as_date",
    "as_datetime",
    "as_json",
    "change_mark",
    "connection",
    "copy_rows",
    "dialect",
    "execute",
    "execute_many",
    "from_json",
    "in_shared_transaction",
    "in_transaction",
    "listed",
    "marks",
    "pairs",
    "read",
    "sharing_a_commit",
    "statements_at_once",
    "write_rows",
]

# As one statement, so that SQLite works through it without coming back to Python for each row.
_COPIED_AT_ONCE = 500
_TEXTS_KEPT = 16_384
# Longer ones grow with their values, and hardly come again.
_STATEMENTS_KEPT, _LONGEST_KEPT = 512, 8_192
_PLACEHOLDER = re.compile(r"\$(?=\d)")

Row = dict[str, Any]


def connection() -> BaseDBAsyncClient:
    """Return the open database's connection, or the transaction in progress on it."""
    return require_context().db()


def dialect() -> str:
    """Return "sqlite" or "postgres"."""
    name: str = connection().capabilities.dialect
    return name


async def execute(query: str, *values: object) -> list[Row]:
    """Run one statement and return its rows, also those of RETURNING."""
    client = connection()
    query, bound = _translated(client, query, values)
    return await client.execute_query_dict(query, bound)


async def read(query: str, *values: object) -> Sequence[Sequence[Any]]:
    """Read rows as their values, in the order of the columns: the lightest way to read many."""
    client = connection()
    query, bound = _translated(client, query, values)
    # Whatever its declaration says, these are no dictionaries yet.
    rows: Any = (await client.execute_query(query, bound))[1]
    return cast(Sequence[Sequence[Any]], rows)


async def execute_many(query: str, rows: Iterable[Sequence[object]]) -> None:
    """Run one statement for each row of values, in one transaction."""
    client = connection()
    if client.capabilities.dialect == "sqlite":
        query = _with_question_marks(query)
        bound = [_plain(row) for row in rows]
    else:
        bound = [list(row) for row in rows]
    await client.execute_many(query, bound)


async def write_rows(
    query: str, columns: Mapping[str, str], rows: Sequence[Sequence[object]]
) -> None:
    """Run one statement for all rows of values at once, from which it selects as `{given}`.

    `columns` are their names and their types as PostgreSQL calls them. No two rows may be about
    the same row of a table: PostgreSQL inserts neither, and updates by either one.
    """
    if not rows:
        return
    if dialect() == "postgres":
        lists = ", ".join([f"${at}::{kind}[]" for at, kind in enumerate(columns.values(), 1)])
        given = f"unnest({lists}) AS given ({', '.join(columns)})"
        await execute(query.format(given=given), *map(list, zip(*rows, strict=True)))
        return
    await execute(query.format(given=f"{from_json(columns)} AS given"), as_json(rows))


async def copy_rows(table: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Write many new rows at the pace of a bulk load, within the transaction in progress."""
    if not rows:
        return
    if dialect() == "postgres":
        await _copy(connection(), table, columns, rows)
        return
    insert = f"INSERT INTO {table} ({', '.join(columns)}) VALUES "
    row, whole = f"({', '.join('?' * len(columns))})", len(rows) // _COPIED_AT_ONCE
    # One text for whatever number of rows: the connection keeps what it has prepared.
    many = insert + ", ".join([row] * _COPIED_AT_ONCE)
    for first in range(0, whole * _COPIED_AT_ONCE, _COPIED_AT_ONCE):
        part = rows[first : first + _COPIED_AT_ONCE]
        await connection().execute_query_dict(many, _plain(chain.from_iterable(part)))
    if rest := rows[whole * _COPIED_AT_ONCE :]:
        await execute_many(insert + row, rest)


@translate_exceptions
async def _copy(
    client: BaseDBAsyncClient,
    table: str,
    columns: Sequence[str],
    rows: Sequence[Sequence[object]],
) -> None:
    async with client.acquire_connection() as session:
        await session.copy_records_to_table(table, columns=columns, records=rows)


async def change_mark() -> object | None:
    """Return a value that gives way to another once anybody wrote, asked for within a transaction.

    None where the database has no such thing, as PostgreSQL, where many write at a time.
    """
    if dialect() == "postgres":
        return None
    query = "SELECT total_changes() AS own, data_version AS others FROM pragma_data_version"
    (row,) = await execute(query)
    return row["own"], row["others"]


def among(column: str, number: int) -> str:
    """Return the condition that a column is one of the ids in placeholder `number`, see `listed`.

    Its text does not grow with their count, so that the database need not read it anew.
    """
    if dialect() == "postgres":
        return f"{column} = ANY(${number}::bigint[])"
    return f"{column} IN (SELECT value FROM json_each(${number}))"


def listed(ids: Iterable[int]) -> object:
    """Return ids as the one value that `among` takes."""
    chosen = list(ids)
    return chosen if dialect() == "postgres" else json.dumps(chosen)


def marks(count: int, *, after: int = 0) -> str:
    """Return `count` placeholders for an IN list; the first is numbered `after` + 1."""
    return ", ".join([f"${number}" for number in range(after + 1, after + count + 1)])


def pairs(count: int) -> str:
    """Return the rows of a VALUES list of `count` pairs, numbered from 1."""
    return ", ".join([f"(${number}, ${number + 1})" for number in range(1, 2 * count, 2)])


def as_datetime(value: object) -> datetime | None:
    """Return a time read by `execute` as an aware UTC time, whichever database it came from."""
    if value is None:
        return None
    moment = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    return moment.astimezone(UTC)


def as_date(value: object) -> date | None:
    """Return a date read by `execute`, whichever database it came from."""
    if value is None or isinstance(value, date):
        return value
    return date.fromisoformat(str(value))


def as_json(rows: Sequence[Sequence[object]]) -> str:
    """Return rows as one value whose parts are what SQLite keeps, to be read by `json_each`."""
    return json.dumps(rows, default=_kept)


def from_json(names: Iterable[str]) -> str:
    """Return the rows of `as_json` in placeholder 1 as a table of SQLite with these columns."""
    values = [f"json_extract(value, '$[{at}]') AS {name}" for at, name in enumerate(names)]
    return f"(SELECT {', '.join(values)} FROM json_each($1))"


def _kept(day: date) -> str:
    return _moment(day) if isinstance(day, datetime) else _kept_text(day)


def _translated(
    client: BaseDBAsyncClient, query: str, values: Sequence[object]
) -> tuple[str, list[Any]]:
    if client.capabilities.dialect == "sqlite":
        return _with_question_marks(query), _plain(values)
    return query, list(values)


def _with_question_marks(query: str) -> str:
    """Return a statement with its placeholders as SQLite writes them: `?1`."""
    return _kept_statement(query) if len(query) <= _LONGEST_KEPT else _marked(query)


def _marked(query: str) -> str:
    return _PLACEHOLDER.sub("?", query)


_kept_statement = lru_cache(_STATEMENTS_KEPT)(_marked)


def _plain(values: Iterable[object]) -> list[object]:
    """Return values as SQLite keeps them: UTC times and dates as text that sorts by time."""
    return [
        # Most are days, which take no further look.
        _kept_text(value)
        if type(value) is date
        else _moment(value)
        if isinstance(value, datetime)
        else value
        for value in values
    ]


def _moment(moment: datetime) -> str:
    # Of an hour that comes twice, only the first can be told by what equals it.
    return _text(moment) if moment.fold else _kept_text(moment)


def _text(day: date) -> str:
    return day.astimezone(UTC).isoformat(" ") if isinstance(day, datetime) else day.isoformat()


_kept_text = lru_cache(_TEXTS_KEPT)(_text)
