"""The desk's public keys: who may be written to, and which of them a complaint is sealed to."""

from dataclasses import dataclass
from datetime import datetime

from backend.domain.access import Role
from backend.domain.complaints import Category
from backend.domain.desk import (
    About,
    DeskKey,
    DeskKeyExcluded,
    DeskKeyKnown,
    DeskKeyWrong,
    Level,
    is_named,
    is_open,
    level_of,
    plain_name,
    recipients,
)
from backend.domain.people import parse_name
from backend.store import models
from backend.store.crypto import keys
from backend.store.ids import new_id
from backend.store.sealing import public_text, read_public
from backend.store.sql import execute, in_transaction

_COMMAND = (Role.CADRE.value, Role.OFFICER.value)


@dataclass(frozen=True, slots=True)
class KnownKey:
    """A key as the desk's own list shows it."""

    public_key: str
    level: Level
    region_code: str
    office: str
    holder: str
    is_active: bool


async def add_key(
    public_key: str,
    region_code: str,
    *,
    office: str,
    holder: str = "",
    is_recovery: bool = False,
    now: datetime,
) -> Level:
    """Enter a public key and return its level; raises DeskKeyWrong or DeskKeyKnown."""
    text = public_text(read_public(public_key))
    level = Level.RECOVERY if is_recovery else level_of(region_code)
    async with in_transaction():
        if await models.DeskKey.exists(public_key=text):
            raise DeskKeyKnown
        row = models.DeskKey(
            id=new_id(),
            public_key=text,
            level=level.value,
            region_code=region_code,
            office=office,
            added_on=now.date(),
        )
        row.holder = parse_name(holder) if holder else None
        await row.save(force_create=True)
    return level


async def end_key(public_key: str, *, now: datetime) -> None:
    """Seal nothing to a key any more; what it opens already it still opens. Raises DeskKeyWrong."""
    ended = await execute(
        "UPDATE desk_key SET ended_on = $1 WHERE public_key = $2 AND ended_on IS NULL RETURNING id",
        *(now.date(), public_text(read_public(public_key))),
    )
    if not ended:
        raise DeskKeyWrong


async def known_keys() -> list[KnownKey]:
    """Every key that was entered, the oldest first."""
    rows = await models.DeskKey.all().order_by("added_on", "id")
    return [
        KnownKey(
            public_key=row.public_key,
            level=Level(row.level),
            region_code=row.region_code,
            office=row.office,
            holder=row.holder or "",
            is_active=row.ended_on is None,
        )
        for row in rows
    ]


async def active_keys() -> list[DeskKey]:
    """The keys that are sealed to now, with what decides who may receive."""
    rows = await models.DeskKey.filter(ended_on=None).order_by("id")
    in_command = await _names_in_command()
    return [
        DeskKey(
            key_id=row.id,
            level=Level(row.level),
            office=row.office,
            holder=row.holder or "",
            is_in_command=keys().blind("name", row.holder or "") in in_command,
        )
        for row in rows
    ]


async def choose(about: About, category: Category | None) -> tuple[DeskKey, ...]:
    """The keys that a new complaint is sealed to; raises DeskClosed."""
    return recipients(await active_keys(), about, category)


async def public_keys(key_ids: list[int]) -> dict[int, bytes]:
    """The public keys of these numbers."""
    rows = await models.DeskKey.filter(id__in=key_ids)
    return {row.id: read_public(row.public_key) for row in rows}


async def check_recipient(public_key: str, complaint_id: int) -> int:
    """The number of an active key that a complaint may be passed on to.

    Raises DeskKeyWrong for a key the desk does not have, DeskKeyExcluded where its holder is named.
    """
    row = await models.DeskKey.get_or_none(
        public_key=public_text(read_public(public_key)), ended_on=None
    )
    if row is None:
        raise DeskKeyWrong
    complaint = await models.Complaint.get(id=complaint_id)
    if row.holder and accused_digest(row.holder) in complaint.accused_blind.split():
        raise DeskKeyExcluded
    return int(row.id)


async def holders(key_ids: list[int]) -> dict[int, str]:
    """Who holds the keys of these numbers: the name, else the office."""
    rows = await models.DeskKey.filter(id__in=key_ids)
    return {row.id: row.holder or row.office for row in rows}


async def find_key(public_key: bytes) -> int | None:
    """The number of a public key, ended or not."""
    row = await models.DeskKey.get_or_none(public_key=public_text(public_key))
    return row.id if row else None


@dataclass(frozen=True, slots=True)
class OpenDesk:
    """Who reads what is written now: the offices, and whether all sit above the township."""

    offices: tuple[str, ...]
    is_above: bool


async def open_desk() -> OpenDesk | None:
    """Who would read a complaint now, or None while the desk cannot be written to."""
    held = await active_keys()
    if not is_open(held):
        return None
    reading = [key for key in held if key.level is not Level.RECOVERY]
    offices = tuple(dict.fromkeys(key.office for key in reading))
    return OpenDesk(offices, is_above=all(key.level is Level.COUNTY for key in reading))


async def accused_among_staff(about: About) -> list[str]:
    """Keyed digests of the names of staff and key holders that the words name."""
    words = plain_name(about.words)
    if not words:
        return []
    named = {name for name in await _staff_names() if plain_name(name) in words}
    named |= {key.holder for key in await active_keys() if key.holder and is_named(key, about)}
    return sorted(accused_digest(name) for name in named)


def accused_digest(name: str) -> str:
    """The keyed digest by which somebody named is kept from a complaint."""
    return keys().blind("accused", plain_name(name))


async def _staff_names() -> list[str]:
    rows = await execute("SELECT DISTINCT person_id FROM role_grant WHERE ended_at IS NULL")
    people = await models.Person.filter(id__in=[row["person_id"] for row in rows])
    return [person.name for person in people if person.name]


async def _names_in_command() -> set[str]:
    """The name digests of everybody who is a cadre or an officer here."""
    rows = await execute(
        "SELECT DISTINCT p.name_index FROM person p JOIN role_grant g ON g.person_id = p.id"
        " WHERE g.ended_at IS NULL AND g.role IN ($1, $2) AND p.name_index IS NOT NULL",
        *_COMMAND,
    )
    return {row["name_index"] for row in rows}
