"""The outbox: put a message in, claim it, commit the intent to send it, finish it.

Every statement is guarded by the row's state and token, so whatever is run twice, late or by two
processes at once changes nothing the second time.
"""

import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from backend.actions.gate import GATE, TOO_FAST, WRONG_TOKEN, close_gate
from backend.actions.leave import IS_NEWEST, SCREEN_TEMPLATE, day_of, may_go, minute_of
from backend.domain.delivery import (
    LAST_ANSWER,
    PRIORITIES,
    TREATMENTS,
    Attempt,
    Decision,
    Kind,
    Outcome,
    State,
    Treatment,
    next_state,
)
from backend.domain.quiet_hours import later
from backend.store.sql import (
    Row,
    as_datetime,
    dialect,
    execute,
    execute_many,
    in_shared_transaction,
    sharing_a_commit,
)

_TOKEN_PAUSE = timedelta(minutes=1)
_SHORTEST_PAUSE = timedelta(seconds=1)
_FINISH = """UPDATE send SET state = $1, due_at = coalesce($2, due_at), tries = $3,
    ambiguities = $4, message_id = $5, error = $6, finished_at = $7, chat_id = $8,
    owner_id = NULL, token = NULL, intent_at = NULL
    WHERE id = $9 AND token = $10 AND state = 'claimed'"""

# An older version never replaces a newer one, nor takes its message's place.
_SHOWN = """UPDATE dialog SET shown_version = $1,
    message_id = CASE WHEN version = $1 THEN $2 ELSE message_id END
    WHERE chat_id = $3 AND shown_version <= $1"""

_COLUMNS = "id, kind, person_id, chat_id, template, reference, tries, ambiguities, token"


@dataclass(frozen=True, slots=True)
class Message:
    """A claimed row: what is to be sent to whom, without its words."""

    id: int
    kind: Kind
    person_id: int | None
    chat_id: int
    template: str
    reference: str
    tries: int
    ambiguities: int
    token: str

    @property
    def may_be_a_repeat(self) -> bool:
        """Whether an earlier attempt may have arrived."""
        return self.ambiguities > 0


async def enqueue(
    dedup_key: str,
    kind: Kind,
    chat_id: int,
    template: str,
    *,
    now: datetime,
    reference: str = "",
    person_id: int | None = None,
    purpose: str | None = None,
    due_at: datetime | None = None,
    life: timedelta = timedelta(days=1),
    is_self_set: bool = False,
) -> bool:
    """Put a message in, due at `due_at` (or now), worthless after `life`; False if it was there."""
    due_at = due_at or now
    rows = await execute(
        "INSERT INTO send (dedup_key, kind, priority, person_id, chat_id, template, reference,"
        " purpose, is_self_set, due_at, expires_at, state, tries, ambiguities, created_at)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 'queued', 0, 0, $12)"
        " ON CONFLICT (dedup_key) DO NOTHING RETURNING id",
        *(dedup_key, kind.value, PRIORITIES[kind], person_id, chat_id, template, reference),
        *(purpose, is_self_set, due_at, due_at + life, now),
    )
    return bool(rows)


async def enter_intended(
    dedup_key: str,
    kind: Kind,
    chat_id: int,
    template: str,
    *,
    owner_id: int,
    now: datetime,
    reference: str = "",
    life: timedelta = timedelta(days=1),
) -> Message | None:
    """Put a message in that its owner sends as soon as this transaction is committed.

    It is claimed, and the intent to send it commits with whatever it answers. None if it was there.
    """
    rows = await execute(
        "INSERT INTO send (dedup_key, kind, priority, chat_id, template, reference, is_self_set,"
        " due_at, expires_at, state, owner_id, token, intent_at, tries, ambiguities, created_at)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'claimed', $10, $11, $8, 0, 0, $8)"
        f" ON CONFLICT (dedup_key) DO NOTHING RETURNING {_COLUMNS}",
        *(dedup_key, kind.value, PRIORITIES[kind], chat_id, template, reference, False),
        *(now, now + life, owner_id, secrets.token_hex(8)),
    )
    return _message(rows[0]) if rows else None


