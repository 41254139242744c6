"""Persons: the one door to their rows, what of them is shown to whom, and who looks after them."""

from dataclasses import dataclass
from datetime import date, datetime

from backend.actions import audit
from backend.domain.access import Act, Actor, NotAllowed, Role, Subject, Underage, is_underage, may
from backend.domain.people import mask_name, mask_phone
from backend.domain.salutation import Salutation, salutation
from backend.store.crypto import keys
from backend.store.models import Person, Region
from backend.store.sql import as_date, execute, in_transaction

_TAIL = 4


@dataclass(frozen=True, slots=True)
class Village:
    """A village or community of the township."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class PersonView:
    """A person as somebody who may look sees her; name and phone are masked to all but herself.

    `registered_place` is None where she is registered where she lives, or did not say.
    """

    person_id: int
    state: str
    village: Village
    name: str | None
    phone: str | None
    birth_date: date | None
    birth_year: int | None
    sex: str | None
    locale: str
    has_chat: bool
    enrolled_on: date | None
    registered_place: str | None


@dataclass(frozen=True, slots=True)
class Contact:
    """A person's name and phone, opened."""

    name: str | None
    phone: str | None


@dataclass(frozen=True, slots=True)
class Cadre:
    """The cadre who looks after a person."""

    person_id: int
    name: str | None
    phone: str | None


async def fetch_for(actor: Actor, person_id: int, act: Act = Act.VIEW) -> PersonView:
    """Show a person's row to somebody who may see it; raises NotAllowed otherwise.

    The refusal is the same for a row that does not exist.
    """
    await check_access(actor, person_id, act)
    row = await Person.get(id=person_id)
    is_herself = actor.person_id == person_id
    return PersonView(
        person_id=person_id,
        state=row.state,
        village=await village(row.village_code),
        name=row.name if is_herself else row.name and mask_name(row.name),
        phone=row.phone if is_herself else row.phone and mask_phone(row.phone),
        birth_date=row.birth_date,
        birth_year=row.birth_year,
        sex=row.sex,
        locale=row.locale,
        has_chat=await has_chat(person_id),
        enrolled_on=row.enrolled_on,
        registered_place=row.registered_place,
    )


async def check_access(actor: Actor, person_id: int, act: Act) -> Subject:
    """Return whose row it is; raises NotAllowed where the door stays shut."""
    subject = await subject_of(person_id)
    if subject is None or not may(actor, act, subject):
        raise NotAllowed
    return subject


async def subject_of(person_id: int) -> Subject | None:
    """Whose row it is and who looks after it, or None for nobody's."""
    rows = await execute(
        "SELECT p.village_code, h.cadre_id FROM person p"
        " LEFT JOIN household h ON h.id = p.household_id WHERE p.id = $1 AND p.state <> 'erased'",
        person_id,
    )
    return Subject(person_id, rows[0]["village_code"], rows[0]["cadre_id"]) if rows else None


async def open_contact(actor: Actor, person_id: int, *, now: datetime) -> Contact:
    """Show name and phone to somebody who may, and note it where she can read it herself."""
    async with in_transaction():
        await check_access(actor, person_id, Act.OPEN_CONTACT)
        await audit.append(
            "contact_opened", actor_id=actor.person_id, subject_id=person_id, now=now
        )
        row = await Person.get(id=person_id)
        return Contact(row.name, row.phone)


async def addressed(person_id: int) -> Salutation | None:
    """How to address a person in a greeting, None while her name is not known."""
    row = await Person.get(id=person_id)
    return salutation(row.name, row.sex)


async def cadre_of(person_id: int) -> Cadre | None:
    """The cadre of her household, else one of her village, else None; never she herself."""
    subject = await subject_of(person_id)
    if subject is None or subject.cadre_id == person_id:
        return None
    cadre_id = subject.cadre_id or await _village_cadre(subject.village_code, but=person_id)
    return await _cadre(cadre_id) if cadre_id else None


async def cadre_of_village(village_code: str) -> Cadre | None:
    """The cadre longest in charge of a village, None while it has none."""
    cadre_id = await _village_cadre(village_code)
    return await _cadre(cadre_id) if cadre_id else None


async def _cadre(cadre_id: int) -> Cadre:
    row = await Person.get(id=cadre_id)
    return Cadre(cadre_id, row.name, row.phone)


async def _village_cadre(village_code: str, *, but: int = 0) -> int | None:
    rows = await execute(
        "SELECT person_id FROM role_grant WHERE role = $1 AND region_code = $2"
        " AND ended_at IS NULL AND person_id <> $3 ORDER BY id LIMIT 1",
        *(Role.CADRE.value, village_code, but),
    )
    return rows[0]["person_id"] if rows else None


async def villages() -> list[Village]:
    """Every village and community, by code."""
    rows = await Region.all().order_by("code")
    return [Village(row.code, row.name) for row in rows if not row.code.endswith("000")]


async def townships() -> list[Village]:
    """Every township, by code."""
    rows = await Region.filter(code__endswith="000").order_by("code")
    return [Village(row.code, row.name) for row in rows]


async def village(code: str) -> Village:
    """A village by its code; one nobody entered bears its code as its name."""
    row = await Region.get_or_none(code=code)
    return Village(code, row.name if row else code)


async def township_of(village_code: str) -> Village:
    """The township a village lies in."""
    return await village(f"{village_code[:9]}000")


async def check_of_age(person_id: int, *, today: date) -> None:
    """Raise Underage for a person who is surely under 18: she is served by a human being."""
    rows = await execute("SELECT birth_date, birth_year FROM person WHERE id = $1", person_id)
    if rows and is_underage(as_date(rows[0]["birth_date"]), rows[0]["birth_year"], today):
        raise Underage


def keep_phone(row: Person, phone: str | None) -> None:
    """Seal a phone into a person's row, to be found by the whole of it or by its last four."""
    row.phone = phone
    row.phone_tail_index = keys().blind("phone_tail", phone[-_TAIL:]) if phone else None


async def has_chat(person_id: int) -> bool:
    """Whether she has a chat of her own here, open or shut, and not one that fails for good."""
    return bool(
        await execute(
            "SELECT 1 AS one FROM account WHERE person_id = $1"
            " AND state NOT IN ('deactivated', 'unreachable')",
            person_id,
        )
    )
