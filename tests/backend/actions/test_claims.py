"""Four workers claim from one PostgreSQL at once: nothing twice, nothing left."""

import asyncio
from collections import Counter
from datetime import datetime, timedelta

import pytest

from backend.actions import delivery
from backend.actions.delivery import Message
from backend.store.sql import execute

WORKERS = 4
ROWS = 20_000
AT_ONCE = 100


async def rows_due(count: int, now: datetime) -> None:
    """So many copies, each to a chat of its own, due now."""
    await execute(
        "INSERT INTO account (tg_id, locale, state, started_at, state_at)"
        " SELECT n, 'zh_CN', 'active', $1, $1 FROM generate_series(1, CAST($2 AS INT)) n",
        *(now, count),
    )
    await execute(
        "INSERT INTO send (dedup_key, kind, priority, chat_id, template, reference, is_self_set,"
        " due_at, expires_at, state, tries, ambiguities, created_at)"
        " SELECT 'due:' || n, 'reminder', 50, n, 'reminder', '', false, $1, $3,"
        " 'queued', 0, 0, $1 FROM generate_series(1, CAST($2 AS INT)) n",
        *(now, count, now + timedelta(days=1)),
    )


@pytest.mark.parametrize("database", ["postgres"], indirect=True)
async def test_no_row_is_claimed_by_two(database: str, now: datetime) -> None:
    await rows_due(ROWS, now)

    async def worker(owner_id: int) -> list[Message]:
        claimed: list[Message] = []
        while found := await delivery.claim(owner_id, now=now, limit=AT_ONCE):
            claimed += found
        return claimed

    claims = await asyncio.gather(*(worker(number) for number in range(1, WORKERS + 1)))
    times = Counter(message.id for claimed in claims for message in claimed)
    assert len(times) == ROWS
    assert set(times.values()) == {1}
    assert all(claims), "every worker had its share"