@dataclass(frozen=True, slots=True)
class Sent:
    """What a message that was sent is about."""

    kind: Kind
    template: str
    reference: str


async def find(send_id: int, *, chat_id: int) -> Sent | None:
    """Return what a message is about, if it belongs to this chat and is still known."""
    rows = await execute(
        "SELECT kind, template, reference FROM send WHERE id = $1 AND chat_id = $2",
        *(send_id, chat_id),
    )
    return Sent(Kind(rows[0]["kind"]), rows[0]["template"], rows[0]["reference"]) if rows else None


async def claim(
    owner_id: int, *, now: datetime, limit: int, answers_only: bool = False
) -> list[Message]:
    """Claim up to `limit` messages that are due and may go, the most urgent first.

    `now` is aware, in the township's zone: its minute of the day is what quiet hours are held to.
    With `answers_only` what goes to many at once is left where it is.
    """
    lock = "FOR UPDATE OF s SKIP LOCKED" if dialect() == "postgres" else ""
    least = LAST_ANSWER if answers_only else max(PRIORITIES.values())
    rows = await execute(
        f"""WITH chosen AS MATERIALIZED (
            SELECT s.id FROM send s JOIN account a ON a.tg_id = s.chat_id
            LEFT JOIN person p ON p.id = s.person_id
            WHERE s.state = 'queued' AND s.priority <= $6 AND s.due_at <= $3 AND s.expires_at > $3
            AND {may_go("$4", day=("$7", "$8"))}
            ORDER BY s.priority, s.due_at, s.id LIMIT $5 {lock})
        UPDATE send SET state = 'claimed', owner_id = $1, token = $2, intent_at = NULL
        WHERE id IN (SELECT id FROM chosen) RETURNING {_COLUMNS}""",
        *(owner_id, secrets.token_hex(8), now, minute_of(now), limit, least, *day_of(now)),
    )
    return sorted(map(_message, rows), key=lambda message: (PRIORITIES[message.kind], message.id))


async def intend(messages: Sequence[Message], *, now: datetime) -> list[bool]:
    """Commit the intent to send claimed messages now; False for each that may not go any more.

    That is where consent was withdrawn, the chat blocked, the gate shut or its time over since.
    It is then to be put back, where the next claim passes over it.
    """
    if not messages:
        return []
    held, values = _held(messages, after=5)
    async with sharing_a_commit():
        rows = await execute(
            f"""{held} UPDATE send SET intent_at = $1 FROM held h
            WHERE send.id = h.id AND send.token = h.token AND send.state = 'claimed' AND EXISTS (
                SELECT 1 FROM send s JOIN account a ON a.tg_id = s.chat_id
                LEFT JOIN person p ON p.id = s.person_id
                WHERE s.id = h.id AND s.expires_at > $1 AND {may_go("$2", day=("$4", "$5"))})
            AND NOT EXISTS (SELECT 1 FROM gate g WHERE g.name = $3 AND g.closed_until > $1)
            RETURNING send.id, send.token""",
            *(now, minute_of(now), GATE, *day_of(now), *values),
        )
    intended = {(row["id"], row["token"]) for row in rows}
    return [(message.id, message.token) in intended for message in messages]


async def put_back(messages: Sequence[Message]) -> None:
    """Give up claims of which nothing was sent, whether or not the intent was committed."""
    held, values = _held(messages, after=0)
    await execute(
        f"""{held} UPDATE send SET state = 'queued', owner_id = NULL, token = NULL, intent_at = NULL
        FROM held h WHERE send.id = h.id AND send.token = h.token AND send.state = 'claimed'""",
        *values,
    )


