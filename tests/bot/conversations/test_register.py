"""Registering oneself: consent first, then village, name, phone, birth year and topics."""

from functools import partial

import pytest

from backend.actions import accounts, consents, registrations
from backend.actions.people import fetch_for
from backend.domain.consent import Purpose
from backend.store.models import Region
from bot.sandbox.bubble import Bubble
from bot.sandbox.phone import Phone
from tests.bot.conftest import Town
from tests.bot.talk import press, say, start
from tests.builders import STONE_BRIDGE, TOWNSHIP, an_account, zhao_ming


def shows(label: str, bubble: Bubble) -> bool:
    """Whether a message has a button with just this word."""
    return label in bubble.labels


async def agree(phone: Phone) -> None:
    """Come without an invite and agree to take part."""
    await start(phone, "我是青溪镇健康服务小助手")
    await press(phone, "同意并登记", "您住哪个村？")


async def come_to_check(phone: Phone) -> None:
    """Answer everything as briefly as possible."""
    await agree(phone)
    await press(phone, "柳树村", "您叫什么名字？")
    await say(phone, "王秀英", "您的电话是多少？")
    await say(phone, "不填", "您哪年出生？")
    await press(phone, "不填", "想收到哪些提醒")
    await press(phone, "都不要", "请看看对不对")


async def test_a_stranger_registers_herself_with_buttons(town: Town) -> None:
    phone = town.phone()
    await agree(phone)
    assert phone.screen.text.startswith("第 1/6 步")
    await press(phone, "石桥村", "第 2/6 步\n您叫什么名字？")
    await say(phone, "王 秀英", "第 3/6 步\n您的电话是多少？")
    phone.share_contact()
    await phone.until("第 4/6 步\n您哪年出生？")
    await press(phone, "1990年代", "是哪一年？")
    await press(phone, "1996", "第 5/6 步\n想收到哪些提醒")
    await press(phone, "免费检查", "只记检查日期")
    await press(phone, "好，提醒我", "想收到哪些提醒")
    check = await press(phone, "选好了", "第 6/6 步")
    assert check.text.splitlines()[1:] == [
        "请看看对不对：",
        "村：石桥村",
        "姓名：王秀英",
        "电话：13800138000",
        "出生年份：1996",
        "提醒：免费检查",
    ]
    await press(phone, "对，登记", "登记好了，等村干部确认。编号 R-0001。")
    assert phone.keyboard[0] == ["📅 我的安排", "🎁 可享服务"]
    visitor = await accounts.meet(phone.id, "zh_CN", now=town.now)
    assert visitor.person_state == "waiting"
    assert visitor.village_code == STONE_BRIDGE
    assert visitor.person_id is not None
    agreed = await consents.in_force_for(visitor.person_id)
    assert agreed == {Purpose.SERVICE, Purpose.CHECKUP}


async def test_nothing_is_asked_before_the_general_consent(town: Town) -> None:
    phone = town.phone()
    await start(phone, "参加自愿，随时可退出")
    await press(phone, "不用了", "不打扰您了")
    visitor = await accounts.meet(phone.id, "zh_CN", now=town.now)
    assert visitor.person_id is None


async def test_typed_answers_are_understood(town: Town) -> None:
    phone = town.phone()
    await agree(phone)
    await say(phone, "青溪镇柳树村委会", "您叫什么名字？")
    await say(phone, "欧阳娜娜", "您的电话是多少？")
    await say(phone, "138 0013 8000", "您哪年出生？")
    await say(phone, "1988年", "想收到哪些提醒")
    await say(phone, "不用", "出生年份：1988")
    await say(phone, "对的", "编号 R-0001")


@pytest.mark.parametrize(
    ("answers", "kind_word"),
    [
        (["月亮村"], "没找到这个村"),
        (["柳树村", "12345"], "不像姓名"),
        (["柳树村", "王秀英", "12"], "这个号码认不出来"),
        (["柳树村", "王秀英", "不填", "很久以前"], "比如 1990"),
    ],
)
async def test_what_cannot_be_right_is_said_kindly_and_asked_again(
    town: Town, answers: list[str], kind_word: str
) -> None:
    phone = town.phone()
    await agree(phone)
    expected = ["您叫什么名字", "您的电话", "您哪年出生"]
    for answer, question in zip(answers[:-1], expected, strict=False):
        await say(phone, answer, question)
    step = phone.screen.text.splitlines()[0]
    again = await say(phone, answers[-1], kind_word)
    assert step in again.text, "the same question stands"


async def test_somebody_elses_number_is_not_taken(town: Town) -> None:
    phone = town.phone()
    await agree(phone)
    await press(phone, "柳树村", "您叫什么名字？")
    await say(phone, "王秀英", "您的电话是多少？")
    phone.forward_contact("+8613900139000", "李娜")
    await phone.until("这是别人的号码")


async def test_everything_can_be_changed_at_the_end(town: Town) -> None:
    phone = town.phone()
    await come_to_check(phone)
    await press(phone, "改姓名", "您叫什么名字？")
    await say(phone, "李娜", "姓名：李娜")
    await press(phone, "改村", "您住哪个村？")
    await press(phone, "石桥村", "村：石桥村")
    await press(phone, "改年份", "您哪年出生？")
    await say(phone, "1990", "出生年份：1990")
    await press(phone, "对，登记", "编号 R-0001")


