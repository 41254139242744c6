"""No call to Telegram is made inside a transaction, where it would hold up everybody who writes."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from telegram import Bot
from telegram.error import NetworkError

from backend.actions.network import made_inside
from backend.store.sql import execute, in_transaction
from bot.sandbox.server import Sandbox, serve
from bot.transport import requests


@pytest.fixture
async def bot(database: str) -> AsyncIterator[Bot]:
    sandbox = Sandbox()
    polling, calling = requests()
    async with serve(sandbox) as api:
        made = Bot(
            sandbox.token,
            base_url=f"{api}/bot",
            request=calling,
            get_updates_request=polling,
        )
        async with made:
            yield made
    assert not sandbox.breaches


async def test_outside_a_transaction_a_call_is_made(bot: Bot) -> None:
    async with in_transaction():
        await execute("INSERT INTO region (code, name) VALUES ('1', 'x')")
    assert (await bot.get_me()).is_bot


@pytest.mark.parametrize("levels", [1, 2])
async def test_inside_a_transaction_a_call_is_refused(bot: Bot, levels: int) -> None:
    async with in_transaction():
        if levels == 2:
            async with in_transaction():
                await execute("INSERT INTO region (code, name) VALUES ('1', 'x')")
        with pytest.raises(NetworkError, match="WaitsInTransaction"):
            await bot.get_me()
    assert made_inside == {"getMe"}
    made_inside.clear()
    assert (await bot.get_me()).is_bot


async def test_a_task_started_inside_is_refused_until_the_transaction_ends(bot: Bot) -> None:
    may_go = asyncio.Event()

    async def call() -> bool:
        await may_go.wait()
        return (await bot.get_me()).is_bot

    async with in_transaction():
        inside = asyncio.create_task(bot.get_me())
        later = asyncio.create_task(call())
        with pytest.raises(NetworkError, match="WaitsInTransaction"):
            await inside
    may_go.set()
    assert await later
    assert made_inside == {"getMe"}
    made_inside.clear()


async def test_where_it_is_not_refused_it_is_noted_and_goes_on(
    bot: Bot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("backend.actions.network._is_refused", False)
    async with in_transaction():
        assert (await bot.get_me()).is_bot
    assert made_inside == {"getMe"}
    made_inside.clear()
