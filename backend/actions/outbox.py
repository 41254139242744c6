"""The messages that wait for somebody: on hold, of unknown fate, or failed; seen and dealt with."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from backend.actions import audit
from backend.actions.broadcast_run import advance
from backend.actions.leave import is_wanted
from backend.actions.unreached import UNWRITTEN
from backend.domain import broadcasts
from backend.domain.delivery import Kind, State
from backend.domain.outbox import Advice, advice
from backend.store.sql import Row, among, as_datetime, execute, in_transaction, listed

_WAITS = "(state = 'hold' OR (state IN ('unknown', 'failed') AND settled_at IS NULL))"
_MOST_NAMED = 12
# Released copies go on with their notice: one that is done is taken up again for them.
_GOING = (broadcasts.State.SENDING, broadcasts.State.PAUSED, broadcasts.State.DONE)
_WANTED = f"""EXISTS (SELECT 1 FROM send s JOIN account a ON a.tg_id = s.chat_id
    WHERE s.id = send.id AND {is_wanted(notices=_GOING)})"""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A message that waits for somebody, without whom it is for and what it is about."""

    id: int
    state: State
    kind: Kind
    due_at: datetime
    expires_at: datetime
    advice: Advice


@dataclass(frozen=True, slots=True)
class Dealt:
    """How many messages were dealt with, and how many were left as they are."""

    done: int
    left: int


async def waiting(*, now: datetime) -> list[Waiting]:
    """Everything that waits for somebody, the oldest first."""
    rows = await execute(
        "SELECT id, state, kind, due_at, expires_at, ambiguities, error,"
        f" {_WANTED} AS is_wanted FROM send WHERE {_WAITS} ORDER BY due_at, id"
    )
    return [_waiting(row, now) for row in rows]


async def due_after(moment: datetime) -> list[int]:
    """The ids of what is on hold and due after a moment."""
    return await _held("due_at > $1", moment)


async def due_until(moment: datetime) -> list[int]:
    """The ids of what is on hold and was due by a moment."""
    return await _held("due_at <= $1", moment)


async def release(ids: Sequence[int], *, now: datetime) -> Dealt:
    """Let messages go when they are due, or now where that is past.

    What has expired, and what nobody wants any more, is left. Quiet hours hold as for every
    message. A notice that was done is being sent again until its released copies are.
    """
    async with in_transaction():
        dealt = await _deal(
            "released",
            "state = 'queued', tries = 0, error = NULL, finished_at = NULL, settled_at = NULL,"
            " due_at = CASE WHEN due_at < $2 THEN $2 ELSE due_at END",
            f"expires_at > $2 AND {_WANTED}",
            ids=ids,
            now=now,
        )
        for row in await execute(
            f"SELECT DISTINCT broadcast_id FROM send WHERE {among('id', 1)} AND state = 'queued'"
            " AND broadcast_id IS NOT NULL",
            listed(ids),
        ):
            await advance(row["broadcast_id"], broadcasts.Act.RETRY)
    return dealt


async def drop(ids: Sequence[int], *, now: datetime) -> Dealt:
    """Leave messages unsent: what is on hold is cancelled, the rest is not shown any more."""
    return await _deal(
        "dropped",
        "state = CASE WHEN state = 'hold' THEN 'cancelled' ELSE state END, settled_at = $2,"
        " finished_at = coalesce(finished_at, $2)",
        "1 = 1",
        ids=ids,
        now=now,
    )


async def _held(condition: str, moment: datetime) -> list[int]:
    rows = await execute(
        f"SELECT id FROM send WHERE state = 'hold' AND {condition} ORDER BY id", moment
    )
    return [row["id"] for row in rows]


async def _deal(
    deed: str, changes: str, condition: str, *, ids: Sequence[int], now: datetime
) -> Dealt:
    """Change the rows that wait, and write down that somebody did."""
    async with in_transaction():
        rows = await execute(
            f"UPDATE send SET {changes} WHERE {among('id', 1)} AND {_WAITS} AND {condition}"
            " RETURNING id",
            *(listed(ids), now),
        )
        if rows:
            named = " ".join([str(row["id"]) for row in rows[:_MOST_NAMED]])
            detail = f"{len(rows)}: {named}"
            await audit.append(f"outbox_{deed}", now=now, detail=detail[:200])
    return Dealt(len(rows), len(set(ids)) - len(rows))


def _waiting(row: Row, now: datetime) -> Waiting:
    due_at, expires_at = as_datetime(row["due_at"]), as_datetime(row["expires_at"])
    assert due_at is not None, "the column is not nullable"
    assert expires_at is not None, "the column is not nullable"
    state, kind = State(row["state"]), Kind(row["kind"])
    said = advice(
        state,
        kind,
        ambiguities=row["ambiguities"],
        is_over=expires_at <= now,
        is_wanted=bool(row["is_wanted"]),
        is_written=not (row["error"] or "").startswith(UNWRITTEN),
    )
    return Waiting(row["id"], state, kind, due_at, expires_at, said)