async def finish(ended: Sequence[tuple[Message, Attempt]], *, now: datetime) -> list[Decision]:
    """Write what became of messages, once each, and what that means for chats and gate.

    All of it commits together. A row whose token is not the message's any more stays as it is.
    """
    if not ended:
        return []
    decisions = [
        next_state(message.kind, attempt, tries=message.tries, ambiguities=message.ambiguities)
        for message, attempt in ended
    ]
    plain: list[Sequence[object]] = []
    async with in_shared_transaction():
        for (message, attempt), decision in zip(ended, decisions, strict=True):
            values = _ending(message, attempt, decision, now=now)
            if attempt.outcome is Outcome.DELIVERED:
                plain.append(values)
            elif await execute(f"{_FINISH} RETURNING id", *values):
                await _follow_up(message, attempt, now=now)
        if plain:
            await execute_many(_FINISH, plain)
        await _note_shown(ended)
    return decisions


async def _note_shown(ended: Sequence[tuple[Message, Attempt]]) -> None:
    """Note of the open screens that arrived which message shows which version."""
    for message, attempt in ended:
        if message.template == SCREEN_TEMPLATE and attempt.outcome is Outcome.DELIVERED:
            shown_in = attempt.message_id if attempt.is_open_screen else None
            await mark_shown(message.chat_id, int(message.reference), shown_in)


async def mark_shown(chat_id: int, version: int, message_id: int | None) -> None:
    """Note which message shows which version of a chat's screen (None: one not to be edited)."""
    await execute(_SHOWN, version, message_id, chat_id)


def _ending(
    message: Message, attempt: Attempt, decision: Decision, *, now: datetime
) -> Sequence[object]:
    """Return the values of `_FINISH`."""
    return (
        decision.state.value,
        None if decision.wait is None else later(now, decision.wait),
        *(decision.tries, decision.ambiguities),
        *(attempt.message_id, attempt.error and attempt.error[:120]),
        None if decision.state is State.QUEUED else now,
        *(attempt.new_chat_id or message.chat_id, message.id, message.token),
    )


async def _follow_up(message: Message, attempt: Attempt, *, now: datetime) -> None:
    treatment = TREATMENTS[attempt.outcome]
    if treatment in (Treatment.GATED, Treatment.HALTED):
        until, reason = shut_until(attempt, now=now)
        await close_gate(until, reason=reason)
    elif treatment is Treatment.UNREACHABLE:
        state = "deactivated" if attempt.outcome is Outcome.DEACTIVATED else "blocked"
        await shut_chat(message.chat_id, state, now=now)
    elif treatment is Treatment.MOVED and attempt.new_chat_id:
        await _follow_chat(message.chat_id, attempt.new_chat_id)


def shut_until(attempt: Attempt, *, now: datetime) -> tuple[datetime, str]:
    """Return until when, and why, a refused attempt shuts the gate."""
    if TREATMENTS[attempt.outcome] is Treatment.HALTED:
        return later(now, _TOKEN_PAUSE), WRONG_TOKEN
    return later(now, max(attempt.retry_after or _SHORTEST_PAUSE, _SHORTEST_PAUSE)), TOO_FAST


async def _follow_chat(chat_id: int, new_chat_id: int) -> None:
    """Send to the new number what is queued for a chat, unless somebody has that number."""
    await execute(
        "UPDATE account SET tg_id = $1 WHERE tg_id = $2"
        " AND NOT EXISTS (SELECT 1 FROM account other WHERE other.tg_id = $1)",
        *(new_chat_id, chat_id),
    )
    await execute(
        "UPDATE send SET chat_id = $1 WHERE chat_id = $2 AND state IN ('queued', 'hold')",
        *(new_chat_id, chat_id),
    )


