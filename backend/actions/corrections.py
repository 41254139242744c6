"""Putting right what is written of a person: her own name, phone, and the village she waits for."""

from datetime import datetime

from backend.actions import audit
from backend.actions.people import keep_phone
from backend.domain.people import parse_name, parse_phone
from backend.store.models import Person
from backend.store.sql import in_transaction


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


async def _keep(row: Person, field: str, *, now: datetime) -> None:
    """Write a corrected row with its entry in the audit log."""
    row.updated_at = now
    async with in_transaction():
        await row.save()
        await audit.append("corrected", actor_id=row.id, subject_id=row.id, detail=field, now=now)
