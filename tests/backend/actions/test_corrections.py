"""Putting right what is written of oneself: found anew, and noted in the audit log."""

from datetime import date, datetime

import pytest

from backend.actions import audit, corrections
from backend.actions.planning import replan
from backend.domain.consent import Purpose
from backend.domain.errors import WrongValue
from backend.store.crypto import keys
from backend.store.models import DueService, Person
from tests.builders import STONE_BRIDGE, WILLOW, wang_xiuying

pytestmark = pytest.mark.usefixtures("database")


async def test_a_corrected_name_is_kept_and_noted(now: datetime) -> None:
    person = await wang_xiuying()
    await corrections.correct_name(person.id, " 王 秀莹 ", now=now)
    row = await Person.get(id=person.id)
    assert row.name == "王秀莹"
    assert [entry.detail for entry in await audit.about(person.id)] == ["name"]


async def test_a_corrected_phone_is_found_by_its_last_four_digits(now: datetime) -> None:
    person = await wang_xiuying()
    await corrections.correct_phone(person.id, "139 0013 9000", now=now)
    row = await Person.get(id=person.id)
    assert row.phone == "13900139000"
    assert row.phone_tail_index == keys().blind("phone_tail", "9000")


async def test_a_phone_may_be_taken_out(now: datetime) -> None:
    person = await wang_xiuying()
    await corrections.correct_phone(person.id, None, now=now)
    row = await Person.get(id=person.id)
    assert (row.phone, row.phone_index, row.phone_tail_index) == (None, None, None)


async def test_what_cannot_be_right_changes_nothing(now: datetime) -> None:
    person = await wang_xiuying()
    with pytest.raises(WrongValue):
        await corrections.correct_name(person.id, "12345", now=now)
    with pytest.raises(WrongValue):
        await corrections.correct_phone(person.id, "12", now=now)
    row = await Person.get(id=person.id)
    assert (row.name, row.phone) == ("王秀英", "13800138001")
    assert await audit.about(person.id) == []


async def test_a_place_of_registration_is_beside_where_she_lives_and_owes_her_the_same(
    now: datetime,
) -> None:
    person = await wang_xiuying(topics=(Purpose.SCREENING,), birth_date=date(1980, 5, 12))
    await replan(person.id, now=now)
    owed = await DueService.filter(person_id=person.id).values()
    for place, code in (("石桥村", STONE_BRIDGE), ("四川省达州市", None)):
        await corrections.correct_registered(person.id, place, now=now)
        await replan(person.id, now=now)
        row = await Person.get(id=person.id)
        assert (row.village_code, row.registered_code, row.registered_place) == (
            *(WILLOW, code, place),
        )
        assert place.encode() not in bytes(row.registered_place_sealed or b"")
    assert await DueService.filter(person_id=person.id).values() == owed
    await corrections.correct_registered(person.id, None, now=now)
    row = await Person.get(id=person.id)
    assert (row.registered_code, row.registered_place) == (None, None)
    assert {entry.detail for entry in await audit.about(person.id)} == {"registered"}
