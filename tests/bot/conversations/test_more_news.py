"""Other news: told by herself or her cadre, each under its own consent and taken back at will."""

from datetime import date

import pytest

from backend.actions import schedule
from backend.domain.consent import Purpose
from backend.store.models import LifeEvent
from bot.sandbox.phone import Phone
from tests.bot.conftest import Town
from tests.bot.conversations.cadres import his_phone, without_a_phone
from tests.bot.conversations.people import her_phone
from tests.bot.talk import press, say, tap


async def rules_of(town: Town, person_id: int) -> set[str]:
    """The rules of what is on her schedule."""
    return {view.due.rule for view in await schedule.my_schedule(person_id, now=town.now)}


async def open_news(phone: Phone) -> None:
    """Go from the menu to the list of other news."""
    await say(phone, "孕育情况", "家里有什么新消息")
    await press(phone, "其他情况", "您想说哪一项")


async def test_a_check_needs_its_own_consent_and_is_kept_without_a_result(town: Town) -> None:
    phone, person_id = await her_phone(town)
    await open_news(phone)
    await press(phone, "做了检查", "是哪一项检查")
    await press(phone, "免费两癌检查", "两癌筛查")
    await press(phone, "不用了", "什么都没有记")
    assert not await LifeEvent.exists()
    await open_news(phone)
    await press(phone, "做了检查", "是哪一项检查")
    await press(phone, "免费两癌检查", "两癌筛查")
    await press(phone, "同意", "是哪一天的事")
    await press(phone, "昨天", "记下了。")
    event = await LifeEvent.get(person_id=person_id)
    assert (event.kind, event.rule) == ("exam", "sc1")
    await press(phone, "点错了，撤回", "已撤回")
    assert not await LifeEvent.filter(superseded_by=None).exists()


@pytest.mark.parametrize(
    ("news", "question", "rule"),
    [("居住证", "居住证是哪天签发的", "residence"), ("准备结婚", None, "pm1")],
)
async def test_a_permit_and_a_marriage_bring_their_reminder(
    town: Town, news: str, question: str | None, rule: str
) -> None:
    phone, person_id = await her_phone(town, Purpose.CHECKUP)
    await open_news(phone)
    if question:
        await press(phone, news, question)
        await press(phone, "今天", "记下了。")
    else:
        await press(phone, news, "记下了。")
    assert rule in await rules_of(town, person_id)


async def test_a_referral_is_told_where_the_check_was_told_done(town: Town) -> None:
    phone, person_id = await her_phone(town, Purpose.CHECKUP)
    await open_news(phone)
    await press(phone, "被转诊了", "是哪一项检查")
    await press(phone, "每季免费检查", "是哪一天的事")
    await press(phone, "昨天", "记下了。")
    assert "s7" in await rules_of(town, person_id)
    await tap(phone, "我的安排", "转诊后回访")


async def test_supplies_are_fetched_again_when_they_run_out_and_stopped_at_will(
    town: Town,
) -> None:
    phone, person_id = await her_phone(town, Purpose.CONTRACEPTION)
    await say(phone, "孕育情况", "家里有什么新消息")
    await press(phone, "术后随访", "您想让我们随访哪一项")
    await press(phone, "领避孕药", "是哪天领的")
    await press(phone, "今天", "大概够用多久")
    await press(phone, "3个月", "到时候悄悄提醒您")
    event = await LifeEvent.get(person_id=person_id)
    assert (event.kind, event.method, event.lasts_months) == ("supply", "pill", 3)
    assert "pill" in await rules_of(town, person_id)
    await say(phone, "孕育情况", "家里有什么新消息")
    await press(phone, "术后随访", "您想让我们随访哪一项")
    await press(phone, "停止：领避孕药", "这项随访已停止")
    assert "pill" not in await rules_of(town, person_id)


async def test_an_embryo_transfer_gives_the_due_date(town: Town) -> None:
    phone, person_id = await her_phone(town, Purpose.MATERNAL)
    await say(phone, "孕育情况", "家里有什么新消息")
    await press(phone, "怀孕了", "末次月经是哪天")
    await press(phone, "不记得，填预产期", "预产期")
    await press(phone, "胚胎移植", "是哪天移植的")
    await say(phone, "2026-11-01", "移植的是第几天的胚胎")
    await press(phone, "第5天", "2027年7月20日")
    await press(phone, "✅ 对", "2027年7月20日")
    event = await LifeEvent.get(person_id=person_id)
    assert (event.edd_source, event.edd_on) == ("art", date(2027, 7, 20))


async def test_after_a_loss_she_is_asked_again_only_if_she_wishes(town: Town) -> None:
    phone, person_id = await her_phone(town, Purpose.MATERNAL)
    await say(phone, "孕育情况", "家里有什么新消息")
    await say(phone, "孩子没保住", "您不用解释")
    await press(phone, "停止孕期提醒", "都停了")
    assert await rules_of(town, person_id) == set()
    await press(phone, "想和人聊聊", "不会说原因")
    await press(phone, "过一周来问问我", "过一周来问问您好不好")
    assert await rules_of(town, person_id) == {"recovery"}


async def test_a_cadre_writes_down_what_somebody_without_a_phone_tells(town: Town) -> None:
    phone, _ = await his_phone(town)
    zhou = await without_a_phone(topics=(Purpose.CONTRACEPTION, Purpose.CHECKUP))
    await tap(phone, "找人", "找谁？")
    await say(phone, "周桂英", "是哪一位？")
    await press(phone, "周**", "👤")
    await press(phone, "记一笔", "要记什么？")
    await press(phone, "其他情况", "她告诉您什么了")
    await press(phone, "做了检查", "是哪一项检查")
    await press(phone, "其他检查", "是哪一天的事")
    await press(phone, "昨天", "记下了")
    event = await LifeEvent.get(person_id=zhou.id)
    assert (event.kind, event.rule) == ("exam", None)
