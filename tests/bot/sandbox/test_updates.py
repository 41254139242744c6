"""Polling: numbering, confirmation, long polls, kinds of updates and conflicts."""

import asyncio
from datetime import timedelta
from typing import Any

from bot.sandbox import Phone, Sandbox
from tests.bot.sandbox.conftest import Caller


def say_all(sandbox: Sandbox, *texts: str) -> Phone:
    mei = sandbox.open_phone(first_name="Mei")
    mei.start()
    for text in texts:
        mei.say(text)
    return mei


def texts(updates: list[dict[str, Any]]) -> list[str]:
    return [update["message"]["text"] for update in updates]


async def test_an_offset_confirms_everything_before_it(sandbox: Sandbox, call: Caller) -> None:
    say_all(sandbox, "one", "two")
    first = await call("getUpdates")
    assert texts(first) == ["/start", "one", "two"]
    assert [u["update_id"] - first[0]["update_id"] for u in first] == [0, 1, 2]
    assert await call("getUpdates") == first
    assert texts(await call("getUpdates", offset=first[1]["update_id"])) == ["one", "two"]
    assert texts(await call("getUpdates")) == ["one", "two"]


async def test_a_negative_offset_keeps_only_the_last_updates(
    sandbox: Sandbox, call: Caller
) -> None:
    say_all(sandbox, "one", "two", "three")
    assert texts(await call("getUpdates", offset=-2)) == ["two", "three"]
    assert texts(await call("getUpdates")) == ["two", "three"]


async def test_an_update_is_kept_for_a_day(sandbox: Sandbox, call: Caller) -> None:
    mei = say_all(sandbox, "one")
    await sandbox.clock.advance(timedelta(hours=23))
    mei.say("two")
    assert texts(await call("getUpdates")) == ["/start", "one", "two"]
    await sandbox.clock.advance(timedelta(hours=2))
    assert texts(await call("getUpdates")) == ["two"]


async def test_a_limit_gives_the_oldest_first(sandbox: Sandbox, call: Caller) -> None:
    say_all(sandbox, "one", "two")
    assert texts(await call("getUpdates", limit=2)) == ["/start", "one"]


async def test_a_long_poll_is_answered_as_soon_as_something_comes(
    sandbox: Sandbox, call: Caller
) -> None:
    waiting = asyncio.create_task(call("getUpdates", timeout=30))
    await asyncio.sleep(0.05)
    assert not waiting.done()
    say_all(sandbox)
    assert texts(await waiting) == ["/start"]


async def test_a_poll_without_news_answers_nothing(call: Caller) -> None:
    assert await call("getUpdates", timeout=0) == []
    assert await call.refused("getUpdates", timeout=-1) == (
        400,
        "Bad Request: timeout must be non-negative",
    )


async def test_only_wanted_kinds_are_kept_and_the_wish_is_remembered(
    sandbox: Sandbox, call: Caller
) -> None:
    await call("getUpdates", allowed_updates=["my_chat_member"])
    mei = say_all(sandbox)
    mei.block()
    kinds = [update.keys() - {"update_id"} for update in await call("getUpdates")]
    assert kinds == [{"my_chat_member"}]
    await call("getUpdates", allowed_updates=[])
    mei.start()
    kinds = [update.keys() - {"update_id"} for update in await call("getUpdates", offset=-2)]
    assert kinds == [{"my_chat_member"}, {"message"}]


async def test_the_older_of_two_polls_is_ended(sandbox: Sandbox, call: Caller) -> None:
    older = asyncio.create_task(call.raw("getUpdates", timeout=30))
    await asyncio.sleep(0.05)
    newer = asyncio.create_task(call("getUpdates", timeout=30))
    status, body = await older
    assert (status, body["error_code"]) == (409, 409)
    assert body["description"] == (
        "Conflict: terminated by other getUpdates request; "
        "make sure that only one bot instance is running"
    )
    say_all(sandbox)
    assert texts(await newer) == ["/start"]


async def test_a_webhook_ends_a_poll_and_forbids_the_next(sandbox: Sandbox, call: Caller) -> None:
    older = asyncio.create_task(call.raw("getUpdates", timeout=30))
    await asyncio.sleep(0.05)
    await call("setWebhook", url="http://127.0.0.1:9/hook")
    assert (await older)[1]["description"] == "Conflict: terminated by setWebhook request"
    assert await call.refused("getUpdates") == (
        409,
        "Conflict: can't use getUpdates method while webhook is active; "
        "use deleteWebhook to delete the webhook first",
    )
    await call("deleteWebhook")
    assert await call("getUpdates") == []


async def test_updates_are_forgotten_after_a_day(sandbox: Sandbox, call: Caller) -> None:
    say_all(sandbox, "one")
    await sandbox.clock.advance(timedelta(hours=23))
    assert len(await call("getUpdates")) == 2
    await sandbox.clock.advance(timedelta(hours=1))
    assert await call("getUpdates") == []
