"""New rows that are alike for many owners: what they share is told to the database once."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from datetime import datetime

from backend.store.sql import as_json, copy_rows, dialect, execute, from_json

# Nearly as many as a million people have by one rulebook on one day.
_ROWS_KEPT = 131_072

Values = tuple[object, ...]
# Whose rows they are: a person's id, and what else tells them from others of hers.
Owned = tuple[int, str, "Alike"]


class Alike:
    """Rows but for whose they are; whoever has the same ones should have the same object."""

    __slots__ = ("rows",)

    def __init__(self, rows: tuple[Values, ...]) -> None:
        self.rows = rows


class AlikeRows:
    """New rows of a table, of which many owners have the same; one of these for a table.

    PostgreSQL copies every row. SQLite keeps what is shared in a table of the connection's own,
    and takes it from there for each owner, so that it is bound but once. What is remembered here
    begins with what that table holds: on another connection, or after a transaction was undone,
    it holds less, and is told the rest before it is used.
    """

    def __init__(
        self,
        table: str,
        *,
        own: tuple[str, str],
        shared: Sequence[str],
        at: str,
        most: int = _ROWS_KEPT,
    ) -> None:
        self._table, self.shared, self._most = table, tuple(shared), most
        self.columns = (*own, *shared, at)
        self._told = f"temp.alike_{table}"
        self._places: dict[Alike, tuple[int, int]] = {}
        # In the order of their numbers, the first of each beside it.
        self._alike: list[Alike] = []
        self._firsts: list[int] = []
        self._forgotten = self._last = 0

    async def write(self, owned: Sequence[Owned], at: datetime) -> None:
        """Write the rows of some owners as of a time, within the transaction in progress."""
        if not owned:
            return
        if dialect() == "postgres":
            await copy_rows(self._table, self.columns, list(_one_by_one(owned, at)))
            return
        if self._last - self._forgotten >= self._most:
            self._forget()
        known = self._places.get
        spans = [(who, what, *(known(alike) or self._place(alike))) for who, what, alike in owned]
        await self._tell()
        await execute(self._insert(), as_json(spans), at)

    def _place(self, alike: Alike) -> tuple[int, int]:
        """Give new rows their numbers; those of the first and of the last, both inclusive."""
        first, self._last = self._last + 1, self._last + len(alike.rows)
        self._places[alike] = first, self._last
        self._alike.append(alike)
        self._firsts.append(first)
        return first, self._last

    def _forget(self) -> None:
        """Begin anew; no number is given twice."""
        self._places.clear()
        self._alike.clear()
        self._firsts.clear()
        self._forgotten = self._last

    async def _tell(self) -> None:
        """Bring the connection's table to what is remembered."""
        columns = ", ".join(self.shared)
        await execute(
            f"CREATE TEMP TABLE IF NOT EXISTS {self._told} (id INTEGER PRIMARY KEY, {columns})"
        )
        # Asked for each alone, as only then SQLite goes straight to it.
        first, last = (f"(SELECT {end}(id) FROM {self._told}) AS" for end in ("min", "max"))
        (held,) = await execute(f"SELECT {first} first, {last} last")
        if held["first"] and held["first"] <= self._forgotten:
            await execute(f"DELETE FROM {self._told} WHERE id <= $1", self._forgotten)
        known = bisect_right(self._firsts, held["last"] or 0)
        places = zip(self._firsts[known:], self._alike[known:], strict=True)
        if new := [(n, *row) for first, alike in places for n, row in enumerate(alike.rows, first)]:
            # As one value, as with many the statement would wait for a turn after each.
            rows = from_json(("id", *self.shared))
            await execute(f"INSERT INTO {self._told} SELECT * FROM {rows}", as_json(new))

    def _insert(self) -> str:
        """The statement that writes owner by owner, each one's rows by their numbers."""
        shared = ", ".join(f"a.{column}" for column in self.shared)
        return (
            f"INSERT INTO {self._table} ({', '.join(self.columns)})"
            f" SELECT s.who, s.what, {shared}, $2"
            f" FROM {from_json(('who', 'what', 'first', 'last'))} s"
            f" CROSS JOIN {self._told} a ON a.id BETWEEN s.first AND s.last"
        )


def _one_by_one(owned: Sequence[Owned], at: datetime) -> Iterator[Values]:
    for who, what, alike in owned:
        for row in alike.rows:
            yield who, what, *row, at
