"""Who a broadcast is for and who can be reached: conditions of SQL, and their count.

Everybody of the chosen villages (and language) who is not surely under 18 is meant; reached is who
has an open chat, agreed to the service, and did not say no to news.
"""

from datetime import date

from backend.domain.access import ADULT_YEARS
from backend.domain.broadcasts import NEWS, Reach
from backend.domain.gestation import add_months
from backend.store.sql import execute

_MONTHS = 12

# `b` the broadcast $1, `p` a person meant, `a` her chat or nothing; $2 and $3 from `adult_limits`.
MEANT = """
    FROM broadcast b JOIN broadcast_village v ON v.broadcast_id = b.id
    JOIN person p ON p.village_code = v.village_code
    LEFT JOIN account a ON a.person_id = p.id
    WHERE b.id = $1 AND p.state IN ('roster', 'waiting', 'confirmed')
    AND (b.locale IS NULL OR coalesce(a.locale, p.locale) = b.locale)
    AND (p.birth_date IS NULL OR p.birth_date <= $2)
    AND (p.birth_date IS NOT NULL OR p.birth_year IS NULL OR p.birth_year <= $3)
"""
IS_REACHABLE = f"""(a.state = 'active'
    AND EXISTS (SELECT 1 FROM consent c WHERE c.person_id = p.id
        AND c.purpose = 'service' AND c.given_at IS NOT NULL AND c.withdrawn_at IS NULL)
    AND NOT EXISTS (SELECT 1 FROM topic_choice t WHERE t.person_id = p.id
        AND t.topic = '{NEWS}' AND t.choice <> 'on'))"""
_IS_UNBOUND = "(a.id IS NULL OR a.state IN ('deactivated', 'unreachable'))"


def adult_limits(today: date) -> tuple[date, int]:
    """The last birthday and the last year of birth of who is not surely under 18 on a day."""
    return add_months(today, -ADULT_YEARS * _MONTHS), today.year - ADULT_YEARS


async def reach_of(broadcast_id: int, *, today: date) -> Reach:
    """Count whom a broadcast is for and whom it can reach, as things stand."""
    rows = await execute(
        f"""SELECT count(*) AS targets,
            coalesce(sum(CASE WHEN {_IS_UNBOUND} THEN 1 ELSE 0 END), 0) AS unbound,
            coalesce(sum(CASE WHEN {IS_REACHABLE} THEN 1 ELSE 0 END), 0) AS reachable {MEANT}""",
        *(broadcast_id, *adult_limits(today)),
    )
    targets, unbound, reachable = (int(rows[0][key]) for key in ("targets", "unbound", "reachable"))
    return Reach(targets, targets - unbound - reachable, unbound, reachable)
