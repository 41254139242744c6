"""Family news in the chat: a wish, a change that needs no explaining, and who is helped how."""

from datetime import date

from backend.actions import consents, events, family, schedule
from backend.actions.events import Told
from backend.domain.consent import Purpose
from backend.domain.gestation import dated_by_lmp
from backend.store.models import LifeEvent, Task
from tests.bot.conftest import Town
from tests.bot.conversations.people import her_phone
from tests.bot.talk import press, say

LMP = date(2026, 9, 1)


async def pregnant(town: Town, person_id: int, lmp: date = LMP) -> None:
    """Keep a pregnancy of 11 weeks and 6 days."""
    await events.record_pregnancy(person_id, Told(now=town.now), dating=dated_by_lmp(lmp))


async def test_a_wish_for_a_child_asks_for_its_own_consent_first(town: Town) -> None:
    phone, person_id = await her_phone(town)
    await say(phone, "孕育情况", "家里有什么新消息")
    await press(phone, "准备怀孕", "叶酸")
    assert await LifeEvent.all() == [], "nothing is kept before she agrees"
    await press(phone, "同意", "记下了，祝您顺利")
    assert Purpose.FOLIC_ACID in await consents.in_force_for(person_id)
    assert "fa5" in {view.due.rule for view in await schedule.my_schedule(person_id, now=town.now)}


async def test_without_that_consent_the_wish_is_kept_only_for_what_she_agreed_to(
    town: Town,
) -> None:
    phone, person_id = await her_phone(town, Purpose.SCREENING)
    await say(phone, "孕育情况", "家里有什么新消息")
    await press(phone, "准备怀孕", "叶酸")
    await press(phone, "不用了", "什么都没有记")
    assert await LifeEvent.all() == []
    assert Purpose.FOLIC_ACID not in await consents.to_ask(person_id), "a no is final"


async def test_who_agreed_before_is_not_asked_again_and_can_take_it_back(town: Town) -> None:
    phone, person_id = await her_phone(town, Purpose.FOLIC_ACID)
    await say(phone, "孕育情况", "家里有什么新消息")
    await press(phone, "准备怀孕", "记下了，祝您顺利")
    await press(phone, "点错了，撤回", "和原来一样")
    held = await events.current_pregnancy(person_id, now=town.now)
    assert held is None
    assert await LifeEvent.filter(superseded_by=None).count() == 0


async def test_the_end_of_a_pregnancy_is_one_quiet_step(town: Town) -> None:
    phone, person_id = await her_phone(town, Purpose.MATERNAL, Purpose.FOLIC_ACID)
    await pregnant(town, person_id)
    await say(phone, "孕育情况", "怀孕11周6天，预产期2027年6月8日")
    asked = await press(phone, "情况有变化", "您不用解释。要我做什么？")
    assert asked.labels == [
        *("🔕 停止孕期提醒", "💬 想和人聊聊", "👶 宝宝出生了"),
        *("⬅ 返回", "✖ 取消"),
    ]
    await press(phone, "停止孕期提醒", "都停了。您多保重")
    rules = {view.due.rule for view in await schedule.my_schedule(person_id, now=town.now)}
    assert rules == set(), "nothing about pregnancy, birth or folic acid is left"
    assert await Task.all() == [], "it makes no work for anybody"
    folded = await press(phone, "收起", "已收起")
    assert folded.text == "已收起。"


async def test_nothing_is_heard_of_it_in_the_weeks_after(town: Town) -> None:
    phone, person_id = await her_phone(town, Purpose.MATERNAL, Purpose.FOLIC_ACID)
    await pregnant(town, person_id)
    await town.work()
    await events.end_pregnancy(person_id, Told(now=town.now))
    heard = len(phone.messages)
    for _morning in range(8):
        await town.morning()
    assert len(phone.messages) == heard


