"""Finding a person of one's own grid by name, pinyin or phone.

Names are kept encrypted without an index of their parts, which would tell a thief of the database
the surnames of a village. So a grid's names are opened one after another and compared: some
milliseconds for the 2,000 people of 500 households, and about a second for a township of 50,000,
during which everybody else is still answered. A phone is found by its blind index.
"""

import asyncio
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from backend.actions.grids import in_grid
from backend.domain.access import Actor
from backend.domain.people import mask_name, mask_phone, tidy
from backend.domain.search import Fit, fit, normal
from backend.store.crypto import keys
from backend.store.sealed import place_of
from backend.store.sql import Row, as_date, execute

MOST_FOUND = 8
_TAIL, _SHORTEST_PHONE = 4, 7
_DIGITS = re.compile(r"\d[\d\s-]*")
_A_BREATH = 500
_SELECT = """
    SELECT p.id, p.name_sealed, p.phone_sealed, p.birth_date, p.birth_year, p.state,
        h.number AS household
    FROM person p LEFT JOIN household h ON h.id = p.household_id
"""


@dataclass(frozen=True, slots=True)
class Hit:
    """Somebody who was found; name and phone are masked."""

    person_id: int
    name: str | None
    phone: str | None
    household: str | None
    birth_year: int | None


@dataclass(frozen=True, slots=True)
class Found:
    """Who fits best, at most eight, and whether there are more."""

    hits: tuple[Hit, ...]
    has_more: bool


async def find_people(actor: Actor, words: str) -> Found:
    """Find people of the actor's grid by a name, pinyin, initials, a phone or its last four."""
    query = tidy(words)
    if _DIGITS.fullmatch(query):
        return await _by_phone(actor, re.sub(r"\D", "", query))
    return await _by_name(actor, normal(query))


async def _by_phone(actor: Actor, digits: str) -> Found:
    if len(digits) == _TAIL:
        column, index = "phone_tail_index", keys().blind("phone_tail", digits)
    elif len(digits) >= _SHORTEST_PHONE:
        column, index = "phone_index", keys().blind("phone", digits)
    else:
        return Found((), has_more=False)
    condition, values = in_grid(actor, after=1)
    rows = await execute(
        f"{_SELECT} WHERE p.{column} = $1 AND {condition} ORDER BY h.number, p.id LIMIT 9",
        *(index, *values),
    )
    return Found(tuple(map(_hit, rows[:MOST_FOUND])), len(rows) > MOST_FOUND)


async def _by_name(actor: Actor, query: str) -> Found:
    condition, values = in_grid(actor)
    rows = await execute(f"{_SELECT} WHERE {condition} ORDER BY h.number, p.id", *values)
    found: list[tuple[Fit, int, Row]] = []
    for number, row in enumerate(rows):
        name = _opened(row, "name") or ""
        how = fit(query, name, tuple(map(_readings, name)))
        if how is not None:
            found.append((how, number, row))
        if number % _A_BREATH == _A_BREATH - 1:
            await asyncio.sleep(0)
    best = sorted(found, key=lambda one: one[:2])
    return Found(tuple(_hit(row) for *_, row in best[:MOST_FOUND]), len(best) > MOST_FOUND)


def _hit(row: Row) -> Hit:
    name, phone, born_on = _opened(row, "name"), _opened(row, "phone"), as_date(row["birth_date"])
    return Hit(
        person_id=row["id"],
        name=name and mask_name(name),
        phone=phone and mask_phone(phone),
        household=row["household"],
        birth_year=_year(born_on, row["birth_year"]),
    )


def _year(born_on: date | None, birth_year: int | None) -> int | None:
    return born_on.year if born_on else birth_year


def _opened(row: Row, column: str) -> str | None:
    sealed = row[f"{column}_sealed"]
    return keys().unseal(bytes(sealed), place_of("person", column, row["id"])) if sealed else None


@lru_cache(maxsize=20_000)
def _readings(character: str) -> tuple[str, ...]:
    """The readings of a character in plain letters, every one it has; a letter reads as itself."""
    # Its dictionary takes as long to read as half of all else at the start; most never search.
    from pypinyin import Style, pinyin

    spelled = pinyin(character, style=Style.NORMAL, heteronym=True)[0]
    return tuple(dict.fromkeys(_typed(spelled)))


def _typed(spelled: list[str]) -> Iterator[str]:
    """The ways a reading is typed: ü is typed v, u or yu."""
    for reading in spelled:
        yield reading.casefold()
        if "v" in reading:
            yield reading.replace("v", "u")
            yield reading.replace("v", "yu")
