"""Taking back what is queued: messages nobody wants any more leave the outbox at once.

What another process has claimed is taken from it, as long as the intent to send is not committed:
it looks again before that, and finds its claim gone. What may be on its way is not tried again.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date, datetime

from backend.store.sql import execute, marks

_CANCEL = """
    UPDATE send SET state = 'cancelled', finished_at = $1, owner_id = NULL, token = NULL
    WHERE (state IN ('queued', 'hold') OR (state = 'claimed' AND intent_at IS NULL))
"""
_SPOIL = "UPDATE send SET expires_at = $1 WHERE state = 'claimed'"
_AT_ONCE = 5_000
# What a message about a due service is sent with.
REMINDER_TEMPLATE = "reminder"


async def recall_everything(person_id: int, *, now: datetime) -> None:
    """Take back every message to a person."""
    await _recall("person_id = $2", person_id, now=now)


async def recall_from_other_chats(person_id: int, chat_id: int, *, now: datetime) -> None:
    """Take back what would go to a person's former chats, as only `chat_id` is hers now."""
    condition = (
        "chat_id IN (SELECT a.tg_id FROM account a WHERE a.person_id = $2 AND a.tg_id <> $3)"
    )
    await _recall(condition, person_id, chat_id, now=now)


async def recall_purposes(person_id: int, purposes: Collection[str], *, now: datetime) -> None:
    """Take back what is queued for a person under any of `purposes`, whatever wrote it."""
    if purposes:
        condition = f"person_id = $2 AND purpose IN ({marks(len(purposes), after=2)})"
        await _recall(condition, person_id, *purposes, now=now)


async def recall_due_services(
    person_ids: Collection[int], due_ids: Collection[int], *, now: datetime
) -> None:
    """Take back the messages about due services of these persons, snoozed and booked ones too."""
    whose = marks(len(person_ids), after=2)
    for part in _parts([str(due_id) for due_id in due_ids]):
        which = marks(len(part), after=2 + len(person_ids))
        condition = f"template = $2 AND person_id IN ({whose}) AND reference IN ({which})"
        await _recall(condition, REMINDER_TEMPLATE, *person_ids, *part, now=now)


async def recall_snoozes(person_id: int, due_id: int, *, but: str, now: datetime) -> None:
    """Take back what a person had put off about a due service, but for the message `but`."""
    condition = "person_id = $2 AND dedup_key LIKE $3 AND dedup_key <> $4"
    await _recall(condition, person_id, f"snooze:{due_id}:%", but, now=now)


async def recall_rules(rules: Collection[str], village_code: str, *, now: datetime) -> None:
    """Take back the messages about whatever is still owed by these rules in a village."""
    condition = (
        "template = $2 AND reference IN (SELECT CAST(d.id AS TEXT) FROM due_service d"
        " JOIN person p ON p.id = d.person_id WHERE p.village_code = $3"
        f" AND d.state IN ('planned', 'open') AND d.rule IN ({marks(len(rules), after=3)}))"
    )
    await _recall(condition, REMINDER_TEMPLATE, village_code, *sorted(rules), now=now)


async def take_back_unsent(given: Mapping[int, date | None], *, now: datetime) -> frozenset[int]:
    """Take back the calendar's reminders of due services, by id and the day each was given.

    Return the ids of those that surely had not gone out; what she set herself stays.
    """
    keys = {f"due:{due_id}:{day}": due_id for due_id, day in given.items()}
    unsent = set[int]()
    for part in _parts(list(keys)):
        which = f"dedup_key IN ({marks(len(part), after=1)})"
        returning = "RETURNING dedup_key, ambiguities"
        taken = await execute(f"{_CANCEL} AND {which} {returning}", now, *part)
        unsent |= {keys[row["dedup_key"]] for row in taken if not row["ambiguities"]}
    return frozenset(unsent)


async def recall_broadcast(broadcast_id: int, *, now: datetime) -> None:
    """Take back every copy of a broadcast that has not gone yet."""
    await _recall("broadcast_id = $2", broadcast_id, now=now)


async def recall_broadcasts_to(
    person_id: int, purpose: str | None = None, *, now: datetime
) -> None:
    """Take back every broadcast's copy to a person, of one purpose only or of all."""
    condition = "person_id = $2 AND broadcast_id IS NOT NULL"
    if purpose is None:
        await _recall(condition, person_id, now=now)
    else:
        await _recall(f"{condition} AND purpose = $3", person_id, purpose, now=now)


async def _recall(condition: str, *values: object, now: datetime) -> None:
    for statement in (_CANCEL, _SPOIL):
        await execute(f"{statement} AND {condition}", now, *values)


def _parts(texts: Sequence[str]) -> Iterator[Sequence[str]]:
    """As many at a time as a statement has room for."""
    return (texts[first : first + _AT_ONCE] for first in range(0, len(texts), _AT_ONCE))
