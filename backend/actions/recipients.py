"""Who got a broadcast: lists of readers, masked until opened, each opening in the audit log."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from backend.actions import audit, broadcasts
from backend.actions.people import subject_of
from backend.domain.access import Act, Actor, may
from backend.domain.people import mask_name
from backend.store.models import Person
from backend.store.sql import Row, execute, in_transaction, marks

PAGE = 10
Group = Literal["sent", "failed", "waiting", "unknown", "cancelled"]
GROUPS: dict[Group, tuple[str, ...]] = {
    "sent": ("sent",),
    "failed": ("failed", "blocked", "expired"),
    "waiting": ("queued", "claimed", "hold"),
    "unknown": ("unknown",),
    "cancelled": ("cancelled",),
}


@dataclass(frozen=True, slots=True)
class Recipient:
    """One reader on the list; the name is masked until it was opened."""

    person_id: int
    name: str | None
    village: str


@dataclass(frozen=True, slots=True)
class Page:
    """One page of the list, counted from 0."""

    recipients: tuple[Recipient, ...]
    number: int
    has_more: bool


async def page_of(
    actor: Actor,
    broadcast_id: int,
    group: Group,
    number: int,
    *,
    opened: Collection[int] = (),
) -> Page:
    """Show a page of the readers whose copies ended alike; whole names only of those `opened`."""
    rows, has_more = await _rows(actor, broadcast_id, group, number)
    names = {
        row.id: row.name or ""
        for row in await Person.filter(id__in=[row["person_id"] for row in rows])
    }
    shown = []
    for row in rows:
        name = names.get(row["person_id"], "")
        name = name if row["person_id"] in opened else mask_name(name)
        shown.append(Recipient(row["person_id"], name or None, row["village"]))
    return Page(tuple(shown), number, has_more)


async def open_page(
    actor: Actor, broadcast_id: int, group: Group, number: int, *, now: datetime
) -> tuple[int, ...]:
    """Open the names of a page, of those the actor may; each of them can read that later.

    Returns whose.
    """
    async with in_transaction():
        rows, _has_more = await _rows(actor, broadcast_id, group, number)
        opened = [row["person_id"] for row in rows if await _may_open(actor, row["person_id"])]
        for person_id in opened:
            await audit.append(
                "name_opened",
                actor_id=actor.person_id,
                subject_id=person_id,
                detail=str(broadcast_id),
                now=now,
            )
    return tuple(opened)


async def _may_open(actor: Actor, person_id: int) -> bool:
    subject = await subject_of(person_id)
    return subject is not None and may(actor, Act.OPEN_CONTACT, subject)


async def _rows(
    actor: Actor, broadcast_id: int, group: Group, number: int
) -> tuple[list[Row], bool]:
    await broadcasts.fetch_for(actor, broadcast_id)
    states = GROUPS[group]
    rows = await execute(
        "SELECT s.person_id, coalesce(r.name, p.village_code) AS village FROM send s"
        " JOIN person p ON p.id = s.person_id LEFT JOIN region r ON r.code = p.village_code"
        f" WHERE s.broadcast_id = $1 AND s.state IN ({marks(len(states), after=3)})"
        " ORDER BY s.id LIMIT $2 OFFSET $3",
        *(broadcast_id, PAGE + 1, number * PAGE, *states),
    )
    return rows[:PAGE], len(rows) > PAGE
