"""What comes in comes more than once, in any order, to two processes: each has its effect once.

Within a chat Telegram hands over in order; what it hands over again may come at any later time.
"""

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from random import Random
from typing import Any

import pytest
from telegram import Update

from backend.actions import dialogs
from backend.store.models import Dialog
from backend.store.sql import execute
from bot.service import Service, assembled
from bot.turns import Turns
from tests.bot.conftest import Town
from tests.bot.shops import two_shops
from tests.bot.talk import start
from tests.bot.test_turns import SHOP, orders

FIRST_CHAT = 5_000_000_001
JUMP = 700_000_000
SAYINGS = ("/start", "noodles", "2", "what?", "/menu", "order")
PRESSES = ("order", "noodles", "1", "bomb", "back")
WRITTEN = ("dialog", "update_seen", "effect", "send", "account")

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Arrival:
    """One handing over of an update, to one of the two processes."""

    update: Json
    process: int


@asynccontextmanager
async def two_processes(town: Town) -> AsyncIterator[tuple[Service, Service]]:
    """The town's bot and another of the same office, both with the noodle shop's dialogs.

    Nobody has a phone, so whatever is sent fails; what is told of it here is in the database.
    """
    other = await assembled(town.service.config, town.clock, asyncio.Event())
    await other.walk.initialize()
    for one in (town.service, other):
        one.desk.dialogs = SHOP
    try:
        yield town.service, other
        await settled(town, other)
    finally:
        await other.walk.shutdown()


async def settled(town: Town, other: Service) -> None:
    """Wait until all calls are made."""
    await other.turns.settle()
    await town.settle()


def message(update_id: int, chat: int, text: str) -> Json:
    """An update with a text."""
    body = {"message_id": update_id, "date": 1_800_000_000, "text": text}
    if text.startswith("/"):
        body["entities"] = [{"type": "bot_command", "offset": 0, "length": len(text)}]
    return {"update_id": update_id, "message": body | _in_chat(chat)}


def pressing(update_id: int, chat: int, data: str) -> Json:
    """An update with a press of a button."""
    shown = {"message_id": 1, "date": 0, "chat": _in_chat(chat)["chat"]}
    query = {"id": str(update_id), "chat_instance": "1", "data": data, "message": shown}
    return {"update_id": update_id, "callback_query": query | {"from": _in_chat(chat)["from"]}}


def _in_chat(chat: int) -> Json:
    person = {"id": chat, "first_name": "秀英"}
    return {"chat": person | {"type": "private"}, "from": person | {"is_bot": False}}


async def hand_over(turns: Turns, service: Service, update: Json) -> None:
    """Hand an update to a process."""
    await turns.take(Update.de_json(update, service.walk.bot))


async def in_order(service: Service, chats: int, each: int, chance: Random) -> list[Json]:
    """Talk in every chat, one update after another; return them. Half-way the numbers jump."""
    numbers, updates = count(1_000_000), []
    for turn in range(each):
        if turn == each // 2:
            numbers = count(JUMP)
        for chat in range(FIRST_CHAT, FIRST_CHAT + chats):
            state = await dialogs.load(chat)
            if state and chance.random() < 0.6:
                version = state.version - (chance.random() < 0.15)
                data = f"s{version}:{chance.choice(PRESSES)}"
                update = pressing(next(numbers), chat, data)
            else:
                update = message(next(numbers), chat, chance.choice(SAYINGS))
            await hand_over(service.turns, service, update)
            updates.append(update)
    return updates


def shuffled(updates: list[Json], chance: Random) -> list[list[Arrival]]:
    """Every chat's updates in order, each one to three times, the chats mixed by chance.

    What stands together arrives at once.
    """
    waiting: dict[int, list[Json]] = {}
    for update in updates:
        waiting.setdefault(_chat_of(update), []).append(update)
    arrivals: list[list[Arrival]] = []
    again: list[Json] = []
    while waiting:
        chat = chance.choice(list(waiting))
        update = waiting[chat].pop(0)
        if not waiting[chat]:
            del waiting[chat]
        copies = chance.randint(1, 3)
        at_once = chance.randint(1, copies)
        arrivals.append([Arrival(update, chance.randrange(2)) for _ in range(at_once)])
        again += [update] * (copies - at_once)
        if again and chance.random() < 0.5:
            late = again.pop(chance.randrange(len(again)))
            arrivals[-1].append(Arrival(late, chance.randrange(2)))
    arrivals += [[Arrival(update, chance.randrange(2))] for update in again]
    return arrivals


