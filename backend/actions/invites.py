"""Invites: single-use links by which the office lets people in; only a token's digest is kept."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from backend.actions import audit
from backend.actions.accounts import renew_commands
from backend.actions.people import (
    Cadre,
    Village,
    cadre_of,
    cadre_of_village,
    check_of_age,
    township_of,
    village,
)
from backend.actions.recall import recall_from_other_chats
from backend.domain.access import Role
from backend.domain.errors import AlreadyRegistered, InviteRefused
from backend.domain.salutation import Salutation, salutation
from backend.store.ids import new_id
from backend.store.models import Invite, Person
from backend.store.sql import execute, in_transaction

_TOKEN_BYTES = 16
LIFE = timedelta(days=90)
_CREATED_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class InviteView:
    """What the greeting needs: who invites whom to what."""

    role: Role
    township: Village
    village: Village
    cadre: Cadre | None
    salutation: Salutation | None
    person_id: int | None


@dataclass(frozen=True, slots=True)
class PersonInvite:
    """One card of a village's sheet: the person, her household's number, her link's token."""

    person_id: int
    name: str | None
    household: str | None
    token: str


@dataclass(frozen=True, slots=True)
class Redeemed:
    """Who came in by an invite, in which role, for which region."""

    person_id: int
    role: Role
    region_code: str


async def create(
    role: Role,
    region_code: str,
    *,
    now: datetime,
    person_id: int | None = None,
    name: str | None = None,
    life: timedelta = LIFE,
    by: int | None = None,
) -> str:
    """Make an invite and return its token: 22 characters of A-Z a-z 0-9 _ -, kept nowhere.

    Unused older invites of the same person are revoked.
    """
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    async with in_transaction():
        if person_id is not None:
            await _revoke("person_id = $2", person_id, now=now)
        row = _row(token, role, region_code, now=now, life=life)
        row.person_id, row.name = person_id, name
        await row.save(force_create=True)
        await audit.append(
            "invite_created", actor_id=by, subject_id=person_id, detail=role.value, now=now
        )
    return token


async def for_village(
    village_code: str, *, now: datetime, life: timedelta = LIFE, by: int | None = None
) -> list[PersonInvite]:
    """Make a fresh invite for everyone of a village who has no chat yet, by household and name.

    They replace the unused older invites of the same persons.
    """
    unbound = (
        "SELECT p.id FROM person p LEFT JOIN account a ON a.person_id = p.id"
        " WHERE p.village_code = $1 AND p.state IN ('roster', 'confirmed') AND a.id IS NULL"
    )
    async with in_transaction():
        ids = [row["id"] for row in await execute(unbound, village_code)]
        people = await Person.filter(id__in=ids).select_related("household")
        await _revoke(f"person_id IN ({unbound.replace('$1', '$2')})", village_code, now=now)
        tokens = {person.id: secrets.token_urlsafe(_TOKEN_BYTES) for person in people}
        rows = [
            _row(tokens[person.id], Role.RESIDENT, village_code, now=now, life=life)
            for person in people
        ]
        for row, person in zip(rows, people, strict=True):
            row.person_id = person.id
        await Invite.bulk_create(rows, batch_size=_CREATED_AT_ONCE)
        await audit.append("invites_created", actor_id=by, detail=f"{village_code}", now=now)
    made = [_card(person, tokens[person.id]) for person in people]
    return sorted(made, key=lambda one: (one.household or "", one.name or "", one.person_id))


def _card(person: Person, token: str) -> PersonInvite:
    household = person.household.number if person.household else None
    return PersonInvite(person.id, person.name, household, token)


async def look(token: str, *, now: datetime) -> InviteView:
    """Show what an invite is for, without using it; raises InviteRefused."""
    row = await _find(token)
    _check(row, now)
    person = await Person.get_or_none(id=row.person_id) if row.person_id else None
    code = person.village_code if person else row.region_code
    if person is not None:
        address, cadre = salutation(person.name, person.sex), await cadre_of(person.id)
    else:
        address, cadre = salutation(row.name, None), await cadre_of_village(code)
    return InviteView(
        role=Role(row.role),
        township=await township_of(code),
        village=await village(code),
        cadre=cadre,
        salutation=address,
        person_id=row.person_id,
    )