async def test_a_slip_of_the_finger_is_taken_back(town: Town) -> None:
    phone, person_id = await her_phone(town, Purpose.MATERNAL)
    await pregnant(town, person_id)
    await say(phone, "孕育情况", "怀孕11周6天")
    await press(phone, "情况有变化", "您不用解释")
    await press(phone, "停止孕期提醒", "都停了")
    await press(phone, "撤回", "怀孕11周6天")
    rules = {view.due.rule for view in await schedule.my_schedule(person_id, now=town.now)}
    assert "m1" in rules


async def test_she_can_ask_to_be_called_without_giving_a_reason(town: Town) -> None:
    phone, person_id = await her_phone(town, Purpose.MATERNAL)
    await pregnant(town, person_id)
    await say(phone, "孕育情况", "怀孕11周6天")
    await press(phone, "情况有变化", "您不用解释")
    await press(phone, "想和人聊聊", "不会说原因")
    await press(phone, "请给我打电话", "村干部会给您打电话")
    task = await Task.get()
    assert (task.person_id, task.reason, task.due_service_id) == (person_id, "call", None)


async def test_under_eighteen_a_person_helps(town: Town) -> None:
    phone, _ = await her_phone(town, Purpose.MATERNAL, birth_date=date(2009, 5, 1))
    await say(phone, "孕育情况", "家里有什么新消息")
    await press(phone, "怀孕了", "18")
    assert await LifeEvent.all() == []


async def test_a_man_is_asked_only_what_concerns_him(town: Town) -> None:
    phone, _ = await her_phone(town, Purpose.CHECKUP, sex="male")
    await say(phone, "孕育情况", "家里有什么新消息")
    assert phone.screen.labels == ["🌱 准备怀孕", "👶 宝宝出生了", "🩺 术后随访", "🗂 其他情况"]
    await press(phone, "准备怀孕", "记下了，祝您顺利")


async def test_past_the_term_one_question_is_asked_and_still_pregnant_is_an_answer(
    town: Town,
) -> None:
    phone, person_id = await her_phone(town, Purpose.MATERNAL)
    await pregnant(town, person_id, lmp=date(2026, 2, 2))
    await town.work()
    await phone.until("您有一条新提醒")
    await press(phone, "查看", "如果还在孕期，请现在联系医院")
    await press(phone, "还在怀孕", "请今天就联系医院")
    left = [view.due.rule for view in await schedule.my_schedule(person_id, now=town.now)]
    assert "overdue" not in left


async def test_settings_lead_here_too(town: Town) -> None:
    phone, person_id = await her_phone(town, Purpose.MATERNAL)
    await pregnant(town, person_id)
    await say(phone, "/settings", "设置")
    await press(phone, "孕育情况", "怀孕11周6天")


async def test_a_stranger_is_shown_the_way_in(town: Town) -> None:
    phone = town.phone()
    phone.start()
    await phone.until("小助手")
    await say(phone, "孕育情况", "请先登记")
    await press(phone, "登记", "小助手")


async def test_the_same_in_english(town: Town) -> None:
    phone, person_id = await her_phone(town, Purpose.MATERNAL, language_code="en")
    await pregnant(town, person_id)
    await say(phone, "Family news", "Week 11+6. Due on 2027-06-08.")
    await press(phone, "Something changed", "You need not explain anything.")
    await press(phone, "Stop pregnancy reminders", "It has all stopped.")
    view = await family.look(person_id, now=town.now)
    assert (view.pregnancy, view.child_born_on) == (None, None)


async def test_who_writes_that_she_lost_it_is_asked_what_to_do_and_not_why(town: Town) -> None:
    phone, person_id = await her_phone(town, Purpose.MATERNAL)
    await pregnant(town, person_id)
    await say(phone, "我流产了", "您不用解释。要我做什么？")
    await press(phone, "取消", "什么都没改")
    await say(phone, "孕育情况", "怀孕11周6天")
    await say(phone, "宝宝没了", "您不用解释。要我做什么？")
    await press(phone, "停止孕期提醒", "都停了")
