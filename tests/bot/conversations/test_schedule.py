"""My schedule: the list, an item in detail, and an entry for the phone's calendar."""

from datetime import date
from typing import Any

import pytest

from backend.actions import events
from backend.actions.events import Told
from backend.actions.publications import draft, publish
from backend.calendars.checks import LONGEST_SOURCE
from backend.calendars.load import Written
from backend.domain.consent import Purpose
from backend.domain.gestation import dated_by_lmp
from bot.sandbox.phone import Phone
from tests.bot.conftest import Town
from tests.bot.conversations.people import her_phone
from tests.bot.talk import press, say


async def pregnant(town: Town, *topics: Purpose, **columns: Any) -> tuple[Phone, int]:
    """王秀英, pregnant for 17 weeks."""
    phone, person_id = await her_phone(town, *(topics or (Purpose.MATERNAL,)), **columns)
    dating = dated_by_lmp(date(2026, 7, 27))
    await events.record_pregnancy(person_id, Told(now=town.now), dating=dating)
    return phone, person_id


async def test_the_list_says_what_until_when_and_where(town: Town) -> None:
    phone, _ = await pregnant(town)
    phone.tap("我的安排")
    await phone.until("📅 我的安排")
    shown = phone.screen.text.split("\n\n")
    assert shown[1] == ("① 孕16-20周检查\n2026年12月20日以前都可以办，还有 27 天。\n📍 镇卫生院。")
    later = "孕21-24周检查\n2026年12月21日开始，还有 28 天。\n📍 镇卫生院。"
    assert later in [item.partition(" ")[2] for item in shown[2:]], "whatever else there is"
    assert phone.screen.labels[0] == "① 孕16-20周检查"


async def test_more_than_a_page_is_turned(town: Town) -> None:
    phone, _ = await pregnant(town, Purpose.MATERNAL, Purpose.CHECKUP, Purpose.FOLIC_ACID)
    await say(phone, "/schedule", "① ")
    first = phone.screen.text
    await press(phone, "更多", "① ")
    assert phone.screen.text != first


async def test_what_repeats_is_listed_once_and_no_question_before_its_day(town: Town) -> None:
    phone, _ = await pregnant(town, Purpose.MATERNAL, Purpose.CHECKUP)
    first = await say(phone, "/schedule", "① ")
    more = await press(phone, "更多", "① ")
    shown = first.text + more.text
    assert shown.count("每季免费检查") == 1
    assert "您近来好吗" not in shown


@pytest.mark.parametrize(("language_code", "because"), [("zh-hans", "因为"), ("en", "Because")])
async def test_an_item_with_the_longest_source_opens(
    town: Town, language_code: str, because: str
) -> None:
    source = "𠮷" * LONGEST_SOURCE
    text = f'[rules.m2]\nversion = 9999\ncertainty = "U"\nsource = "{source}"\n'
    await publish(await draft(Written("township.toml", text)), now=town.now)
    phone, _ = await pregnant(town, language_code=language_code)
    await say(phone, "/schedule", "① ")
    item = await press(phone, "①", because)
    assert source in item.text
    assert "9999" in item.text


async def test_an_item_explains_itself(town: Town) -> None:
    phone, _ = await pregnant(town)
    await say(phone, "/schedule", "① ")
    item = await press(phone, "①", "因为您末次月经是2026年7月27日开始的。")
    for words in ("2026年11月16日", "2026年12月20日", "🎒 要带：", "📍 镇卫生院", "依据："):
        assert words in item.text
    await press(phone, "返回", "📅 我的安排")


async def test_it_is_answered_in_place_and_back_leads_to_it(town: Town) -> None:
    phone, _ = await pregnant(town)
    await say(phone, "/schedule", "① ")
    await press(phone, "①", "因为您末次月经")
    await press(phone, "已约好", "约在哪一天")
    await press(phone, "返回", "孕16-20周检查")
    await press(phone, "已约好", "约在哪一天")
    await press(phone, "明天", "记下了：2026年11月24日。")


async def test_an_item_goes_into_the_phones_calendar_discreetly(town: Town) -> None:
    phone, _ = await pregnant(town)
    await say(phone, "/schedule", "① ")
    await press(phone, "①", "因为您末次月经")
    await press(phone, "加入日历", "点开这个文件")
    entry = file_of(town, phone)
    assert b"DTSTART;VALUE=DATE:20261130" in entry
    assert "SUMMARY:预约" in entry.decode()
    assert "孕" not in entry.decode()
    await press(phone, "我的安排", "① 孕16-20周检查")


async def test_the_calendar_names_it_for_her_who_shows_contents(town: Town) -> None:
    phone, _ = await pregnant(town, hides_content=False)
    await say(phone, "/schedule", "① ")
    await press(phone, "①", "因为您末次月经")
    await press(phone, "加入日历", "点开这个文件")
    assert "SUMMARY:孕16-20周检查" in file_of(town, phone).decode()


async def test_an_empty_schedule_says_what_to_do(town: Town) -> None:
    phone, _ = await her_phone(town, Purpose.CHILD)
    await say(phone, "/schedule", "现在没有安排")
    await press(phone, "可享服务", "✅")


async def test_the_same_in_english(town: Town) -> None:
    phone, _ = await pregnant(town, language_code="en")
    await say(
        phone, "my schedule", "① Week 16-20 check\nIt can be done until 2026-12-20, 27 days left."
    )
    await press(phone, "① Week 16-20 check", "Because your last period began on 2026-07-27.")
    await press(phone, "Into my calendar", "Open this file")
    assert b"SUMMARY:Appointment" in file_of(town, phone)


def file_of(town: Town, phone: Phone) -> bytes:
    """The bytes of the newest file on a phone."""
    document = phone.screen.content["document"]
    return town.sandbox.world.files.by_id[document["file_id"]].content
