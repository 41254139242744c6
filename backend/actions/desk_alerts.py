"""Telling the desk's people, once a morning, that there is something new or soon due for them."""

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
_TEMPLATE = "desk_news"
_LIFE = timedelta(hours=12)


async def tell_desk(*, now: datetime) -> int:
    """Queue a word to whoever holds a key that opens something new or soon due; return how many.

    From nine o'clock, once a day: sent at once, the minute would tell when somebody complained.
    """
    if now.hour < FROM_HOUR:
        return 0
    told = 0
    for person_id, chat_id in await _chats(await _keys_with_news(now)):
        told += await delivery.enqueue(
            f"{_TEMPLATE}:{person_id}:{now.date()}",
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
