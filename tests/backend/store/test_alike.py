"""Rows that many owners share: each owner has all of them, whatever became of earlier writes."""

from datetime import date, datetime

import pytest
from tortoise.exceptions import IntegrityError

from backend.store.alike import Alike, AlikeRows, Owned
from backend.store.sql import as_date, as_datetime, execute, in_transaction
from tests.builders import LONG_AGO, a_person

pytestmark = pytest.mark.usefixtures("database")

SHARED = ("rule", "occurrence", "given_on")
VISITS = Alike((("k2", 3, date(2026, 3, 1)), ("k2", 6, date(2026, 6, 1))))
CHECKUP = Alike((("sc1", 1, date(2026, 4, 1)),))


def record_rows(most: int = 100) -> AlikeRows:
    own = ("person_id", "episode")
    return AlikeRows("service_record", own=own, shared=SHARED, at="reported_at", most=most)


async def write(rows: AlikeRows, *owned: Owned, at: datetime = LONG_AGO) -> None:
    async with in_transaction():
        await rows.write(owned, at)


async def written() -> set[tuple[object, ...]]:
    query = f"SELECT person_id, episode, {', '.join(SHARED)}, reported_at FROM service_record"
    return {
        (
            *(row["person_id"], row["episode"], row["rule"], row["occurrence"]),
            *(as_date(row["given_on"]), as_datetime(row["reported_at"])),
        )
        for row in await execute(query)
    }


def expected(*owned: Owned) -> set[tuple[object, ...]]:
    return {(who, what, *row, LONG_AGO) for who, what, alike in owned for row in alike.rows}


async def test_each_owner_has_the_rows_that_are_alike() -> None:
    people = [await a_person(f"陈{number}") for number in range(3)]
    owned = [(person.id, f"{person.id}", VISITS) for person in people]
    owned += [(people[2].id, "", CHECKUP), (people[0].id, "二胎", VISITS)]
    rows = record_rows()
    await write(rows, *owned[:2])
    await write(rows)
    await write(rows, *owned[2:])
    assert await written() == expected(*owned)


async def test_rows_told_in_a_transaction_that_was_undone_are_told_again() -> None:
    person, rows = await a_person("陈静"), record_rows()
    await write(rows, (person.id, "1", CHECKUP))
    with pytest.raises(IntegrityError):
        await write(rows, (person.id, "2", VISITS), (person.id + 1, "2", VISITS))
    kept = [(person.id, "1", CHECKUP), (person.id, "3", VISITS)]
    await write(rows, kept[1])
    assert await written() == expected(*kept)


async def test_what_was_forgotten_as_there_was_too_much_is_told_anew() -> None:
    person, rows = await a_person("陈静"), record_rows(most=2)
    owned = [
        (person.id, f"{number}", alike)
        for number, alike in enumerate([VISITS, CHECKUP, VISITS, VISITS, CHECKUP])
    ]
    for one in owned:
        await write(rows, one)
    assert await written() == expected(*owned)


async def test_two_that_write_by_turns_on_one_connection_do_not_mix_their_rows() -> None:
    person = await a_person("陈静")
    first, second = (
        record_rows(),
        AlikeRows(
            "consent",
            own=("person_id", "purpose"),
            shared=("text_version", "given_at"),
            at="withdrawn_at",
        ),
    )
    await write(first, (person.id, "1", VISITS))
    await write(second, (person.id, "fiction", Alike((("1", LONG_AGO),))))
    await write(first, (person.id, "2", CHECKUP))
    assert await written() == expected((person.id, "1", VISITS), (person.id, "2", CHECKUP))
    (row,) = await execute("SELECT * FROM consent WHERE purpose = 'fiction'")
    assert (row["text_version"], as_datetime(row["given_at"])) == ("1", LONG_AGO)
