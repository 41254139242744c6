"""Registering oneself: entered as waiting, until a cadre of the village has looked."""

from dataclasses import dataclass
from datetime import datetime

from backend.actions import audit, tasks
from backend.actions.counters import next_number
from backend.actions.grids import at_hand
from backend.actions.notices import tell
from backend.actions.people import check_access, keep_phone
from backend.actions.planning import replan
from backend.domain.access import Act, Actor, NotAllowed, Underage, is_underage
from backend.domain.errors import AlreadyRegistered, WrongValue
from backend.domain.people import Rejection, mask_name, mask_phone, parse_name, parse_phone
from backend.domain.tasks import TaskKind, TaskState
from backend.store.ids import new_id
from backend.store.models import Person, Region
from backend.store.sql import execute, in_transaction

# Tables whose rows follow a person when two rows turn out to be the same woman.
_FOLLOWING = (
    "consent",
    "life_event",
    "due_service",
    "service_record",
    "topic_choice",
    "dose_log",
    "task",
    "task_answer",
    "move_report",
    "handover",
    "visit",
    "send",
    "role_grant",
    "account",
)


@dataclass(frozen=True, slots=True)
class Registration:
    """What somebody who registered herself is told; `number` is such as R-0231."""

    person_id: int
    number: str


@dataclass(frozen=True, slots=True)
class Registrant:
    """What somebody says of herself; all but village and name may be left out."""

    village_code: str
    name: str
    phone: str | None = None
    birth_year: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """Somebody who waits for a cadre; `is_on_roster` where a row there has her name and phone."""

    person_id: int
    number: str
    name: str | None
    phone: str | None
    birth_year: int | None
    since_days: int
    is_on_roster: bool


async def register_self(
    tg_id: int, registrant: Registrant, *, locale: str, now: datetime
) -> Registration:
    """Enter somebody who is not on the roster, or says so, and ask a cadre to look.

    A roster row with the same name and phone is noted for the cadre and never told to her.
    Raises WrongValue, Underage, and AlreadyRegistered when the chat has a person behind it.
    """
    name = parse_name(registrant.name)
    phone = parse_phone(registrant.phone) if registrant.phone else None
    if is_underage(None, registrant.birth_year, now.date()):
        raise Underage
    async with in_transaction():
        if not await Region.exists(code=registrant.village_code):
            raise WrongValue(reason=Rejection.VILLAGE_UNKNOWN)
        person = Person(
            id=new_id(),
            village_code=registrant.village_code,
            state="waiting",
            birth_year=registrant.birth_year,
            locale=locale,
            registration_number=await next_number("registration"),
            created_at=now,
            updated_at=now,
        )
        person.name = name
        keep_phone(person, phone)
        person.claim_of_id = await _same_on_roster(person)
        await person.save(force_create=True)
        await _bind(tg_id, person.id, now=now)
        await tasks.open_task(
            TaskKind.REGISTRATION, person.id, dedup_key=f"registration:{person.id}", now=now
        )
        await audit.append("registered", actor_id=person.id, subject_id=person.id, now=now)
    return Registration(person.id, number_text(person.registration_number or 0))


async def waiting_in(actor: Actor, *, now: datetime) -> list[Waiting]:
    """Who registered herself, waits, and is the actor's to look at, the oldest first."""
    condition, values = at_hand(actor)
    rows = await execute(
        "SELECT p.id FROM task t JOIN person p ON p.id = t.person_id"
        " LEFT JOIN household h ON h.id = p.household_id"
        f" WHERE t.kind = 'registration' AND t.state = 'open' AND {condition}"
        " ORDER BY t.opened_at, t.id",
        *values,
    )
    return [await waiting(actor, row["id"], now=now) for row in rows]


async def waiting(actor: Actor, person_id: int, *, now: datetime) -> Waiting:
    """Somebody who waits, name and phone masked; raises NotAllowed, also once it is settled."""
    row = await _waiting(actor, person_id)
    return Waiting(
        person_id=person_id,
        number=number_text(row.registration_number or 0),
        name=mask_name(row.name) if row.name else None,
        phone=mask_phone(row.phone) if row.phone else None,
        birth_year=row.birth_year,
        since_days=(now - row.created_at).days,
        is_on_roster=row.claim_of_id is not None,
    )


