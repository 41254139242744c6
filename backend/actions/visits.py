"""What a cadre writes down for people without a phone: consent in person, visits, services, facts.

Whoever has a chat of her own says these things herself; a visit to her may be noted all the same.
"""

from datetime import date, datetime
from enum import StrEnum

from backend.actions import audit, consents, corrections, events, reminders
from backend.actions.events import Recorded, Told
from backend.actions.people import check_access, check_of_age, has_chat
from backend.actions.reminders import DueView
from backend.actions.schedule import my_schedule
from backend.domain.access import Act, Actor, HasOwnChat
from backend.domain.consent import Purpose
from backend.domain.events import EventKind, Method
from backend.domain.gestation import Dating
from backend.store.ids import new_id
from backend.store.models import Visit
from backend.store.sql import in_transaction

LONGEST_NOTE = 200


class Way(StrEnum):
    """How a cadre was in touch."""

    HOME = "home"
    CALL = "call"
    OFFICE = "office"


async def record_visit(
    actor: Actor, person_id: int, way: Way, on: date, *, now: datetime, note: str | None = None
) -> None:
    """Note a visit or call on a day; the note is cut at 200 characters. Raises NotAllowed."""
    async with in_transaction():
        await check_access(actor, person_id, Act.WORK)
        row = Visit(id=new_id(), person_id=person_id, way=way.value, on_date=on)
        row.made_by, row.made_at = actor.person_id, now
        row.note = note[:LONGEST_NOTE] if note else None
        await row.save(force_create=True)
        await _note(actor, "visit_recorded", person_id, now=now)


async def may_record(actor: Actor, person_id: int, *, now: datetime) -> None:
    """Raise what keeps a cadre from writing for a person: NotAllowed, HasOwnChat, Underage."""
    await check_access(actor, person_id, Act.WORK)
    if await has_chat(person_id):
        raise HasOwnChat
    await check_of_age(person_id, today=now.date())


async def record_consent(
    actor: Actor, person_id: int, purpose: Purpose, *, is_given: bool, now: datetime
) -> None:
    """Write down the yes or no she says with the cadre beside her; each no is final.

    Raises what `may_record` raises, and ConsentNeeded for a health purpose before the general one.
    """
    async with in_transaction():
        await may_record(actor, person_id, now=now)
        answer = consents.give if is_given else consents.refuse
        await answer(person_id, [purpose], by=actor.person_id, now=now)


async def owed_to(actor: Actor, person_id: int, *, now: datetime) -> list[DueView]:
    """What a person of the grid is owed, for the cadre who tells her; raises NotAllowed."""
    await check_access(actor, person_id, Act.WORK)
    return [view for view in await my_schedule(person_id, now=now) if view.asked == "visit"]


async def record_had(actor: Actor, person_id: int, due_id: int, on: date, *, now: datetime) -> None:
    """Write down that she had a service on a day; raises what `may_record` raises, and NotOwed."""
    async with in_transaction():
        await may_record(actor, person_id, now=now)
        await reminders.answer_done(person_id, due_id, on, by=actor.person_id, now=now)
        await _note(actor, "service_recorded", person_id, now=now)


async def record_pregnancy(
    actor: Actor, person_id: int, *, dating: Dating, now: datetime
) -> Recorded:
    """Write down the last period or due date she tells; raises EventRefused, ConsentNeeded."""
    async with in_transaction():
        told = await _told(actor, person_id, now=now)
        return await events.record_pregnancy(person_id, told, dating=dating)


async def record_birth(actor: Actor, person_id: int, *, on: date, now: datetime) -> Recorded:
    """Write down a birth she tells; raises EventRefused, ConsentNeeded."""
    async with in_transaction():
        told = await _told(actor, person_id, now=now)
        return await events.record_birth(person_id, told, on=on)


async def record_day(
    actor: Actor,
    person_id: int,
    kind: EventKind,
    *,
    on: date,
    now: datetime,
    rule: str | None = None,
) -> Recorded:
    """Write down an event that is a day and no more; raises EventRefused, ConsentNeeded."""
    async with in_transaction():
        told = await _told(actor, person_id, now=now)
        return await events.record_day(person_id, told, kind, on=on, rule=rule)


async def record_method(
    actor: Actor,
    person_id: int,
    method: Method,
    *,
    on: date,
    now: datetime,
    rods: int | None = None,
    lasts_months: int | None = None,
) -> Recorded:
    """Write down a method she says she chose; raises EventRefused, ConsentNeeded."""
    async with in_transaction():
        told = await _told(actor, person_id, now=now)
        return await events.record_method(
            person_id, told, method=method, on=on, rods=rods, lasts_months=lasts_months
        )


async def correct_registered(
    actor: Actor, person_id: int, place: str | None, *, now: datetime
) -> None:
    """Write down where she says that she is registered; raises what `may_record` raises."""
    async with in_transaction():
        await may_record(actor, person_id, now=now)
        await corrections.correct_registered(person_id, place, now=now, by=actor.person_id)


async def end_pregnancy(actor: Actor, person_id: int, *, now: datetime) -> Recorded:
    """Write down that something has changed: one quiet step, no reason, nothing follows."""
    async with in_transaction():
        told = await _told(actor, person_id, now=now)
        return await events.end_pregnancy(person_id, told)


async def _told(actor: Actor, person_id: int, *, now: datetime) -> Told:
    await may_record(actor, person_id, now=now)
    await _note(actor, "fact_recorded", person_id, now=now)
    return Told(now=now, by=actor.person_id)


async def _note(actor: Actor, action: str, person_id: int, *, now: datetime) -> None:
    await audit.append(action, actor_id=actor.person_id, subject_id=person_id, now=now)
