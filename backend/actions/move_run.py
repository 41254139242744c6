"""The move run: a reported move becomes a life event on its day, and her plan follows."""

from datetime import datetime

from backend.actions import events
from backend.actions.events import Told
from backend.domain.consent import Purpose
from backend.domain.events import EventKind
from backend.domain.moves import Direction, MoveState, Stay
from backend.store.sql import as_date, execute

# Whoever goes for a time, or to another village of the township, has not left for good. Of a
# person who takes no part nothing is planned, so nothing is kept either.
_COME = f"""
    SELECT m.id, m.person_id, m.direction, m.moves_on, m.reported_by FROM move_report m
    JOIN person p ON p.id = m.person_id AND p.state <> 'erased'
    WHERE m.moves_on <= $1 AND m.state <> '{MoveState.WITHDRAWN}'
    AND (m.direction = '{Direction.IN}' OR (m.direction = '{Direction.OUT}'
        AND m.expected_stay = '{Stay.SETTLED}' AND m.to_code IS NULL))
    AND EXISTS (SELECT 1 FROM consent c WHERE c.person_id = m.person_id
        AND c.purpose = '{Purpose.SERVICE}' AND c.given_at IS NOT NULL AND c.withdrawn_at IS NULL)
    AND NOT EXISTS (SELECT 1 FROM life_event e WHERE e.person_id = m.person_id
        AND e.episode = m.id)
"""


async def note_moves(*, now: datetime, report_id: int | None = None) -> int:
    """Keep the moves whose day has come, or the one reported, as events; return how many.

    Run twice, it does nothing the second time: the event's lasting id is the report's.
    """
    one = "" if report_id is None else " AND m.id = $2"
    values = () if report_id is None else (report_id,)
    rows = await execute(f"{_COME}{one} ORDER BY m.moves_on, m.id", now.date(), *values)
    for row in rows:
        on = as_date(row["moves_on"])
        assert on is not None, "the column is not nullable"
        is_in = row["direction"] == Direction.IN
        await events.record_move(
            row["person_id"],
            Told(now=now, by=row["reported_by"]),
            EventKind.MOVED_IN if is_in else EventKind.MOVED_OUT,
            on=on,
            report_id=row["id"],
        )
    return len(rows)
