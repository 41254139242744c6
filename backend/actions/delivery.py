"""The outbox: put a message in, claim it, commit the intent to send it, finish it, recover it.

Every statement is guarded by the row's state and token, so whatever is run twice, late or by two
processes at once changes nothing the second time.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from backend.domain.delivery import (
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
from backend.store.ids import new_id
from backend.store.liveness import is_free
from backend.store.models import Owner
from backend.store.sql import Row, as_datetime, dialect, execute, in_transaction

GATE = "telegram"
SCREEN_TEMPLATE = "screen"
_TOKEN_PAUSE = timedelta(minutes=1)
_SHORTEST_PAUSE = timedelta(seconds=1)

_IS_NEWEST = f"""({{row}}.template <> '{SCREEN_TEMPLATE}' OR EXISTS (
    SELECT 1 FROM dialog d WHERE d.chat_id = {{row}}.chat_id AND d.shown_version < d.version
    AND CAST(d.version AS TEXT) = {{row}}.reference))"""

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


async def open_owner(now: datetime) -> int:
    """Enter this process among those that may hold claims and return its id."""
    owner = await Owner.create(id=new_id(), started_at=now)
    return int(owner.id)


async def claim(owner_id: int, *, now: datetime, limit: int) -> list[Message]:
    """Claim up to `limit` messages that are due and may go, the most urgent first.

    `now` is aware, in the township's zone: its minute of the day is what quiet hours are held to.
    """
    lock = "FOR UPDATE OF s SKIP LOCKED" if dialect() == "postgres" else ""
    rows = await execute(
        f"""UPDATE send SET state = 'claimed', owner_id = $1, token = $2, intent_at = NULL
        WHERE id IN (
            SELECT s.id FROM send s JOIN account a ON a.tg_id = s.chat_id
            LEFT JOIN person p ON p.id = s.person_id
            WHERE s.state = 'queued' AND s.due_at <= $3 AND s.expires_at > $3 AND {_may_go("$4")}
            ORDER BY s.priority, s.due_at, s.id LIMIT $5 {lock})
        RETURNING {_COLUMNS}""",
        *(owner_id, secrets.token_hex(8), now, _minute(now), limit),
    )
    return sorted(map(_message, rows), key=lambda message: (PRIORITIES[message.kind], message.id))


async def intend(message: Message, *, now: datetime) -> bool:
    """Commit the intent to send a claimed message now; False when it may not go any more.

    What may not go any more (consent withdrawn, chat blocked, expired since) is put back, where
    the next claim passes over it.
    """
    rows = await execute(
        f"""UPDATE send SET intent_at = $1 WHERE id = $2 AND token = $3 AND state = 'claimed'
        AND id IN (
            SELECT s.id FROM send s JOIN account a ON a.tg_id = s.chat_id
            LEFT JOIN person p ON p.id = s.person_id
            WHERE s.id = $2 AND s.expires_at > $1 AND {_may_go("$4")})
        RETURNING id""",
        *(now, message.id, message.token, _minute(now)),
    )
    if not rows:
        await put_back([message])
    return bool(rows)


async def put_back(messages: list[Message]) -> None:
    """Give up claims whose intent was never committed."""
    for message in messages:
        await execute(
            "UPDATE send SET state = 'queued', owner_id = NULL, token = NULL"
            " WHERE id = $1 AND token = $2 AND state = 'claimed' AND intent_at IS NULL",
            *(message.id, message.token),
        )


async def finish(message: Message, attempt: Attempt, *, now: datetime) -> Decision:
    """Write what became of a message, once, and what that means for its chat and for the gate."""
    decision = next_state(
        message.kind, attempt, tries=message.tries, ambiguities=message.ambiguities
    )
    async with in_transaction():
        rows = await _write(message, attempt, decision, now=now)
        if rows:
            await _follow_up(message, attempt, now=now)
    return decision


async def _write(
    message: Message, attempt: Attempt, decision: Decision, *, now: datetime
) -> list[Row]:
    due_at = None if decision.wait is None else now + decision.wait
    ends = None if decision.state is State.QUEUED else now
    return await execute(
        "UPDATE send SET state = $1, due_at = coalesce($2, due_at), tries = $3, ambiguities = $4,"
        " message_id = $5, error = $6, finished_at = $7, chat_id = $8, owner_id = NULL,"
        " token = NULL, intent_at = NULL WHERE id = $9 AND token = $10 AND state = 'claimed'"
        " RETURNING id",
        *(decision.state.value, due_at, decision.tries, decision.ambiguities),
        *(attempt.message_id, attempt.error and attempt.error[:120], ends),
        *(attempt.new_chat_id or message.chat_id, message.id, message.token),
    )


async def _follow_up(message: Message, attempt: Attempt, *, now: datetime) -> None:
    treatment = TREATMENTS[attempt.outcome]
    if treatment is Treatment.GATED:
        await close_gate(now + max(attempt.retry_after or _SHORTEST_PAUSE, _SHORTEST_PAUSE))
    elif treatment is Treatment.HALTED:
        await close_gate(now + _TOKEN_PAUSE, reason="token")
    elif treatment is Treatment.UNREACHABLE:
        state = "deactivated" if attempt.outcome is Outcome.DEACTIVATED else "blocked"
        await shut_chat(message.chat_id, state, now=now)
    elif treatment is Treatment.MOVED and attempt.new_chat_id:
        await execute(
            "UPDATE account SET tg_id = $1 WHERE tg_id = $2", attempt.new_chat_id, message.chat_id
        )


async def shut_chat(chat_id: int, state: str, *, now: datetime) -> None:
    """Mark a chat blocked, deactivated or stopped and cancel everything queued for it."""
    await execute(
        "UPDATE account SET state = $1, state_at = $2 WHERE tg_id = $3", state, now, chat_id
    )
    await execute(
        "UPDATE send SET state = 'cancelled', finished_at = $1"
        " WHERE chat_id = $2 AND state IN ('queued', 'hold')",
        *(now, chat_id),
    )


async def recover(url: str, *, now: datetime) -> int:
    """Take up what dead processes left claimed; return how many rows.

    Without a committed intent nothing was sent: back in the queue. With one, its fate is unclear
    and the table of outcomes decides. Rows of a living process are never touched.
    """
    recovered = 0
    for owner in await execute(
        "SELECT id FROM owner UNION SELECT DISTINCT owner_id AS id FROM send"
        " WHERE state = 'claimed' AND owner_id IS NOT NULL"
    ):
        if await is_free(owner["id"], url):
            recovered += await _recover_from(owner["id"], now=now)
    return recovered


async def _recover_from(owner_id: int, *, now: datetime) -> int:
    async with in_transaction():
        recovered = await take_up(owner_id, now=now)
        await execute("DELETE FROM owner WHERE id = $1", owner_id)
    return recovered


async def take_up(owner_id: int, *, now: datetime) -> int:
    """Take up what an owner that is not sending has left claimed; return how many rows."""
    async with in_transaction():
        fresh = await execute(
            "UPDATE send SET state = 'queued', owner_id = NULL, token = NULL"
            " WHERE owner_id = $1 AND state = 'claimed' AND intent_at IS NULL RETURNING id",
            owner_id,
        )
        unclear = await execute(
            f"SELECT {_COLUMNS} FROM send WHERE owner_id = $1 AND state = 'claimed'", owner_id
        )
        for row in unclear:
            await finish(_message(row), Attempt(Outcome.CRASHED), now=now)
    return len(fresh) + len(unclear)


async def expire(*, now: datetime) -> int:
    """Close what is worthless by now, so that nothing arrives late in a burst.

    That is what is past its time, and screens of chats that have gone on.
    """
    rows = await execute(
        "UPDATE send SET state = 'expired', finished_at = $1 WHERE state = 'queued'"
        f" AND (expires_at <= $1 OR NOT {_IS_NEWEST.format(row='send')}) RETURNING id",
        now,
    )
    return len(rows)


async def close_gate(until: datetime, *, reason: str = "rate") -> None:
    """Close the gate shared by every sender until `until`; never open it earlier than it was."""
    await execute(
        "INSERT INTO gate (name, closed_until, reason) VALUES ($1, $2, $3) ON CONFLICT (name)"
        " DO UPDATE SET closed_until = excluded.closed_until, reason = excluded.reason"
        " WHERE gate.closed_until < excluded.closed_until",
        *(GATE, until, reason),
    )


async def gate_closed_until() -> datetime | None:
    """Return the moment before which no call may be made, if there ever was one."""
    rows = await execute("SELECT closed_until FROM gate WHERE name = $1", GATE)
    return as_datetime(rows[0]["closed_until"]) if rows else None


async def queue_depth() -> dict[str, int]:
    """Return how many rows are in each state."""
    rows = await execute("SELECT state, count(*) AS n FROM send GROUP BY state")
    return {row["state"]: row["n"] for row in rows}


async def forget_finished(*, before: datetime) -> int:
    """Delete terminal rows older than `before`; what they were about lives on in its own row."""
    rows = await execute("DELETE FROM send WHERE finished_at < $1 RETURNING id", before)
    return len(rows)


def _may_go(minute: str) -> str:
    """Return the condition for a row `s` (account `a`, person `p`) to go at that local minute.

    The chat can be written to, the purpose is still consented to, and the reader is not in quiet
    hours; what she set herself, and answers to her, are not held back. A broadcast's copy goes
    while its broadcast is being sent, to who still wants news.
    """
    return f"""
        (a.state = 'active'
            OR (a.state = 'stopped' AND s.kind IN ('screen', 'code', 'complaint_answer')))
        AND (s.purpose IS NULL OR EXISTS (
            SELECT 1 FROM consent c WHERE c.person_id = s.person_id AND c.purpose = s.purpose
            AND c.given_at IS NOT NULL AND c.withdrawn_at IS NULL))
        AND {_IS_NEWEST.format(row="s")}
        AND (s.broadcast_id IS NULL OR (
            EXISTS (SELECT 1 FROM broadcast b WHERE b.id = s.broadcast_id AND b.state = 'sending')
            AND NOT EXISTS (SELECT 1 FROM topic_choice t WHERE t.person_id = s.person_id
                AND t.topic = 'news' AND t.choice <> 'on')))
        AND (s.kind NOT IN ('reminder', 'broadcast') OR s.is_self_set OR p.id IS NULL
            OR CASE WHEN p.quiet_from_minute > p.quiet_to_minute
                THEN {minute} >= p.quiet_to_minute AND {minute} < p.quiet_from_minute
                ELSE {minute} < p.quiet_from_minute OR {minute} >= p.quiet_to_minute END)"""


def _minute(now: datetime) -> int:
    return now.hour * 60 + now.minute


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