def _chat_of(update: Json) -> int:
    part = update.get("message") or update["callback_query"]
    chat: int = part["from"]["id"]
    return chat


async def what_is_true() -> Json:
    """All that the updates have brought about."""
    return {
        "orders": Counter(await orders()),
        "dialogs": {
            row.chat_id: (row.name, row.step, row.version, json.loads(row.answers or "{}"))
            for row in await Dialog.all()
        },
        "seen": {row["update_id"] for row in await execute("SELECT update_id FROM update_seen")},
    }


async def forget_everything() -> None:
    """Empty what updates write."""
    for table in WRITTEN:
        await execute(f"DELETE FROM {table}")
    await execute("DELETE FROM region WHERE code LIKE '41%'")


@pytest.fixture
def settings(
    town: Town, database: str, tmp_path: Path, request: pytest.FixtureRequest
) -> dict[str, str]:
    """The settings of another process on the town's database."""
    url, keys = f"sqlite://{tmp_path / 'test.db'}", tmp_path / "keys"
    if database == "postgres":
        folder: Path = request.getfixturevalue("postgres_folder")
        url, keys = (folder / "address").read_text(), folder / "keys"
    return {
        "TELEGRAM_TOKEN": town.sandbox.token,
        "TELEGRAM_API": town.service.config.telegram_api,
        "DATABASE_URL": url,
        "KEYS_FILE": str(keys),
        "MESSAGES_PER_SECOND": "1000",
    }


@pytest.mark.parametrize(
    ("chats", "each"),
    [
        pytest.param(8, 10, id="80"),
        pytest.param(200, 50, id="10000", marks=pytest.mark.long),
    ],
)
async def test_updates_shuffled_and_repeated_over_two_processes_end_as_in_order(
    town: Town, chats: int, each: int, settings: dict[str, str]
) -> None:
    chance = Random(20261123)
    town.service.desk.dialogs = SHOP
    updates = await in_order(town.service, chats, each, chance)
    await town.settle()
    expected = await what_is_true()
    await forget_everything()
    async with two_shops(**settings) as shops:
        for arrivals in shuffled(updates, chance):
            await asyncio.gather(
                *(shops[arrival.process].take(arrival.update) for arrival in arrivals)
            )
        for shop in shops:
            await shop.take(None)
    assert await what_is_true() == expected
    assert len(expected["orders"]) > 1, "something was ordered at all"
    assert len(expected["seen"]) == chats * each


@pytest.mark.parametrize(
    "presses",
    [pytest.param(15, id="15"), pytest.param(1_000, id="1000", marks=pytest.mark.long)],
)
async def test_a_button_pressed_again_and_again_has_one_effect_and_an_old_one_none(
    town: Town, presses: int
) -> None:
    chance, numbers = Random(presses), count(2_000_000)
    async with two_processes(town) as (one, other):
        for chat in range(FIRST_CHAT, FIRST_CHAT + presses):
            await hand_over(one.turns, one, message(next(numbers), chat, "/start"))
            for value in ("order", "noodles"):
                state = await dialogs.load(chat)
                assert state is not None
                data = f"s{state.version}:{value}"
                await hand_over(one.turns, one, pressing(next(numbers), chat, data))
            state = await dialogs.load(chat)
            assert state is not None
            stale = [f"s{version}:{value}" for version in range(state.version) for value in "12"]
            pressed = [f"s{state.version}:1"] * chance.randint(2, 5) + chance.sample(stale, 3)
            chance.shuffle(pressed)
            await asyncio.gather(
                *(
                    hand_over(chance.choice((one, other)).turns, one, pressing(n, chat, word))
                    for n, word in zip(numbers, pressed, strict=False)
                )
            )
        await settled(town, other)
        assert await orders() == ["1 noodles"] * presses
        assert {row.step for row in await Dialog.all()} == {"done"}


async def test_after_a_quiet_week_the_numbers_may_go_on_from_a_lower_one(town: Town) -> None:
    phone = town.phone()
    await start(phone, "您好")
    await town.settle()
    town.sandbox.world.updates.number_from(17)
    for _ in range(2):
        await start(phone, "您好")
        await town.settle()
    assert {17, 18} <= {row["update_id"] for row in await execute("SELECT * FROM update_seen")}
