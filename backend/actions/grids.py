"""Grids in SQL: whose rows a cadre may see, and which cadres look after a row."""

from backend.domain.access import Actor, Role
from backend.store.sql import Row, execute

_TOWNSHIP_DIGITS = 9
# The cadres of a person `p` with household `h`: grant `g`, person `c` and open chat `a`; nobody
# is a cadre of herself.
WITH_CADRES = f"""
    JOIN role_grant g ON g.role = '{Role.CADRE}' AND g.ended_at IS NULL
        AND g.region_code IN
            (p.village_code, substr(p.village_code, 1, {_TOWNSHIP_DIGITS}) || '000')
        AND (h.cadre_id IS NULL OR h.cadre_id = g.person_id) AND g.person_id <> p.id
    JOIN person c ON c.id = g.person_id
    JOIN account a ON a.person_id = g.person_id AND a.state = 'active'
"""


def in_grid(actor: Actor, *, after: int = 0) -> tuple[str, tuple[object, ...]]:
    """The condition for `p` and `h` to be in an actor's grid, with its values.

    Says in SQL what `domain.access.may` says of a cadre; placeholders count on from `after`.
    """
    places, patterns, last = _in_regions(actor, Role.CADRE, after=after)
    if not patterns:
        return "1 = 0", ()
    return (
        f"({places}) AND (h.cadre_id IS NULL OR h.cadre_id = ${last})"
        f" AND p.id <> ${last} AND p.state <> 'erased'",
        (*patterns, actor.person_id),
    )


def at_hand(actor: Actor, *, after: int = 0) -> tuple[str, tuple[object, ...]]:
    """The condition for work about `p` and `h` to be an actor's, with its values, as `in_grid`.

    A cadre's is what is in her grid. An officer's is what no cadre with an open chat can do:
    villages without one, and what a cadre herself asks for.
    """
    grid, values = in_grid(actor, after=after)
    places, patterns, last = _in_regions(actor, Role.OFFICER, after=after + len(values))
    if not patterns:
        return grid, values
    office = (
        f"({places}) AND p.id <> ${last} AND p.state <> 'erased'"
        f" AND NOT EXISTS (SELECT 1 FROM (SELECT 1 AS one) z {WITH_CADRES})"
    )
    return f"(({grid}) OR ({office}))", (*values, *patterns, actor.person_id)


def _in_regions(actor: Actor, role: Role, *, after: int) -> tuple[str, list[str], int]:
    """The condition for `p` to live where a role is held, its values, and the next placeholder."""
    codes = [held.region_code for held in actor.held if held.role is role]
    patterns = [f"{code[:_TOWNSHIP_DIGITS]}%" if code.endswith("000") else code for code in codes]
    last = after + len(codes) + 1
    places = " OR ".join(f"p.village_code LIKE ${number}" for number in range(after + 1, last))
    return places, patterns, last


async def chats_of_cadres(person_id: int) -> list[Row]:
    """The open chats of those in whose grid a person is: `person_id` and `tg_id` of each."""
    return await execute(
        "SELECT DISTINCT g.person_id, a.tg_id FROM person p"
        f" LEFT JOIN household h ON h.id = p.household_id {WITH_CADRES}"
        " WHERE p.id = $1 AND p.state <> 'erased' ORDER BY g.person_id",
        person_id,
    )


async def chats_of_officers(person_id: int) -> list[Row]:
    """The open chats of the officers of her township, except her own, as `chats_of_cadres`."""
    return await execute(
        "SELECT DISTINCT g.person_id, a.tg_id FROM person p"
        f" JOIN role_grant g ON g.role = '{Role.OFFICER}' AND g.ended_at IS NULL"
        f" AND g.region_code = substr(p.village_code, 1, {_TOWNSHIP_DIGITS}) || '000'"
        " JOIN account a ON a.person_id = g.person_id AND a.state = 'active'"
        " WHERE p.id = $1 AND p.state <> 'erased' AND g.person_id <> $1 ORDER BY g.person_id",
        person_id,
    )
