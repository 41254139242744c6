"""Inviting cadres: an officer makes a link for a village, sees what became of it, takes it back."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from backend.actions import audit, invites, people
from backend.actions.people import Village
from backend.domain.access import Actor, NotAllowed, Role
from backend.domain.errors import InviteRefused
from backend.domain.people import parse_name
from backend.store.models import Invite
from backend.store.sql import execute, in_transaction

_LISTED = 20
InviteState = Literal["waiting", "used", "revoked", "expired"]


@dataclass(frozen=True, slots=True)
class CadreInvite:
    """An invite as its township's officers see it; its link is kept nowhere."""

    invite_id: int
    name: str | None
    village: Village
    state: InviteState
    expires_at: datetime


async def invite_cadre(actor: Actor, village_code: str, name: str, *, now: datetime) -> str:
    """Make an invite for a village's cadre and return its token.

    Raises NotAllowed outside the officer's township, and WrongValue for what is no name.
    """
    _check(actor, village_code)
    return await invites.create(
        Role.CADRE, village_code, now=now, name=parse_name(name), by=actor.person_id
    )


async def list_for(actor: Actor, *, now: datetime) -> list[CadreInvite]:
    """The newest invites of cadres in the officer's township."""
    codes = [one.code for one in await people.villages() if actor.holds(Role.OFFICER, one.code)]
    rows = Invite.filter(role=Role.CADRE.value, region_code__in=codes)
    return [await _view(row, now) for row in await rows.order_by("-id").limit(_LISTED)]


async def fetch_for(actor: Actor, invite_id: int, *, now: datetime) -> CadreInvite:
    """Show one invite; raises NotAllowed outside the officer's township."""
    row = await Invite.get_or_none(id=invite_id, role=Role.CADRE.value)
    if row is None:
        raise NotAllowed
    _check(actor, row.region_code)
    return await _view(row, now)


async def revoke(actor: Actor, invite_id: int, *, now: datetime) -> None:
    """Make an unused invite worthless; raises InviteRefused for one that is used or gone."""
    async with in_transaction():
        view = await fetch_for(actor, invite_id, now=now)
        rows = await execute(
            "UPDATE invite SET revoked_at = $1 WHERE id = $2 AND used_at IS NULL"
            " AND revoked_at IS NULL RETURNING id",
            *(now, invite_id),
        )
        if not rows:
            raise InviteRefused(reason=view.state)
        await audit.append(
            "invite_revoked", actor_id=actor.person_id, detail=view.village.code, now=now
        )


def _check(actor: Actor, village_code: str) -> None:
    if not actor.holds(Role.OFFICER, village_code):
        raise NotAllowed


async def _view(row: Invite, now: datetime) -> CadreInvite:
    village = await people.village(row.region_code)
    return CadreInvite(row.id, row.name, village, _state(row, now), row.expires_at)


def _state(row: Invite, now: datetime) -> InviteState:
    if row.used_at is not None:
        return "used"
    if row.revoked_at is not None:
        return "revoked"
    return "expired" if row.expires_at <= now else "waiting"
