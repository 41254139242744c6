"""Taking in the office's roster: new people, changes of known ones, and what could not be taken.

Rows go in batches, each its own transaction, so that an import can be stopped and run again: what
was taken in is recognised. Nothing is asked row by row.
"""

from collections.abc import AsyncGenerator, Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain, islice
from typing import NamedTuple

from backend.actions import audit
from backend.actions.planning import replan
from backend.domain.people import locale_of
from backend.domain.rosters import Identity, KnownPeople
from backend.files.rosters import Rejected, RosterRow
from backend.store.crypto import FieldKeys, keys
from backend.store.ids import new_id
from backend.store.sealed import place_of
from backend.store.sql import (
    Row,
    as_date,
    dialect,
    execute,
    execute_many,
    in_transaction,
    marks,
    pairs,
)

BATCH = 5000
_LOCK = 0x5355_524F
_TAIL = 4
_DEFAULT_LOCALE = "zh_CN"


@dataclass
class Tally:
    """How far an import has come; rows = accepted + duplicates + rejected."""

    rows: int = 0
    accepted: int = 0
    duplicates: int = 0
    rejected: list[Rejected] = field(default_factory=list)


class _Line(NamedTuple):
    """A row of the roster, the person it is about, and what it says of who she is."""

    key: int
    row: RosterRow
    identity: Identity


async def import_roster(
    roster: Iterable[RosterRow | Rejected], *, now: datetime
) -> AsyncGenerator[Tally]:
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
                accepted = await _take(good, now=now)
            tally.accepted += accepted
            tally.duplicates += len(good) - accepted
        tally.rows += len(batch)
        yield tally
    async with in_transaction():
        await audit.append("roster_imported", now=now, detail=f"{tally.rows} rows")


async def _take(rows: list[RosterRow], *, now: datetime) -> int:
    """Write a batch's rows; return how many people of it are new here."""
    await _wait_for_other_imports()
    secret = keys()
    identities = [_identity(row, secret) for row in rows]
    known = KnownPeople(await _known(identities))
    fresh: list[_Line] = []
    changed: list[_Line] = []
    for row, identity in zip(rows, identities, strict=True):
        key = known.find(identity)
        if key is None:
            key = new_id()
            fresh.append(_Line(key, row, identity))
            known.learn(key, identity)
        else:
            changed.append(_Line(key, row, identity))
            known.learn(key, known.identity(key).updated_by(identity))
    writing = _Writing(await _households(rows), now)
    await execute_many(_INSERT, (writing.values(line, _DEFAULT_LOCALE) for line in fresh))
    await execute_many(_UPDATE, (writing.values(line) for line in changed))
    for person_id in await _enrolled([line.key for line in changed]):
        await replan(person_id, now=now)
    return len(fresh)


async def _wait_for_other_imports() -> None:
    """Let one import write at a time, so that two never enter the same person; SQLite's do."""
    if dialect() == "postgres":
        await execute("SELECT pg_advisory_xact_lock($1)", _LOCK)


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
    """Return everybody these rows could be about, the longest known first."""
    id_numbers = {one.id_number for one in identities if one.id_number}
    phones = {one.phone for one in identities if one.phone}
    names = {(one.village_code, one.name) for one in identities}
    found = [
        *await _looked_up(f"p.id_number_index IN ({marks(len(id_numbers))})", id_numbers),
        *await _looked_up(f"p.phone_index IN ({marks(len(phones))})", phones),
        *await _looked_up(
            f"(p.village_code, p.name_index) IN (VALUES {pairs(len(names))})",
            list(chain.from_iterable(names)),
        ),
    ]
    return sorted({row["id"]: _held(row) for row in found}.items())


async def _looked_up(condition: str, values: Collection[str]) -> list[Row]:
    if not values:
        return []
    return await execute(
        "SELECT p.id, p.village_code, p.name_index, p.phone_index, p.id_number_index,"
        " p.birth_date, p.sex, h.number AS household FROM person p"
        f" LEFT JOIN household h ON h.id = p.household_id WHERE {condition}",
        *values,
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
    named = {(row.village_code, row.household) for row in rows if row.household}
    held = await _with_pairs(
        "SELECT id, village_code, number FROM household"
        " WHERE (village_code, number) IN (VALUES {pairs})",
        named,
    )
    entered = await _with_pairs(
        "INSERT INTO household (village_code, number) VALUES {pairs}"
        " RETURNING id, village_code, number",
        named - held.keys(),
    )
    return held | entered


async def _with_pairs(query: str, named: set[tuple[str, str]]) -> dict[tuple[str, str], int]:
    if not named:
        return {}
    found = await execute(query.format(pairs=pairs(len(named))), *chain.from_iterable(named))
    return {(row["village_code"], row["number"]): row["id"] for row in found}


_COLUMNS = (
    "id, village_code, household_id, sex, birth_date, locale, name_sealed, name_index,"
    " phone_sealed, phone_index, phone_tail_index, id_number_sealed, id_number_index,"
    " remarks_sealed, registered_code, registered_place_sealed, updated_at, created_at"
)
_DEFAULTS = (
    "state, calendar, reminder_minute, folic_acid_minute, quiet_from_minute, quiet_to_minute,"
    " hides_content, voice_first"
)
_INSERT = (
    f"INSERT INTO person ({_COLUMNS}, {_DEFAULTS}) VALUES ({marks(17)}, $17,"
    " 'roster', 'nbphs2017', 510, 510, 1260, 480, TRUE, FALSE)"
)
# What a row leaves out stays as it is; a place of registration is replaced as a whole.
_UPDATE = """
    UPDATE person SET village_code = $2, household_id = coalesce($3, household_id),
    sex = coalesce($4, sex), birth_date = coalesce($5, birth_date), locale = coalesce($6, locale),
    name_sealed = $7, name_index = $8, phone_sealed = coalesce($9, phone_sealed),
    phone_index = coalesce($10, phone_index), phone_tail_index = coalesce($11, phone_tail_index),
    id_number_sealed = coalesce($12, id_number_sealed),
    id_number_index = coalesce($13, id_number_index),
    remarks_sealed = coalesce($14, remarks_sealed),
    registered_place_sealed = coalesce($16, registered_place_sealed),
    registered_code = CASE WHEN $16 IS NULL THEN registered_code ELSE $15 END, updated_at = $17
    WHERE id = $1
"""


class _Writing:
    """How a row's values are written: sealed for the person they belong to."""

    def __init__(self, households: dict[tuple[str, str], int], now: datetime) -> None:
        self._households = households
        self._secret = keys()
        self._now = now

    def values(self, line: _Line, locale: str | None = None) -> tuple[object, ...]:
        """Return the line's values in the order of the statements; `locale` if it names none."""
        key, row, identity = line
        tail = self._secret.blind("phone_tail", row.phone[-_TAIL:]) if row.phone else None
        return (
            *(key, row.village_code),
            self._households.get((row.village_code, row.household)) if row.household else None,
            *(row.sex, row.birth_date, (row.language and locale_of(row.language)) or locale),
            *(self._sealed("name", row.name, key), identity.name),
            *(self._sealed("phone", row.phone, key), identity.phone, tail),
            *(self._sealed("id_number", row.id_number, key), identity.id_number),
            *(self._sealed("remarks", row.remarks, key), row.registered_code),
            *(self._sealed("registered_place", row.registered, key), self._now),
        )

    def _sealed(self, column: str, text: str | None, key: int) -> bytes | None:
        return self._secret.seal(text, place_of("person", column, key)) if text else None


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
