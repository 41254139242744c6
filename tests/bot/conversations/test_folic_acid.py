"""Folic acid day by day: taken, later, not today, the month at a glance, and stopping."""

from datetime import date, timedelta
from typing import Any

from backend.actions import events, folic_acid, planning, schedule
from backend.actions.events import Told
from backend.actions.folic_acid import Dose, NotTakenReason
from backend.domain.consent import Purpose
from backend.store.models import DoseLog
from bot.sandbox.phone import Phone
from tests.bot.conftest import Town
from tests.bot.conversations.people import her_phone
from tests.bot.talk import press, say

QUESTION = "今天的叶酸吃了吗？"
PUSH = "⏰ 您每天的提醒到了。"


async def asked(town: Town, *, days_taken: int = 0, **columns: Any) -> tuple[Phone, int]:
    """王秀英 with today's question on her screen, after some days in a row."""
    phone, person_id = await her_phone(town, Purpose.FOLIC_ACID, **columns)
    for ago in range(1, days_taken + 1):
        on = town.now.date() - timedelta(ago)
        await folic_acid.answer_dose(person_id, Dose.TAKEN, on=on, now=town.now)
    await events.record_planning(person_id, Told(now=town.now))
    await town.work()
    await phone.until(PUSH)
    await press(phone, "查看", QUESTION)
    return phone, person_id


async def test_taken_is_one_press_and_counts_the_days(town: Town) -> None:
    phone, person_id = await asked(town, days_taken=6)
    assert phone.screen.text == f"{QUESTION}\n🌱 已坚持 6 天"
    assert phone.screen.labels == [
        *("✅ 吃了", "⏰ 晚点", "今天不吃", "📅 看本月", "ℹ️ 详情", "🙈 收起"),
    ]
    await press(phone, "吃了", "✅ 记下了，明天见。\n🌱 已坚持 7 天")
    assert await folic_acid.answer_of(person_id, town.now.date()) is Dose.TAKEN


async def test_the_first_day_shows_no_zero(town: Town) -> None:
    phone, _ = await asked(town)
    assert phone.screen.text == QUESTION


async def test_later_comes_back_in_an_hour(town: Town) -> None:
    phone, _ = await asked(town)
    await press(phone, "晚点", "什么时候再提醒您")
    await press(phone, "1小时后", "10:00再提醒您")
    await town.pass_time(hours=1)
    await phone.until(PUSH)
    await press(phone, "查看", QUESTION)


async def test_tomorrow_comes_once(town: Town) -> None:
    phone, _ = await asked(town)
    await press(phone, "晚点", "什么时候再提醒您")
    await press(phone, "明天", "明天再提醒您")
    pushes = [bubble for bubble in phone.messages if bubble.text == PUSH]
    await town.morning()
    assert [bubble.text for bubble in phone.messages].count(PUSH) == len(pushes) + 1


async def test_forgotten_is_met_kindly(town: Town) -> None:
    phone, person_id = await asked(town)
    await press(phone, "今天不吃", "今天是因为什么呢")
    assert phone.screen.labels[:4] == ["忘了", "不舒服", "不想说", "🔕 停止此提醒"]
    await press(phone, "忘了", "没关系，明天照常吃就好，不用多吃。")
    held = await DoseLog.get(person_id=person_id)
    assert (held.answer, held.reason) == (Dose.NOT_TODAY, NotTakenReason.FORGOT)


async def test_feeling_unwell_leads_to_a_doctor(town: Town) -> None:
    phone, _ = await asked(town)
    await press(phone, "今天不吃", "今天是因为什么呢")
    await press(phone, "不舒服", "请先停一停，问问医生")
    assert phone.screen.labels[:2] == ["🔕 停止此提醒", "🙋 找村干部"]


async def test_stopping_asks_once_and_acts_at_once(town: Town) -> None:
    phone, _ = await asked(town)
    await press(phone, "今天不吃", "今天是因为什么呢")
    await press(phone, "停止此提醒", "以后不再提醒您吃叶酸，对吗")
    await press(phone, "对，停止", "已停止")
    heard = len(phone.messages)
    await town.morning()
    assert len(phone.messages) == heard


async def test_the_month_shows_the_days_and_a_forgotten_one_can_be_noted(town: Town) -> None:
    phone, person_id = await asked(town, days_taken=2)
    await press(phone, "看本月", "💊 2026年11月\n已吃 2 天。")
    assert phone.screen.labels.count("✅") == 2
    phone.press("20")
    await phone.until("已吃 3 天")
    assert phone.toast == "✅ 2026年11月20日：吃了"
    phone.press("3")
    await town.settle()
    assert phone.toast == "只能补记最近7天。"
    assert await folic_acid.answer_of(person_id, date(2026, 11, 3)) is None
    await press(phone, "‹", "2026年10月")
    await press(phone, "今天的", QUESTION)


async def test_today_answered_may_still_be_changed(town: Town) -> None:
    phone, person_id = await asked(town)
    await press(phone, "吃了", "记下了")
    await press(phone, "我的安排", "叶酸")
    await press(phone, "①", "今天已记下：吃了")
    assert "⏰ 晚点" not in phone.screen.labels
    await press(phone, "今天不吃", "今天是因为什么呢")
    await press(phone, "不想说", "明天见")
    assert await folic_acid.answer_of(person_id, town.now.date()) is Dose.NOT_TODAY


async def half_a_year_on(town: Town) -> tuple[Phone, int]:
    """王秀英, who has been reminded for half a year, with the question on her screen."""
    enrolled_on = town.now.date() - timedelta(186)
    phone, person_id = await her_phone(town, Purpose.FOLIC_ACID, enrolled_on=enrolled_on)
    await planning.replan(person_id, now=town.now)
    await town.work()
    await phone.until("🔔 您有一条新提醒。")
    await press(phone, "查看", "继续")
    return phone, person_id


async def test_after_half_a_year_she_is_asked_and_may_go_on(town: Town) -> None:
    phone, person_id = await half_a_year_on(town)
    assert phone.screen.labels == ["🌱 继续提醒", "不用了", "🙈 收起"]
    await press(phone, "继续提醒", "接着提醒您")
    rules = {view.due.rule for view in await schedule.my_schedule(person_id, now=town.now)}
    assert rules == {"fa5", "fa6", "fa7"}


async def test_after_half_a_year_a_no_ends_it(town: Town) -> None:
    phone, person_id = await half_a_year_on(town)
    await press(phone, "不用了", "不再提醒了")
    assert await schedule.my_schedule(person_id, now=town.now) == []


async def test_the_same_in_english(town: Town) -> None:
    phone, person_id = await her_phone(town, Purpose.FOLIC_ACID, language_code="en")
    await events.record_planning(person_id, Told(now=town.now))
    await town.work()
    await phone.until("⏰ Here is your daily reminder.")
    await press(phone, "Have a look", "Have you taken today's folic acid?")
    await say(phone, "taken", "Noted. See you tomorrow.\n🌱 1 day in a row")