async def test_the_way_back_leads_step_by_step_to_the_first_question(town: Town) -> None:
    phone = town.phone()
    await agree(phone)
    await press(phone, "柳树村", "您叫什么名字？")
    await say(phone, "王秀英", "您的电话是多少？")
    await say(phone, "返回", "您叫什么名字？")
    await press(phone, "返回", "您住哪个村？")


async def test_the_way_back_from_the_topics_is_one_step_however_many_were_opened(
    town: Town,
) -> None:
    phone = town.phone()
    await agree(phone)
    await press(phone, "柳树村", "您叫什么名字？")
    await say(phone, "王秀英", "您的电话是多少？")
    await say(phone, "不填", "您哪年出生？")
    await press(phone, "不填", "想收到哪些提醒")
    for topic, words in (("育儿", "宝宝生日"), ("免费检查", "只记检查日期")):
        await press(phone, topic, words)
        await press(phone, "好，提醒我", "想收到哪些提醒")
    await press(phone, "返回", "您哪年出生？")


async def test_many_villages_are_turned_over_page_by_page(town: Town) -> None:
    for number in range(3, 26):
        code = f"{TOWNSHIP[:9]}{number:03}"
        await Region.create(code=code, name=f"第{number}村")
    phone = town.phone()
    await agree(phone)
    assert "第10村" in phone.screen.labels
    assert "第11村" not in phone.screen.labels
    for first in ("第11村", "第21村", "柳树村"):
        phone.press("更多村")
        await phone.until(partial(shows, first))
    await say(phone, "第25村", "您叫什么名字？")


async def test_cancelling_keeps_nothing(town: Town) -> None:
    phone = town.phone()
    await come_to_check(phone)
    await press(phone, "取消", "已取消，什么都没改。")
    visitor = await accounts.meet(phone.id, "zh_CN", now=town.now)
    assert visitor.person_id is None


async def test_somebody_under_18_is_handed_to_a_person(town: Town) -> None:
    phone = town.phone()
    await agree(phone)
    await press(phone, "柳树村", "您叫什么名字？")
    await say(phone, "小花", "您的电话是多少？")
    await say(phone, "不填", "您哪年出生？")
    await say(phone, "2011", "还没满18岁")
    visitor = await accounts.meet(phone.id, "zh_CN", now=town.now)
    assert visitor.person_id is None


async def test_her_own_words_are_what_she_sees_of_herself(town: Town) -> None:
    phone = town.phone()
    await come_to_check(phone)
    await press(phone, "对，登记", "编号 R-0001")
    visitor = await accounts.meet(phone.id, "zh_CN", now=town.now)
    assert visitor.actor is not None
    view = await fetch_for(visitor.actor, visitor.actor.person_id)
    assert (view.name, view.phone, view.birth_year) == ("王秀英", None, None)


async def test_the_cadre_confirms_her_and_she_hears_of_it(town: Town) -> None:
    phone = town.phone()
    cadre = await zhao_ming()
    await come_to_check(phone)
    await press(phone, "对，登记", "编号 R-0001")
    visitor = await accounts.meet(phone.id, "zh_CN", now=town.now)
    assert visitor.person_id is not None
    await registrations.confirm(cadre, visitor.person_id, now=town.now)
    await town.work()
    await phone.until("您的登记已确认")


async def test_turned_away_she_chooses_another_village(town: Town) -> None:
    phone = town.phone()
    cadre = await zhao_ming()
    await come_to_check(phone)
    await press(phone, "对，登记", "编号 R-0001")
    visitor = await accounts.meet(phone.id, "zh_CN", now=town.now)
    assert visitor.person_id is not None
    await registrations.turn_away(cadre, visitor.person_id, now=town.now)
    await town.work()
    await press(phone, "重新选村", "您住哪个村？")
    await press(phone, "石桥村", "改好了。")
    visitor = await accounts.meet(phone.id, "zh_CN", now=town.now)
    assert visitor.village_code == STONE_BRIDGE


async def test_a_number_is_given_to_each(town: Town) -> None:
    first, second = town.phone(), town.phone()
    await come_to_check(first)
    await come_to_check(second)
    await press(first, "对，登记", "编号 R-0001")
    await press(second, "对，登记", "编号 R-0002")


async def test_an_english_speaker_registers_in_english(town: Town) -> None:
    phone = town.phone(language_code="en")
    await an_account(phone.id, locale="en")
    await start(phone, "I am the service assistant of 青溪镇")
    await press(phone, "Agree and register", "Step 1 of 6\nWhich village do you live in?")
    await press(phone, "柳树村", "What is your name?")
    await say(phone, "Mary Wang", "You may leave it out")
    await say(phone, "Leave it out", "In which year were you born?")
    await press(phone, "Leave it out", "What may I remind you of?")
    await press(phone, "None of these", "Name: Mary Wang")
    await press(phone, "Right, register", "Your number is R-0001")
