"""Transactions that share a commit: each block is whole or nothing, and none waits for ever."""

import asyncio
from datetime import datetime

import pytest

from backend.store.sql import (
    connection,
    execute,
    in_shared_transaction,
    in_transaction,
)
from backend.store.transactions import is_in_transaction

pytestmark = pytest.mark.usefixtures("database")


class Refused(Exception):
    """What a block raises to be undone."""


async def _see(number: int, now: datetime, *, fails: bool = False) -> None:
    async with in_shared_transaction():
        await execute("INSERT INTO update_seen (update_id, seen_at) VALUES ($1, $2)", number, now)
        await asyncio.sleep(0)
        if fails:
            raise Refused


async def _seen() -> list[int]:
    rows = await execute("SELECT update_id FROM update_seen ORDER BY update_id")
    return [row["update_id"] for row in rows]


async def test_a_block_that_raises_is_undone_alone(now: datetime) -> None:
    ended = await asyncio.gather(
        *(_see(number, now, fails=number % 3 == 0) for number in range(1, 101)),
        return_exceptions=True,
    )
    assert [type(end) for end in ended].count(Refused) == 33
    assert await _seen() == [number for number in range(1, 101) if number % 3]


async def test_what_a_block_wrote_is_committed_when_it_returns(now: datetime) -> None:
    async def see_and_look(number: int) -> bool:
        await _see(number, now)
        return number in await _seen()

    assert all(await asyncio.gather(*(see_and_look(number) for number in range(1, 60))))


async def test_other_transactions_take_their_turn_between_shared_ones(now: datetime) -> None:
    async def see_apart(number: int) -> None:
        async with in_transaction():
            await execute(
                "INSERT INTO update_seen (update_id, seen_at) VALUES ($1, $2)", number, now
            )

    await asyncio.gather(
        *(_see(number, now) if number % 2 else see_apart(number) for number in range(1, 201))
    )
    assert len(await _seen()) == 200


@pytest.mark.parametrize("at", range(6))
async def test_who_is_cancelled_keeps_nobody_waiting(now: datetime, at: int) -> None:
    blocks = [asyncio.ensure_future(_see(number, now)) for number in range(1, 13)]
    for _ in range(at):
        await asyncio.sleep(0)
    for block in blocks[::2]:
        block.cancel()
    ended = await asyncio.wait_for(asyncio.gather(*blocks, return_exceptions=True), 20)
    assert ended[1::2] == [None] * 6
    seen = set(await _seen())
    assert {2, 4, 6, 8, 10, 12} <= seen


async def test_a_block_is_inside_a_transaction_and_may_nest_others(now: datetime) -> None:
    async with in_shared_transaction():
        assert is_in_transaction()
        async with in_transaction():
            await execute("INSERT INTO update_seen (update_id, seen_at) VALUES (1, $1)", now)
        with pytest.raises(Refused):
            await _see(2, now, fails=True)
    assert not is_in_transaction()
    assert await _seen() == [1]


@pytest.mark.parametrize("database", ["postgres"], indirect=True)
@pytest.mark.parametrize("at", range(6))
async def test_who_is_cancelled_gives_the_connection_back(now: datetime, at: int) -> None:
    blocks = [asyncio.ensure_future(_see(number, now)) for number in range(1, 13)]
    for _ in range(at):
        await asyncio.sleep(0)
    for block in blocks:
        block.cancel()
    await asyncio.wait(blocks)
    pool = connection()._pool
    assert pool.get_size() == pool.get_idle_size()
