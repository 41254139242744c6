"""Telling the desk's people what is new or soon due: each morning, or within the hour."""

from datetime import datetime, timedelta

from backend.actions import complaints, delivery
from backend.actions.holidays import is_workday
from backend.domain.access import Role
from backend.domain.complaints import is_news
from backend.domain.delivery import Kind
from backend.store.crypto import keys
from backend.store.models import DeskKey
from backend.store.sql import execute, marks

FROM_HOUR = 9
URGENT_HOURS = range(8, 21)
_FULL_HOUR_MINUTES = 5
_TEMPLATE = "desk_news"
_LIFE = timedelta(hours=12)


async def tell_desk(*, now: datetime) -> int:
    """Queue a word to whoever holds a key that opens something new or soon due; return how many.

    From nine o'clock, once a day: sent at once, the minute would tell when somebody complained.
    """
    if now.hour < FROM_HOUR:
        return 0
    return await _tell(await _keys_with_news(now), "", now=now)


async def tell_desk_of_urgent(*, now: datetime) -> int:
    """Queue a word about urgent complaints of today nobody has taken up; return how many.

    On the full hour from 8 to 20 o'clock, so that the minute does not tell who was writing; once
    for each that came. What comes later than that is told the next morning.
    """
    if now.hour not in URGENT_HOURS or now.minute >= _FULL_HOUR_MINUTES:
        return 0
    waiting = await execute(
        "SELECT r.desk_key_id, count(*) AS n FROM complaint c JOIN complaint_recipient r"
        " ON r.complaint_id = c.id WHERE c.state = 'received' AND c.is_urgent"
        " AND c.received_on = $1 GROUP BY r.desk_key_id",
        now.date(),
    )
    told = [await _tell({row["desk_key_id"]}, f":urgent:{row['n']}", now=now) for row in waiting]
    return sum(told)


async def _tell(key_ids: set[int], occasion: str, *, now: datetime) -> int:
    """Queue a word to the holders of these keys, once a day and occasion; return how many."""
    told = 0
    for person_id, chat_id in await _chats(key_ids):
        told += await delivery.enqueue(
            f"{_TEMPLATE}:{person_id}:{now.date()}{occasion}",
            Kind.ALERT,
            chat_id,
            _TEMPLATE,
            now=now,
            person_id=person_id,
            life=_LIFE,
        )
    return told


async def _keys_with_news(now: datetime) -> set[int]:
    rows = await execute(
        "SELECT c.id, r.desk_key_id FROM complaint c JOIN complaint_recipient r"
        " ON r.complaint_id = c.id WHERE c.state IN ('received', 'accepted', 'review')"
    )
    cases = {row["id"]: await complaints.case_of(row["id"]) for row in rows}
    fresh = {
        complaint_id
        for complaint_id, case in cases.items()
        if is_news(case, today=now.date(), is_workday=is_workday)
    }
    return {row["desk_key_id"] for row in rows if row["id"] in fresh}


async def _chats(key_ids: set[int]) -> list[tuple[int, int]]:
    """Number and chat of the desk's people who hold these keys, found by their names."""
    held = await DeskKey.filter(id__in=list(key_ids), ended_on=None)
    names = sorted({keys().blind("name", row.holder) for row in held if row.holder})
    if not names:
        return []
    rows = await execute(
        "SELECT DISTINCT p.id, a.tg_id FROM person p JOIN account a ON a.person_id = p.id"
        " JOIN role_grant g ON g.person_id = p.id AND g.ended_at IS NULL AND g.role = $1"
        f" WHERE p.name_index IN ({marks(len(names), after=1)}) ORDER BY p.id",
        *(Role.DESK.value, *names),
    )
    return [(row["id"], row["tg_id"]) for row in rows]
