"""Her data: what is kept, a copy, who looked, consents with their way out, putting right."""

import json

from backend.actions import consents, people
from backend.domain.consent import Purpose
from backend.store.models import Person
from bot.sandbox.phone import Phone
from tests.bot.conftest import Town
from tests.bot.conversations.people import her_phone
from tests.bot.talk import press, say
from tests.builders import zhao_ming


async def open_privacy(phone: Phone) -> None:
    """Open the page of one's own data."""
    await say(phone, "/privacy", "您的信息，您说了算")


def sent_file(town: Town, phone: Phone) -> bytes:
    """Return the file under the newest message of the bot."""
    document = phone.screen.content["document"]
    return town.sandbox.world.files.by_id[document["file_id"]].content


async def test_the_notice_names_the_township_and_all_rights(town: Town) -> None:
    phone, _ = await her_phone(town)
    await open_privacy(phone)
    assert "谁在管：青溪镇" in phone.screen.text
    assert "随时看、改、带走、删除" in phone.screen.text


async def test_what_is_kept_is_shown_in_plain_words(town: Town) -> None:
    phone, _ = await her_phone(town, Purpose.CHECKUP, Purpose.CHILD, phone="13800138001")
    await open_privacy(phone)
    kept = await press(phone, "记了什么", "记下的有：")
    assert kept.text.splitlines() == [
        "记下的有：",
        "姓名：王秀英",
        "村：柳树村",
        "电话：13800138001",
        "户籍地：就在住的地方",
        "出生：1996年5月12日",
        "提醒：免费检查、育儿",
        "其余的都在可以带走的那份里。",
    ]
    await press(phone, "返回", "您的信息，您说了算")


async def test_a_copy_comes_as_a_page_and_as_data(town: Town) -> None:
    phone, _ = await her_phone(town)
    await open_privacy(phone)
    await press(phone, "带走一份", "要哪一种？")
    await press(phone, "方便看的", "您的全部记录都在这里")
    page = sent_file(town, phone).decode()
    assert "<h1>关于您的全部记录</h1>" in page
    assert "王秀英" in page
    await press(phone, "电脑用的", "您的全部记录都在这里")
    data = json.loads(sent_file(town, phone))
    assert data["person"][0]["name"] == "王秀英"


async def test_nobody_has_looked_so_far(town: Town) -> None:
    phone, _ = await her_phone(town)
    await open_privacy(phone)
    await press(phone, "谁看过", "还没有别人看过您的信息。")


async def test_she_sees_who_opened_her_phone_number(town: Town) -> None:
    phone, person_id = await her_phone(town)
    cadre = await zhao_ming()
    await people.open_contact(cadre, person_id, now=town.now)
    await open_privacy(phone)
    await press(phone, "谁看过", "2026年11月23日 09:00：赵明看了您的姓名和电话")


async def test_a_consent_is_taken_back_as_easily_as_given(town: Town) -> None:
    phone, person_id = await her_phone(town, Purpose.CHECKUP, Purpose.CHILD)
    await open_privacy(phone)
    await press(phone, "我的同意", "点一项可以看，也可以收回")
    await press(phone, "育儿", "会记下：宝宝生日")
    await press(phone, "收回同意", "已收回，不再发这方面的消息。")
    assert "育儿" not in phone.screen.labels
    assert await consents.in_force_for(person_id) == {Purpose.SERVICE, Purpose.CHECKUP}


async def test_taking_back_the_general_consent_ends_them_all(town: Town) -> None:
    phone, person_id = await her_phone(town, Purpose.CHECKUP)
    await open_privacy(phone)
    await press(phone, "我的同意", "点一项可以看")
    await press(phone, "参加服务", "其他的也都一起停")
    await press(phone, "收回同意", "您还没同意过什么，不会给您发消息。")
    assert await consents.in_force_for(person_id) == frozenset()


async def test_she_may_read_a_consent_and_keep_it(town: Town) -> None:
    phone, person_id = await her_phone(town, Purpose.CHECKUP)
    await open_privacy(phone)
    await press(phone, "我的同意", "点一项可以看")
    await press(phone, "免费检查", "只记检查日期")
    await press(phone, "不收回", "点一项可以看")
    assert Purpose.CHECKUP in await consents.in_force_for(person_id)


async def test_name_and_phone_are_put_right_by_herself(town: Town) -> None:
    phone, person_id = await her_phone(town)
    await open_privacy(phone)
    await press(phone, "改一改", "哪里不对？")
    await press(phone, "改姓名", "您叫什么名字？")
    await say(phone, "王秀莹", "改好了。")
    await open_privacy(phone)
    await press(phone, "改一改", "哪里不对？")
    await press(phone, "改电话", "您的电话是多少？")
    await say(phone, "139 0013 9000", "改好了。")
    row = await Person.get(id=person_id)
    assert (row.name, row.phone) == ("王秀莹", "13900139000")
    assert phone.keyboard[0] == ["📅 我的安排", "🎁 可享服务"]


async def test_the_village_of_somebody_confirmed_is_the_cadres_to_change(town: Town) -> None:
    phone, _ = await her_phone(town)
    await open_privacy(phone)
    await press(phone, "改一改", "哪里不对？")
    await press(phone, "改村", "换村要请村干部办")


async def test_who_waits_to_be_confirmed_chooses_another_village(town: Town) -> None:
    phone, person_id = await her_phone(town, state="waiting")
    await open_privacy(phone)
    await press(phone, "改一改", "哪里不对？")
    await press(phone, "改村", "您住哪个村？")
    await press(phone, "石桥村", "改好了。")
    assert (await people.village((await Person.get(id=person_id)).village_code)).name == "石桥村"


async def test_privacy_in_english(town: Town) -> None:
    phone, _ = await her_phone(town, Purpose.CHECKUP, language_code="en")
    await say(phone, "/privacy", "Your data stays yours")
    await press(phone, "What is kept", "Name: 王秀英")
    await say(phone, "/privacy", "Your data stays yours")
    await press(phone, "My consents", "Press one to read it or to take it back.")
    await press(phone, "Free checks", "never results")
    await press(phone, "Withdraw consent", "Nothing about it is sent any more.")