async def shut_chat(chat_id: int, state: str, *, now: datetime) -> None:
    """Mark a chat blocked, deactivated or stopped and cancel everything that has not gone to it."""
    await execute(
        "UPDATE account SET state = $1, state_at = $2 WHERE tg_id = $3", state, now, chat_id
    )
    await execute(
        "UPDATE send SET state = 'cancelled', finished_at = $1, owner_id = NULL, token = NULL"
        " WHERE chat_id = $2 AND (state IN ('queued', 'hold')"
        "  OR (state = 'claimed' AND intent_at IS NULL))",
        *(now, chat_id),
    )


async def claimed_by(owner_id: int) -> list[Message]:
    """Return what an owner has claimed and not finished."""
    rows = await execute(
        f"SELECT {_COLUMNS} FROM send WHERE owner_id = $1 AND state = 'claimed'", owner_id
    )
    return [_message(row) for row in rows]


async def expire(*, now: datetime) -> int:
    """Close what is worthless by now, so that nothing arrives late in a burst.

    That is what is past its time, and screens of chats that have gone on. What is paused waits.
    """
    rows = await execute(
        "UPDATE send SET state = 'expired', finished_at = $1 WHERE state = 'queued'"
        f" AND (expires_at <= $1 OR NOT {IS_NEWEST.format(row='send')})"
        " AND (broadcast_id IS NULL OR NOT EXISTS (SELECT 1 FROM broadcast b"
        "  WHERE b.id = send.broadcast_id AND b.state = 'paused')) RETURNING id",
        now,
    )
    return len(rows)


async def oldest_due(*, now: datetime) -> datetime | None:
    """Return since when the oldest message has been due that could go now; None without one."""
    rows = await execute(
        f"""SELECT min(s.due_at) AS at FROM send s JOIN account a ON a.tg_id = s.chat_id
        LEFT JOIN person p ON p.id = s.person_id
        WHERE s.state = 'queued' AND s.due_at <= $1 AND s.expires_at > $1
        AND {may_go("$2", day=("$3", "$4"))}""",
        *(now, minute_of(now), *day_of(now)),
    )
    return as_datetime(rows[0]["at"])


async def put_back_unknown(owner_id: int, *, known: Sequence[Message]) -> int:
    """Put back what an owner claimed without knowing, as when the answer to its claim was lost.

    `known` are the claims it does know of; a row that it has claimed anew since is none of them.
    Returns how many were put back.
    """
    held, values = _held(known, after=1)
    rows = await execute(
        f"""{held} UPDATE send SET state = 'queued', owner_id = NULL, token = NULL
        WHERE owner_id = $1 AND state = 'claimed' AND intent_at IS NULL AND NOT EXISTS (
            SELECT 1 FROM held h WHERE h.id = send.id AND h.token = send.token) RETURNING id""",
        *(owner_id, *values),
    )
    return len(rows)


async def forget_finished(*, before: datetime) -> int:
    """Delete terminal rows older than `before`; what they were about lives on in its own row."""
    rows = await execute("DELETE FROM send WHERE finished_at < $1 RETURNING id", before)
    return len(rows)


def _held(messages: Sequence[Message], *, after: int) -> tuple[str, list[object]]:
    """Return the table `held` of claims as they are known here, and its values.

    Its first placeholder is numbered `after` + 1; its text does not depend on how many they are.
    """
    # Materialized, as whatever is joined to it must begin with these few rows.
    if dialect() == "postgres":
        rows = f"SELECT * FROM unnest(${after + 1}::bigint[], ${after + 2}::varchar[])"
        values: list[object] = [[one.id for one in messages], [one.token for one in messages]]
    else:
        rows = f"""SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]')
            FROM json_each(${after + 1})"""
        values = [json.dumps([(one.id, one.token) for one in messages])]
    return f"WITH held(id, token) AS MATERIALIZED ({rows})", values


def _message(row: Row) -> Message:
    return Message(
        id=row["id"],
        kind=Kind(row["kind"]),
        person_id=row["person_id"],
        chat_id=row["chat_id"],
        template=row["template"],
        reference=row["reference"],
        tries=row["tries"],
        ambiguities=row["ambiguities"],
        token=row["token"],
    )
