"""Rows in bulk: what is copied reads back as what was written, and sets of ids choose rows."""

import sys
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from tortoise.exceptions import IntegrityError

from backend.store.models import LifeEvent, Person
from backend.store.sql import (
    among,
    as_date,
    as_datetime,
    copy_rows,
    execute,
    in_transaction,
    listed,
    marks,
    write_rows,
)
from tests.builders import LONG_AGO, WILLOW, a_person, a_township

pytestmark = pytest.mark.usefixtures("database")


async def test_more_rows_than_one_statement_holds_are_copied_whole() -> None:
    await a_township()
    columns = ("id", "village_code", "state", "sex", "birth_date", "locale", "calendar")
    more = ("reminder_minute", "folic_acid_minute", "quiet_from_minute", "quiet_to_minute")
    rest = ("hides_content", "voice_first", "created_at", "updated_at")
    day, moments = LONG_AGO.date(), (LONG_AGO, LONG_AGO)
    rows = [
        (number, WILLOW, "roster", None, day, "en", "who2016", 1, 2, 3, 4, True, False, *moments)
        for number in range(1, 2_346)
    ]
    async with in_transaction():
        await copy_rows("person", (*columns, *more, *rest), rows)
    assert await Person.all().count() == 2_345
    (last,) = await execute("SELECT * FROM person WHERE id = $1", 2_345)
    assert (last["sex"], as_date(last["birth_date"])) == (None, day)
    assert as_datetime(last["created_at"]) == LONG_AGO
    assert (await Person.get(id=7)).created_at == LONG_AGO


async def copy_twice(person_id: int) -> None:
    columns = ("id", "episode", "person_id", "kind", "reported_at")
    async with in_transaction():
        for _ in range(2):
            await copy_rows("life_event", columns, [(1, 1, person_id, "exam", LONG_AGO)])


async def test_nothing_is_copied_where_the_transaction_fails() -> None:
    person = await a_person("陈静")
    with pytest.raises(IntegrityError):
        await copy_twice(person.id)
    assert not await LifeEvent.exists()


async def test_a_set_of_ids_chooses_their_rows_and_an_empty_one_none() -> None:
    people = [await a_person(f"陈{number}") for number in range(3)]
    query = f"SELECT id FROM person WHERE {among('id', 1)} ORDER BY id"
    chosen = [people[0].id, people[2].id]
    assert [row["id"] for row in await execute(query, listed(chosen))] == chosen
    assert await execute(query, listed([])) == []


async def test_what_is_written_row_by_row_at_once_reads_back_as_it_was_given() -> None:
    people = [await a_person(f"陈{number}") for number in range(3)]
    # The second of two half past two on one morning.
    twice = datetime(2026, 10, 25, 2, 30, tzinfo=ZoneInfo("Europe/Berlin"), fold=1)
    told = [
        ('{"a":1}', None, True, -(2**53) - 1, twice),
        ("null", None, False, 2**62, twice.replace(fold=0)),
        ('"中\\', None, True, None, LONG_AGO),
    ]
    columns = {"id": "bigint", "locale": "text", "birth_date": "date", "voice_first": "boolean"}
    columns |= {"claim_of_id": "bigint", "updated_at": "timestamptz"}
    update = ", ".join(f"{name} = given.{name}" for name in columns if name != "id")
    query = f"UPDATE person SET {update} FROM {{given}} WHERE person.id = given.id"
    await write_rows(
        query, columns, [(who.id, *one) for who, one in zip(people, told, strict=True)]
    )
    await write_rows(query, columns, [])
    found = await Person.all().order_by("id")
    assert [
        (one.locale, one.birth_date, one.voice_first, one.claim_of_id, one.updated_at)
        for one in found
    ] == [(*others, moment.astimezone(UTC)) for *others, moment in told]
    days = [(one.id, date(2000, 2, 29 - number)) for number, one in enumerate(people)]
    born = "UPDATE person SET birth_date = given.on_day FROM {given} WHERE person.id = given.id"
    await write_rows(born, {"id": "bigint", "on_day": "date"}, days)
    assert [(one.id, one.birth_date) for one in await Person.all().order_by("id")] == days


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
async def test_a_statement_that_grows_with_its_values_is_not_kept() -> None:
    ids = range(1, 2_001)
    query = f"SELECT id FROM person WHERE id IN ({marks(len(ids))})"
    held = sys.getrefcount(query)
    await execute(query, *ids)
    assert sys.getrefcount(query) == held
