"""Putting right what is written of a person: name, phone, and where she is registered."""

from datetime import datetime

from backend.actions import audit
from backend.actions.people import keep_phone
from backend.actions.regions import village_finder
from backend.domain.people import parse_name, parse_phone
from backend.store.models import Person
from backend.store.sql import in_transaction

LONGEST_PLACE = 120


async def correct_name(person_id: int, name: str, *, now: datetime) -> None:
    """Write her name anew; raises WrongValue."""
    row = await Person.get(id=person_id)
    row.name = parse_name(name)
    await _keep(row, "name", now=now)


async def correct_phone(person_id: int, phone: str | None, *, now: datetime) -> None:
    """Write her phone anew, or take it out; raises WrongValue."""
    row = await Person.get(id=person_id)
    keep_phone(row, parse_phone(phone) if phone else None)
    await _keep(row, "phone", now=now)


async def correct_registered(
    person_id: int, place: str | None, *, now: datetime, by: int | None = None
) -> None:
    """Write where she is registered, None where she lives there; what she is owed stays.

    `by` is the cadre who writes it down for her. She is served and counted where she lives.
    """
    row = await Person.get(id=person_id)
    finder = await village_finder()
    row.registered_place = place[:LONGEST_PLACE] if place else None
    row.registered_code = finder.known(place) if place else None
    await _keep(row, "registered", now=now, by=by)


async def _keep(row: Person, field: str, *, now: datetime, by: int | None = None) -> None:
    """Write a corrected row with its entry in the audit log."""
    row.updated_at = now
    async with in_transaction():
        await row.save()
        await audit.append(
            "corrected", actor_id=by or row.id, subject_id=row.id, detail=field, now=now
        )
