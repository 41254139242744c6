"""A due check-up: a discreet push, then booked, done, help, or a no that is final."""

from datetime import date, timedelta
from typing import Any

from backend.actions import events, planning, schedule
from backend.actions.events import Told
from backend.actions.reminders import DueView
from backend.domain.consent import Purpose
from backend.domain.gestation import dated_by_lmp
from backend.store.models import DueService, Person, Task
from bot.sandbox.bubble import Bubble
from bot.sandbox.phone import Phone
from tests.bot.conftest import Town
from tests.bot.conversations.people import her_phone
from tests.bot.talk import press, say
from tests.builders import zhao_ming

PUSH = "🔔 您有一条新提醒。"


async def reminded(town: Town, **columns: Any) -> tuple[Phone, int]:
    """王秀英, pregnant for 17 weeks, with the first push on her phone."""
    phone, person_id = await her_phone(town, Purpose.MATERNAL, **columns)
    dating = dated_by_lmp(date(2026, 7, 27))
    await events.record_pregnancy(person_id, Told(now=town.now), dating=dating)
    await town.work()
    await phone.until("🔔")
    return phone, person_id


async def the_check(town: Town, person_id: int) -> DueView:
    """The check of week 16 to 20, however it stands."""
    views = await schedule.my_schedule(person_id, now=town.now)
    return next(view for view in views if view.due.rule == "m2")


async def look_until(phone: Phone, expected: str) -> Bubble:
    """Open the pushes of that morning, the newest first, until one shows these words."""
    while expected not in (shown := await press(phone, "查看", "")).text:
        pass
    return shown


async def test_the_push_says_nothing_and_the_tap_shows_it_in_place(town: Town) -> None:
    phone, _ = await reminded(town)
    push = phone.screen
    assert (push.text, push.labels) == (PUSH, ["👀 查看"])
    assert push.content["has_protected_content"], "the text that comes in its place is protected"
    await press(phone, "查看", "孕16-20周检查")
    assert phone.screen.message_id == push.message_id
    assert phone.screen.text == (
        "孕16-20周检查\n2026年12月20日以前都可以办，还有 27 天。\n📍 镇卫生院。"
    )
    assert phone.screen.labels == [
        *("📅 已约好", "✅ 已做完", "🙋 需要帮忙", "暂不", "ℹ️ 详情", "🙈 收起"),
    ]


async def test_who_shows_contents_openly_reads_the_title_at_once(town: Town) -> None:
    phone, _ = await reminded(town, hides_content=False)
    assert phone.screen.text == "🔔 孕16-20周检查"


async def test_a_booking_is_remembered_the_day_before(town: Town) -> None:
    phone, person_id = await reminded(town)
    await press(phone, "查看", "孕16-20周检查")
    await press(phone, "已约好", "约在哪一天")
    await say(phone, "上周五", "请选2026年11月23日到")
    await say(phone, "后天", "记下了：2026年11月25日。前一天我会提醒您。")
    assert (await the_check(town, person_id)).booked_on == date(2026, 11, 25)
    await town.morning()
    remembered = await look_until(phone, "📌 您约的是明天，2026年11月25日。")
    assert "📅 改日期" in remembered.labels


async def test_done_completes_it_and_ends_its_reminders(town: Town) -> None:
    phone, person_id = await reminded(town)
    await press(phone, "查看", "孕16-20周检查")
    await press(phone, "已做完", "是哪天做的")
    await press(phone, "昨天", "记下了，谢谢您告诉我")
    rules = {view.due.rule for view in await schedule.my_schedule(person_id, now=town.now)}
    assert "m2" not in rules


async def test_help_goes_to_her_cadre_with_what_she_needs(town: Town) -> None:
    await zhao_ming()
    phone, person_id = await reminded(town)
    await press(phone, "查看", "孕16-20周检查")
    await press(phone, "需要帮忙", "您需要什么帮助")
    assert phone.screen.labels[:4] == ["🚌 没车", "🕐 没时间", "❓ 不清楚流程", "🤝 想请人陪"]
    await press(phone, "没车", "村干部赵明会联系您")
    task = await Task.get()
    assert (task.person_id, task.reason) == (person_id, "transport")


async def test_not_now_waits_a_month(town: Town) -> None:
    phone, person_id = await reminded(town)
    await press(phone, "查看", "孕16-20周检查")
    await press(phone, "暂不", "过些时候再问您，还是不再提醒“孕期和产后”？")
    await press(phone, "一个月后再问", "一个月后再问您")
    row = await DueService.get(id=(await the_check(town, person_id)).due_id)
    assert row.remind_on is None, "in a month the check is over, so it is not brought up again"


async def test_never_again_is_final_and_nobodys_task(town: Town) -> None:
    phone, person_id = await reminded(town)
    await press(phone, "查看", "孕16-20周检查")
    await press(phone, "暂不", "不再提醒")
    await press(phone, "不再提醒", "好的，不再提醒")
    assert await schedule.my_schedule(person_id, now=town.now) == []
    assert await Task.all() == []
    heard = len(phone.messages)
    await town.morning()
    assert len(phone.messages) == heard


async def test_back_leads_to_the_check_and_cancel_home(town: Town) -> None:
    phone, _ = await reminded(town)
    await press(phone, "查看", "孕16-20周检查")
    await press(phone, "需要帮忙", "您需要什么帮助")
    await press(phone, "返回", "孕16-20周检查")
    await press(phone, "暂不", "不再提醒")
    await press(phone, "取消", "什么都没改")


async def test_what_is_no_longer_owed_says_so(town: Town) -> None:
    phone, person_id = await reminded(town)
    await events.end_pregnancy(person_id, Told(now=town.now))
    await press(phone, "查看", "这件事不用办了")


async def test_folded_away_it_tells_nothing(town: Town) -> None:
    phone, _ = await reminded(town)
    await press(phone, "查看", "孕16-20周检查")
    await press(phone, "收起", "已收起")
    assert "检查" not in phone.screen.text


async def test_the_same_in_english(town: Town) -> None:
    phone, _ = await her_phone(town, Purpose.MATERNAL, language_code="en")
    dating = dated_by_lmp(date(2026, 7, 27))
    person = await Person.get()
    await events.record_pregnancy(person.id, Told(now=town.now), dating=dating)
    await town.work()
    await phone.until("You have a new reminder.")
    await press(
        phone, "Have a look", "Week 16-20 check\nIt can be done until 2026-12-20, 27 days left."
    )
    await press(phone, "Booked", "Which day did you book?")
    await say(phone, "in 3 days", "Noted: 2026-11-26. I will remind you the day before.")


async def test_a_visit_may_still_be_told_after_its_time(town: Town) -> None:
    phone, person_id = await reminded(town)
    check = await the_check(town, person_id)
    town.clock.move(timedelta(days=40))
    await planning.roll(now=town.now)
    await press(phone, "查看", "时间已经过了")
    await press(phone, "已做完", "是哪天做的")
    await say(phone, "12月10日", "谢谢您告诉我")
    row = await DueService.get(id=check.due_id)
    assert (row.state, row.done_on) == ("done", date(2026, 12, 10))


async def test_from_a_check_she_may_be_sent_on_to_a_hospital(town: Town) -> None:
    phone, person_id = await reminded(town)
    await press(phone, "查看", "孕16-20周检查")
    await press(phone, "已做完", "是哪天做的")
    await press(phone, "今天", "记下了，谢谢您告诉我")
    await press(phone, "被转诊了", "是哪一天的事")
    await press(phone, "今天", "记下了。")
    rules = {view.due.rule for view in await schedule.my_schedule(person_id, now=town.now)}
    assert "m8" in rules
