"""Telling a birth: the day, how, leaving hospital; the one news that is celebrated."""

from datetime import date

from backend.actions import consents, events, schedule
from backend.actions.events import Told
from backend.domain.consent import Purpose
from backend.domain.gestation import dated_by_lmp
from backend.store.models import LifeEvent
from bot.sandbox.phone import Phone
from tests.bot.conftest import Town
from tests.bot.conversations.people import her_phone
from tests.bot.talk import press, say


async def with_child(town: Town, lmp: date) -> tuple[Phone, int]:
    """王秀英, pregnant since `lmp`, with the question for the birth on her screen."""
    phone, person_id = await her_phone(town, Purpose.MATERNAL)
    await events.record_pregnancy(person_id, Told(now=town.now), dating=dated_by_lmp(lmp))
    await say(phone, "孕育情况", "🤰")
    await press(phone, "宝宝出生了", "第 1/4 步\n宝宝是哪天出生的？")
    return phone, person_id


async def test_a_birth_is_told_in_four_steps_and_celebrated(town: Town) -> None:
    phone, person_id = await with_child(town, date(2026, 2, 16))
    await press(phone, "昨天", "第 2/4 步\n宝宝是怎么生的？")
    await press(phone, "剖宫产", "第 3/4 步\n您是哪天出院的？")
    await press(phone, "还没出院", "第 4/4 步\n👶 宝宝2026年11月22日出生。\n剖宫产\n对吗？")
    await press(phone, "对", "🎉 恭喜您")
    rules = {view.due.rule for view in await schedule.my_schedule(person_id, now=town.now)}
    assert {"m6", "m7"} <= rules
    assert "m5" not in rules, "nothing of the pregnancy is left"


async def test_the_day_she_left_hospital_moves_the_home_visit(town: Town) -> None:
    phone, person_id = await with_child(town, date(2026, 2, 9))
    await say(phone, "11月16日", "怎么生的")
    await press(phone, "顺产", "哪天出院")
    await say(phone, "11月15日", "请选2026年11月16日到2026年11月23日之间的日子")
    await say(phone, "前天", "2026年11月21日出院")
    await press(phone, "对", "恭喜")
    visit = [
        view
        for view in await schedule.my_schedule(person_id, now=town.now)
        if view.due.rule == "m6"
    ]
    assert [view.due.opens_on for view in visit] == [date(2026, 11, 21)]


async def test_the_childs_reminders_have_their_own_consent(town: Town) -> None:
    phone, person_id = await with_child(town, date(2026, 2, 16))
    await press(phone, "今天", "怎么生的")
    await press(phone, "不想说", "哪天出院")
    await press(phone, "先不填", "对吗")
    await press(phone, "对", "恭喜")
    await press(phone, "提醒宝宝体检", "宝宝")
    await press(phone, "同意", "恭喜")
    assert Purpose.CHILD in await consents.in_force_for(person_id)
    rules = {view.due.rule for view in await schedule.my_schedule(person_id, now=town.now)}
    assert "k1" in rules


async def test_a_day_before_the_pregnancy_is_asked_again(town: Town) -> None:
    phone, _ = await with_child(town, date(2026, 2, 16))
    await say(phone, "2026-01-05", "怎么生的")
    await press(phone, "顺产", "对吗")
    await press(phone, "对", "怀孕之前")
    assert await LifeEvent.filter(kind="birth").count() == 0


async def test_a_very_early_birth_is_kept_once_she_says_it_is_right(town: Town) -> None:
    phone, _ = await with_child(town, date(2026, 7, 20))
    await say(phone, "昨天", "怎么生的")
    await press(phone, "顺产", "哪天出院")
    await press(phone, "先不填", "对吗")
    await press(phone, "对", "出生得很早")
    assert await LifeEvent.filter(kind="birth").count() == 0
    await press(phone, "对", "恭喜")
    assert await LifeEvent.filter(kind="birth").count() == 1


async def test_the_childs_reminders_stop_in_one_quiet_step(town: Town) -> None:
    phone, person_id = await her_phone(town, Purpose.CHILD)
    await events.record_birth(person_id, Told(now=town.now), on=date(2026, 11, 1))
    await say(phone, "孕育情况", "家里有什么新消息")
    await press(phone, "情况有变化", "您不用解释")
    await press(phone, "停止宝宝提醒", "都停了。您多保重")
    assert await schedule.my_schedule(person_id, now=town.now) == []
    await say(phone, "孕育情况", "家里有什么新消息")
    assert "情况有变化" not in phone.screen.labels


async def test_a_mother_keeps_her_own_checks_in_words_that_speak_of_her_alone(town: Town) -> None:
    phone, person_id = await her_phone(town, Purpose.CHILD, Purpose.MATERNAL, Purpose.CONTRACEPTION)
    await events.record_birth(person_id, Told(now=town.now), on=date(2026, 11, 16))
    await say(phone, "孕育情况", "家里有什么新消息")
    await press(phone, "情况有变化", "宝宝和产后避孕的提醒不再发；您自己的产后检查照旧")
    await press(phone, "停止宝宝提醒", "您自己的产后检查照旧，不想做也没关系")
    owed = await schedule.my_schedule(person_id, now=town.now)
    assert {view.due.rule for view in owed} == {"m6", "m7"}
    listed = await say(phone, "我的安排", "产后上门看望")
    assert listed.labels[:2] == ["① 产后上门看望", "② 产后42天检查"]
    for title in listed.labels[:2]:
        item = await press(phone, title, "因为您是2026年11月16日生产的")
        assert "宝宝" not in item.text
        assert "儿童" not in item.text
        await press(phone, "返回", "我的安排")


async def test_the_same_in_english(town: Town) -> None:
    phone, _ = await her_phone(town, Purpose.CHILD, language_code="en")
    await say(phone, "Family news", "What is new with you?")
    await press(phone, "Baby is born", "Step 1 of 4\nWhen was the baby born?")
    await press(phone, "Yesterday", "How was the baby born?")
    await press(phone, "Caesarean", "When did you leave hospital?")
    await press(phone, "Today", "Born on 2026-11-22.\nCaesarean\nLeft hospital on 2026-11-23.")
    await say(phone, "yes", "Congratulations!")
