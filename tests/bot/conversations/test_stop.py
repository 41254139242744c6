"""Stopping: asked once, done at once, and taken up again without a burst."""

from datetime import timedelta

import pytest

from backend.actions import accounts, consents
from backend.domain.consent import Purpose
from backend.store.models import Send
from tests.bot.conftest import Town
from tests.bot.conversations.people import her_phone
from tests.bot.talk import press, say, start


async def state_of(town: Town, chat_id: int) -> str:
    """Return the state of a chat's account."""
    return (await accounts.meet(chat_id, "zh_CN", now=town.now)).state


@pytest.mark.parametrize("word", ["停止", "退订", "TD", "不要了", "stop", "/stop"])
async def test_a_stop_word_is_asked_about_once_and_then_obeyed(town: Town, word: str) -> None:
    phone, _ = await her_phone(town)
    await say(phone, word, "要停止所有消息吗？")
    await press(phone, "全部停止", "已停止，不再打扰您。想用时发 /start 就行。")
    assert await state_of(town, phone.id) == "stopped"


async def test_saying_the_stop_word_again_is_a_yes(town: Town) -> None:
    phone, _ = await her_phone(town)
    await say(phone, "停止", "要停止所有消息吗？")
    await say(phone, "停止", "已停止")
    assert await state_of(town, phone.id) == "stopped"


async def test_what_was_queued_is_not_sent_any_more(town: Town) -> None:
    town.clock.move(timedelta(hours=-2))
    phone, person_id = await her_phone(town, Purpose.FOLIC_ACID)
    await consents.give(person_id, [Purpose.CHECKUP], now=town.now)
    assert await Send.filter(person_id=person_id, state="queued").exists()
    await say(phone, "退订", "要停止所有消息吗？")
    await press(phone, "全部停止", "已停止")
    assert not await Send.filter(person_id=person_id, state="queued").exists()
    before = len(phone.messages)
    await town.morning()
    assert len(phone.messages) == before


async def test_she_may_keep_everything_after_all(town: Town) -> None:
    phone, _ = await her_phone(town)
    await say(phone, "停止", "要停止所有消息吗？")
    await press(phone, "不停了", "好的，一切照旧。")
    assert await state_of(town, phone.id) == "active"


async def test_she_may_stop_only_a_part(town: Town) -> None:
    phone, _ = await her_phone(town)
    await say(phone, "停止", "要停止所有消息吗？")
    await press(phone, "只停一部分", "要哪些提醒？")


async def test_start_brings_her_back_without_a_burst(town: Town) -> None:
    phone, _ = await her_phone(town, Purpose.FOLIC_ACID, Purpose.CHECKUP)
    await say(phone, "停止", "要停止所有消息吗？")
    await press(phone, "全部停止", "已停止")
    for _day in range(3):
        await town.morning()
    await start(phone, "欢迎回来。从现在起，我会照常提醒您。")
    before = len(phone.messages)
    await town.work()
    assert len(phone.messages) - before <= 2, "what was missed is not sent afterwards"


async def test_her_keys_still_work_while_stopped(town: Town) -> None:
    phone, _ = await her_phone(town)
    await say(phone, "停止", "要停止所有消息吗？")
    await press(phone, "全部停止", "已停止")
    await say(phone, "/menu", "提醒已停。要重新提醒您吗？")
    await press(phone, "重新提醒我", "欢迎回来")
    assert await state_of(town, phone.id) == "active"


async def test_a_stranger_may_stop_too(town: Town) -> None:
    phone = town.phone(language_code="en")
    await start(phone, "service assistant")
    asked = await say(phone, "unsubscribe", "Stop all messages?")
    assert "Stop only some" not in asked.labels
    await press(phone, "Stop all", "All messages are stopped.")
    assert await state_of(town, phone.id) == "stopped"
