"""The audit log: who did what to whose row, a chain in which every entry seals the one before."""

import hashlib
import hmac
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime

from backend.store.crypto import keys
from backend.store.sql import Row, as_datetime, dialect, execute, in_transaction

_LOCK = 0x5355_4155
_PAGE = 5_000
_START = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a walk along the chain found; `head` is the seal of the last entry."""

    entries: int
    ok: bool
    head: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry, for those who may read it."""

    at: datetime
    actor_id: int | None
    action: str
    subject_id: int | None
    detail: str


async def append(
    action: str,
    *,
    now: datetime,
    actor_id: int | None = None,
    subject_id: int | None = None,
    detail: str = "",
) -> None:
    """Add an entry at the chain's end, in the caller's transaction or one of its own.

    Writers wait for each other here, so that two entries never follow the same one. `detail`
    holds codes and ids, never names or text.
    """
    async with in_transaction():
        if dialect() == "postgres":
            await execute("SELECT pg_advisory_xact_lock($1)", _LOCK)
        last = await execute("SELECT mac FROM audit_entry ORDER BY id DESC LIMIT 1")
        before = last[0]["mac"] if last else _START
        mac = _seal(before, now, actor_id, action, subject_id=subject_id, detail=detail)
        await execute(
            "INSERT INTO audit_entry (at, actor_id, action, subject_id, detail, mac)"
            " VALUES ($1, $2, $3, $4, $5, $6)",
            *(now, actor_id, action, subject_id, detail, mac),
        )


async def verify() -> Verdict:
    """Walk the whole chain and say whether every entry still follows from the one before.

    Entries cut off at the end leave a sound chain: compare `head` with one exported earlier.
    """
    entries, before = 0, _START
    async for row in _entries():
        at = as_datetime(row["at"])
        assert at is not None, "the column is not nullable"
        mac = _seal(
            before, at, row["actor_id"], row["action"],
            subject_id=row["subject_id"], detail=row["detail"],
        )  # fmt: skip
        if not hmac.compare_digest(mac, row["mac"]):
            return Verdict(entries, ok=False, head=before)
        entries, before = entries + 1, mac
    return Verdict(entries, ok=True, head=before)


async def about(person_id: int, *, limit: int = 50) -> list[Entry]:
    """The newest entries about a person's row, which she may read herself."""
    rows = await execute(
        "SELECT at, actor_id, action, subject_id, detail FROM audit_entry"
        " WHERE subject_id = $1 ORDER BY id DESC LIMIT $2",
        *(person_id, limit),
    )
    return [_entry(row) for row in rows]


def _entry(row: Row) -> Entry:
    at = as_datetime(row["at"])
    assert at is not None, "the column is not nullable"
    return Entry(at, row["actor_id"], row["action"], row["subject_id"], row["detail"])


async def _entries() -> AsyncIterator[Row]:
    last_id = 0
    while rows := await execute(
        "SELECT * FROM audit_entry WHERE id > $1 ORDER BY id LIMIT $2", last_id, _PAGE
    ):
        for row in rows:
            yield row
        last_id = rows[-1]["id"]


def _seal(
    before: str,
    at: datetime,
    actor_id: int | None,
    action: str,
    *,
    subject_id: int | None,
    detail: str,
) -> str:
    """The HMAC-SHA256 of an entry and the seal before it, in microseconds of UTC."""
    moment = round(at.timestamp() * 1_000_000)
    text = "\x1f".join(map(str, (before, moment, actor_id, action, subject_id, detail)))
    return hmac.new(keys().audit, text.encode(), hashlib.sha256).hexdigest()