async def redeem(token: str, tg_id: int, *, now: datetime) -> Redeemed:
    """Let a chat in by an invite, exactly once however many try at once.

    Raises InviteRefused, AlreadyRegistered when the chat belongs to another person, and Underage;
    the invite then stays as it was. A person invited anew leaves her former chat.
    """
    async with in_transaction():
        row = await _find(token)
        _check(row, now)
        await _use(row, now=now)
        person_id = await _person_for(row, tg_id, now=now)
        await check_of_age(person_id, today=now.date())
        await _bind(tg_id, person_id, now=now)
        await _grant(person_id, row, now=now)
        if row.role != Role.RESIDENT:
            await renew_commands(tg_id, now=now)
        await audit.append(
            "invite_redeemed", actor_id=person_id, subject_id=person_id, detail=row.role, now=now
        )
    return Redeemed(person_id, Role(row.role), row.region_code)


def _row(token: str, role: Role, region_code: str, *, now: datetime, life: timedelta) -> Invite:
    return Invite(
        id=new_id(),
        token_digest=_digest(token),
        role=role.value,
        region_code=region_code,
        created_at=now,
        expires_at=now + life,
    )


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


async def _revoke(condition: str, value: object, *, now: datetime) -> None:
    await execute(
        f"UPDATE invite SET revoked_at = $1 WHERE used_at IS NULL AND revoked_at IS NULL"
        f" AND {condition}",
        *(now, value),
    )


async def _find(token: str) -> Invite:
    row = await Invite.get_or_none(token_digest=_digest(token))
    if row is None:
        raise InviteRefused(reason="unknown")
    return row


def _check(row: Invite, now: datetime) -> None:
    if row.used_at is not None:
        raise InviteRefused(reason="used")
    if row.revoked_at is not None:
        raise InviteRefused(reason="revoked")
    if row.expires_at <= now:
        raise InviteRefused(reason="expired")


async def _use(row: Invite, *, now: datetime) -> None:
    used = await execute(
        "UPDATE invite SET used_at = $1 WHERE id = $2 AND used_at IS NULL RETURNING id", now, row.id
    )
    if not used:
        raise InviteRefused(reason="used")


async def _person_for(row: Invite, tg_id: int, *, now: datetime) -> int:
    """The person an invite is for: the one named, the one behind the chat, else a new one."""
    if row.person_id is not None:
        await execute(
            "UPDATE person SET state = 'confirmed', updated_at = $1"
            " WHERE id = $2 AND state IN ('roster', 'waiting')",
            *(now, row.person_id),
        )
        return int(row.person_id)
    bound = await execute("SELECT person_id FROM account WHERE tg_id = $1", tg_id)
    if bound and bound[0]["person_id"]:
        known: int = bound[0]["person_id"]
        return known
    person = Person(id=new_id(), village_code=row.region_code, state="confirmed")
    person.created_at = person.updated_at = now
    person.name = row.name
    await person.save(force_create=True)
    return int(person.id)


async def _bind(tg_id: int, person_id: int, *, now: datetime) -> None:
    """Put a person behind a chat; her former chat, if another, is let go with what was queued."""
    await recall_from_other_chats(person_id, tg_id, now=now)
    await execute(
        "UPDATE account SET person_id = NULL WHERE person_id = $1 AND tg_id <> $2", person_id, tg_id
    )
    bound = await execute(
        "UPDATE account SET person_id = $1, state = 'active', state_at = $2,"
        " stopped_at = NULL"
        " WHERE tg_id = $3 AND (person_id IS NULL OR person_id = $1) RETURNING locale",
        *(person_id, now, tg_id),
    )
    if not bound:
        raise AlreadyRegistered
    if bound[0]["locale"]:
        await execute("UPDATE person SET locale = $1 WHERE id = $2", bound[0]["locale"], person_id)


async def _grant(person_id: int, row: Invite, *, now: datetime) -> None:
    """Grant the role an invite brings; being a resident needs no grant."""
    if row.role == Role.RESIDENT:
        return
    held = await execute(
        "SELECT 1 AS one FROM role_grant WHERE person_id = $1 AND role = $2 AND region_code = $3"
        " AND ended_at IS NULL",
        *(person_id, row.role, row.region_code),
    )
    if held:
        return
    await execute(
        "INSERT INTO role_grant (person_id, role, region_code, granted_at) VALUES ($1, $2, $3, $4)",
        *(person_id, row.role, row.region_code, now),
    )
    await audit.append(
        "role_granted",
        actor_id=person_id,
        subject_id=person_id,
        detail=f"{row.role} {row.region_code}",
        now=now,
    )
