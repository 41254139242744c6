"""Taking in the office's roster: new people, changes of known ones, and what could not be taken.

Rows go in batches, each its own transaction, so that an import can be stopped and run again: what
was taken in is recognised. Nothing is asked row by row.
"""

from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice

from backend.actions import audit
from backend.actions.planning import replan
from backend.domain.people import locale_of
from backend.domain.rosters import Identity, KnownPeople
from backend.files.rosters import Rejected, RosterRow
from backend.store.crypto import FieldKeys, keys
from backend.store.ids import new_id
from backend.store.sealed import place_of
from backend.store.sql import Row, as_date, execute, execute_many, in_transaction, marks

BATCH = 1000
_TAIL = 4
_DEFAULT_LOCALE = "zh_CN"


@dataclass
class Tally:
    """How far an import has come; rows = accepted + duplicates + rejected."""

    rows: int = 0
    accepted: int = 0
    duplicates: int = 0
    rejected: list[Rejected] = field(default_factory=list)


@dataclass
class _Batch:
    """What one batch of rows writes."""

    fresh: dict[int, RosterRow] = field(default_factory=dict)
    changed: dict[int, list[RosterRow]] = field(default_factory=dict)


async def import_roster(
    roster: Iterable[RosterRow | Rejected], *, now: datetime
) -> AsyncIterator[Tally]:
    """Take in a roster batch by batch and yield the tally after each.

    Stopped after any batch, what came before is kept; run again, it goes through to the end.
    """
    tally = Tally()
    rows = iter(roster)
    while batch := list(islice(rows, BATCH)):
        good = [row for row in batch if isinstance(row, RosterRow)]
        tally.rejected.extend(row for row in batch if isinstance(row, Rejected))
        if good:
            async with in_transaction():
                taken = await _take(good, now=now)
            tally.accepted += len(taken.fresh)
            tally.duplicates += len(good) - len(taken.fresh)
        tally.rows += len(batch)
        yield tally
    async with in_transaction():
        await audit.append("roster_imported", now=now, detail=f"{tally.rows} rows")


async def _take(rows: list[RosterRow], *, now: datetime) -> _Batch:
    secret = keys()
    identities = [_identity(row, secret) for row in rows]
    known = KnownPeople(await _known(identities))
    batch = _Batch()
    for row, identity in zip(rows, identities, strict=True):
        key = known.find(identity)
        if key is None:
            key = new_id()
            batch.fresh[key] = row
            known.learn(key, identity)
        else:
            batch.changed.setdefault(key, []).append(row)
            known.learn(key, known.identity(key).updated_by(identity))
    await _write(batch, await _households(rows), now=now)
    return batch


def _identity(row: RosterRow, secret: FieldKeys) -> Identity:
    return Identity(
        village_code=row.village_code,
        name=secret.blind("name", row.name),
        phone=secret.blind("phone", row.phone) if row.phone else None,
        id_number=secret.blind("id_number", row.id_number) if row.id_number else None,
        birth_date=row.birth_date,
        sex=row.sex,
        household=row.household,
    )


async def _known(identities: list[Identity]) -> list[tuple[int, Identity]]:
    """Return everybody these rows could be about."""
    found: dict[int, Identity] = {}
    for column, values in (
        ("p.id_number_index", {one.id_number for one in identities}),
        ("p.phone_index", {one.phone for one in identities}),
        ("p.name_index", {one.name for one in identities}),
    ):
        wanted = [value for value in values if value]
        if wanted:
            villages = {one.village_code for one in identities} if "name" in column else set()
            rows = await _looked_up(column, wanted, list(villages))
            found |= {row["id"]: _held(row) for row in rows}
    return list(found.items())


async def _looked_up(column: str, values: list[str], villages: list[str]) -> list[Row]:
    condition = f"{column} IN ({marks(len(values))})"
    if villages:
        condition += f" AND p.village_code IN ({marks(len(villages), after=len(values))})"
    return await execute(
        "SELECT p.id, p.village_code, p.name_index, p.phone_index, p.id_number_index,"
        " p.birth_date, p.sex, h.number AS household FROM person p"
        f" LEFT JOIN household h ON h.id = p.household_id WHERE {condition}",
        *(*values, *villages),
    )


def _held(row: Row) -> Identity:
    return Identity(
        village_code=row["village_code"],
        name=row["name_index"],
        phone=row["phone_index"],
        id_number=row["id_number_index"],
        birth_date=as_date(row["birth_date"]),
        sex=row["sex"],
        household=row["household"],
    )