async def confirm(actor: Actor, person_id: int, *, now: datetime) -> int:
    """Confirm that somebody who registered herself lives here; return her person's id.

    Where she is on the roster, the two rows become the roster's. Raises NotAllowed.
    """
    async with in_transaction():
        waiting = await _waiting(actor, person_id)
        await tasks.close_tasks(person_id, TaskKind.REGISTRATION, TaskState.DONE, now=now)
        claimed = await _claimed(waiting)
        if claimed is None:
            await execute("UPDATE person SET state = 'confirmed' WHERE id = $1", person_id)
        else:
            await _become(waiting, claimed, now=now)
        kept_id = claimed.id if claimed else person_id
        await audit.append(
            "registration_confirmed", actor_id=actor.person_id, subject_id=kept_id, now=now
        )
        await tell(kept_id, "registration_confirmed", now=now)
        await replan(kept_id, now=now)
        return kept_id


async def turn_away(actor: Actor, person_id: int, *, now: datetime) -> None:
    """Say that somebody who registered herself is not of this village; raises NotAllowed.

    She stays as she is and may choose another village; nothing she was offered ends.
    """
    async with in_transaction():
        await _waiting(actor, person_id)
        await tasks.close_tasks(person_id, TaskKind.REGISTRATION, TaskState.DECLINED, now=now)
        await audit.append(
            "registration_refused", actor_id=actor.person_id, subject_id=person_id, now=now
        )
        await tell(person_id, "registration_refused", now=now)


async def move_registration(person_id: int, village_code: str, *, now: datetime) -> None:
    """Let somebody who still waits choose another village, whose cadre is asked then."""
    async with in_transaction():
        if not await Region.exists(code=village_code):
            raise WrongValue(reason=Rejection.VILLAGE_UNKNOWN)
        moved = await execute(
            "UPDATE person SET village_code = $1, updated_at = $2"
            " WHERE id = $3 AND state = 'waiting' RETURNING id",
            *(village_code, now, person_id),
        )
        if not moved:
            raise NotAllowed
        await tasks.close_tasks(person_id, TaskKind.REGISTRATION, TaskState.CANCELLED, now=now)
        key = f"registration:{person_id}:{village_code}"
        await tasks.open_task(TaskKind.REGISTRATION, person_id, dedup_key=key, now=now)


def number_text(number: int) -> str:
    """A registration's number as it is told, such as R-0231."""
    return f"R-{number:04}"


async def _bind(tg_id: int, person_id: int, *, now: datetime) -> None:
    bound = await execute(
        "UPDATE account SET person_id = $1, state = 'active', state_at = $2"
        " WHERE tg_id = $3 AND person_id IS NULL RETURNING id",
        *(person_id, now, tg_id),
    )
    if not bound:
        raise AlreadyRegistered


async def _same_on_roster(person: Person) -> int | None:
    """The one roster row with her name and phone and no chat, or None."""
    if person.phone_index is None:
        return None
    rows = await execute(
        "SELECT p.id FROM person p LEFT JOIN account a ON a.person_id = p.id"
        " WHERE p.phone_index = $1 AND p.name_index = $2 AND p.state = 'roster'"
        " AND p.enrolled_on IS NULL AND a.id IS NULL",
        *(person.phone_index, person.name_index),
    )
    return rows[0]["id"] if len(rows) == 1 else None


async def _waiting(actor: Actor, person_id: int) -> Person:
    await check_access(actor, person_id, Act.CONFIRM)
    person = await Person.get(id=person_id)
    if person.state != "waiting":
        raise NotAllowed
    return person


async def _claimed(waiting: Person) -> Person | None:
    """The roster row she seems to be, unless somebody has come in by it meanwhile."""
    if waiting.claim_of_id is None:
        return None
    claimed = await Person.get_or_none(id=waiting.claim_of_id, state="roster", enrolled_on=None)
    taken = await execute("SELECT 1 AS one FROM account WHERE person_id = $1", waiting.claim_of_id)
    return None if taken else claimed


async def _become(waiting: Person, claimed: Person, *, now: datetime) -> None:
    """Carry everything of the waiting row over to the roster's, and delete the waiting one."""
    await execute("UPDATE person SET registration_number = NULL WHERE id = $1", waiting.id)
    for table in _FOLLOWING:
        await execute(
            f"UPDATE {table} SET person_id = $1 WHERE person_id = $2", claimed.id, waiting.id
        )
    claimed.state = "confirmed"
    claimed.enrolled_on = waiting.enrolled_on
    claimed.registration_number = waiting.registration_number
    claimed.birth_year = claimed.birth_year or waiting.birth_year
    claimed.locale = waiting.locale
    for setting in ("reminder_minute", "folic_acid_minute", "quiet_from_minute", "quiet_to_minute"):
        setattr(claimed, setting, getattr(waiting, setting))
    claimed.hides_content, claimed.voice_first = waiting.hides_content, waiting.voice_first
    claimed.updated_at = now
    await claimed.save()
    await execute("DELETE FROM person WHERE id = $1", waiting.id)
