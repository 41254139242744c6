"""Giving households to cadres: what makes a grid, decided by an officer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from backend.actions import audit
from backend.domain.access import Actor, NotAllowed, Role
from backend.store.models import Household, Person
from backend.store.sql import execute, in_transaction, marks

_AT_ONCE = 5_000
_TOWNSHIP_DIGITS = 9


@dataclass(frozen=True, slots=True)
class Grid:
    """A cadre of a village, and how many of its households are hers."""

    cadre_id: int
    name: str | None
    households: int


@dataclass(frozen=True, slots=True)
class Grids:
    """The grids of a village; what is `unassigned` is looked after by all its cadres."""

    held: tuple[Grid, ...]
    unassigned: int


async def grids_of(actor: Actor, village_code: str) -> Grids:
    """The grids of a village, for its officers; raises NotAllowed to others."""
    _check(actor, village_code)
    counts = await _counts(village_code)
    names = {row.id: row.name for row in await Person.filter(id__in=await _cadres(village_code))}
    held = tuple(Grid(one, name, counts.get(one, 0)) for one, name in sorted(names.items()))
    return Grids(held, counts.get(None, 0))


async def numbers_in(actor: Actor, village_code: str) -> list[str]:
    """The numbers of a village's households, for its officers; raises NotAllowed to others."""
    _check(actor, village_code)
    rows = await execute("SELECT number FROM household WHERE village_code = $1", village_code)
    return [row["number"] for row in rows]


async def assign(
    actor: Actor, village_code: str, numbers: Sequence[str], cadre_id: int | None, *, now: datetime
) -> int:
    """Give households to a cadre of their village, or to all its cadres again (None).

    Returns how many there were. Tasks follow their households. Raises NotAllowed for whoever is
    no officer there, and for a `cadre_id` who is no cadre of the village.
    """
    _check(actor, village_code)
    async with in_transaction():
        if cadre_id is not None and cadre_id not in await _cadres(village_code):
            raise NotAllowed
        changed = 0
        for at in range(0, len(numbers), _AT_ONCE):
            part = numbers[at : at + _AT_ONCE]
            changed += len(
                await execute(
                    "UPDATE household SET cadre_id = $1 WHERE village_code = $2"
                    f" AND number IN ({marks(len(part), after=2)}) RETURNING id",
                    *(cadre_id, village_code, *part),
                )
            )
        await audit.append(
            "grid_changed",
            actor_id=actor.person_id,
            detail=f"{village_code} {cadre_id or '-'} {changed}",
            now=now,
        )
    return changed


async def assign_rest(actor: Actor, village_code: str, cadre_id: int, *, now: datetime) -> int:
    """Give every household of a village that is nobody's to a cadre, as `assign`."""
    _check(actor, village_code)
    rows = await Household.filter(village_code=village_code, cadre_id=None).values_list(
        "number", flat=True
    )
    return await assign(actor, village_code, [str(one) for one in rows], cadre_id, now=now)


def _check(actor: Actor, village_code: str) -> None:
    if not actor.holds(Role.OFFICER, village_code):
        raise NotAllowed


async def _cadres(village_code: str) -> set[int]:
    rows = await execute(
        "SELECT DISTINCT person_id FROM role_grant WHERE role = $1 AND region_code IN ($2, $3)"
        " AND ended_at IS NULL",
        *(Role.CADRE.value, village_code, f"{village_code[:_TOWNSHIP_DIGITS]}000"),
    )
    return {row["person_id"] for row in rows}


async def _counts(village_code: str) -> dict[int | None, int]:
    rows = await execute(
        "SELECT cadre_id, count(*) AS households FROM household WHERE village_code = $1"
        " GROUP BY cadre_id",
        village_code,
    )
    return {row["cadre_id"]: row["households"] for row in rows}