async def _households(rows: list[RosterRow]) -> dict[tuple[str, str], int]:
    """Return the households these rows name, entering those that are new."""
    named = sorted({(row.village_code, row.household) for row in rows if row.household})
    if not named:
        return {}
    await execute_many(
        "INSERT INTO household (village_code, number) VALUES ($1, $2)"
        " ON CONFLICT (village_code, number) DO NOTHING",
        named,
    )
    villages = sorted({village for village, _number in named})
    numbers = sorted({number for _village, number in named})
    found = await execute(
        "SELECT id, village_code, number FROM household"
        f" WHERE village_code IN ({marks(len(villages))})"
        f" AND number IN ({marks(len(numbers), after=len(villages))})",
        *(*villages, *numbers),
    )
    return {(row["village_code"], row["number"]): row["id"] for row in found}


_COLUMNS = (
    "id, village_code, household_id, sex, birth_date, locale, name_sealed, name_index,"
    " phone_sealed, phone_index, phone_tail_index, id_number_sealed, id_number_index,"
    " remarks_sealed, updated_at, created_at"
)
_DEFAULTS = (
    "state, calendar, reminder_minute, folic_acid_minute, quiet_from_minute, quiet_to_minute,"
    " hides_content, voice_first"
)
_INSERT = (
    f"INSERT INTO person ({_COLUMNS}, {_DEFAULTS}) VALUES ({marks(15)}, $15,"
    " 'roster', 'nbphs2017', 510, 510, 1260, 480, TRUE, FALSE)"
)
# What a row leaves out stays as it is.
_UPDATE = """
    UPDATE person SET village_code = $2, household_id = coalesce($3, household_id),
    sex = coalesce($4, sex), birth_date = coalesce($5, birth_date), locale = coalesce($6, locale),
    name_sealed = $7, name_index = $8, phone_sealed = coalesce($9, phone_sealed),
    phone_index = coalesce($10, phone_index), phone_tail_index = coalesce($11, phone_tail_index),
    id_number_sealed = coalesce($12, id_number_sealed),
    id_number_index = coalesce($13, id_number_index),
    remarks_sealed = coalesce($14, remarks_sealed), updated_at = $15 WHERE id = $1
"""


class _Writing:
    """How a row's values are written: sealed for the person they belong to."""

    def __init__(self, households: dict[tuple[str, str], int], now: datetime) -> None:
        self._households = households
        self._secret = keys()
        self._now = now

    def values(self, key: int, row: RosterRow, locale: str | None = None) -> tuple[object, ...]:
        """Return the row's values for person `key`, in the order of the statements."""
        tail = self._secret.blind("phone_tail", row.phone[-_TAIL:]) if row.phone else None
        return (
            *(key, row.village_code),
            self._households.get((row.village_code, row.household or "")),
            *(row.sex, row.birth_date, locale_of(row.language or "") or locale),
            *self._sealed("name", row.name, key),
            *self._sealed("phone", row.phone, key),
            tail,
            *self._sealed("id_number", row.id_number, key),
            *(self._sealed("remarks", row.remarks, key)[0], self._now),
        )

    def _sealed(self, column: str, text: str | None, key: int) -> tuple[bytes | None, str | None]:
        """Return a value sealed for its row, and its blind index."""
        if not text:
            return None, None
        place = place_of("person", column, key)
        return self._secret.seal(text, place), self._secret.blind(column, text)


async def _write(batch: _Batch, households: dict[tuple[str, str], int], *, now: datetime) -> None:
    """Write new people and changes, and plan anew for those whose plan may hang on them."""
    writing = _Writing(households, now)
    await execute_many(
        _INSERT,
        [writing.values(key, row, _DEFAULT_LOCALE) for key, row in batch.fresh.items()],
    )
    await execute_many(
        _UPDATE, [writing.values(key, row) for key, rows in batch.changed.items() for row in rows]
    )
    for key in await _enrolled(list(batch.changed)):
        await replan(key, now=now)


async def _enrolled(person_ids: list[int]) -> list[int]:
    """Return those among these people whose plan hangs on what a row may have changed."""
    if not person_ids:
        return []
    rows = await execute(
        f"SELECT id FROM person WHERE id IN ({marks(len(person_ids))})"
        " AND enrolled_on IS NOT NULL AND state <> 'erased'",
        *person_ids,
    )
    return [row["id"] for row in rows]
