"""Services for her: what there is by topic, each switched on under its own words."""

from backend.actions import consents, settings
from backend.domain.consent import Purpose
from tests.bot.conftest import Town
from tests.bot.conversations.people import her_phone
from tests.bot.talk import press, say, start, tap


async def test_she_sees_what_is_on_and_what_there_is(town: Town) -> None:
    phone, _ = await her_phone(town, Purpose.CHECKUP)
    listed = await tap(phone, "可享服务", "这些服务都免费")
    assert "✅ 免费检查" in listed.labels
    assert "▫️ 两癌筛查" in listed.labels


async def test_a_topic_names_its_services_and_is_switched_on(town: Town) -> None:
    phone, person_id = await her_phone(town)
    await tap(phone, "可享服务", "这些服务都免费")
    topic = await press(phone, "孕期和产后", "会记下：末次月经")
    assert "• 产后42天检查" in topic.text
    on = await press(phone, "好，提醒我", "已开通：孕期和产后。\n告诉我日子，我才能按时提醒您。")
    assert "🌱 说说我的情况" in on.labels
    assert Purpose.MATERNAL in await consents.in_force_for(person_id)
    await press(phone, "再看看别的", "✅ 的是已开通的")
    assert "✅ 孕期和产后" in phone.screen.labels


async def test_a_no_is_kept_and_nothing_is_switched_on(town: Town) -> None:
    phone, person_id = await her_phone(town)
    await tap(phone, "可享服务", "这些服务都免费")
    await press(phone, "育儿", "会记下：宝宝生日")
    await press(phone, "不用了", "这些服务都免费")
    assert Purpose.CHILD not in await consents.in_force_for(person_id)
    assert Purpose.CHILD not in await consents.to_ask(person_id)


async def test_a_topic_that_is_on_is_turned_off_as_easily(town: Town) -> None:
    phone, person_id = await her_phone(town, Purpose.SCREENING)
    await tap(phone, "可享服务", "这些服务都免费")
    await press(phone, "两癌筛查", "✅ 两癌筛查")
    await press(phone, "关掉", "这些服务都免费")
    assert phone.toast == "已关掉。"
    assert (await settings.fetch(person_id)).topics[Purpose.SCREENING] == "off"


async def test_what_she_declined_for_good_she_may_still_choose_herself(town: Town) -> None:
    phone, person_id = await her_phone(town, Purpose.SCREENING)
    await settings.switch_topic(person_id, Purpose.SCREENING, is_on=False, now=town.now)
    await tap(phone, "可享服务", "这些服务都免费")
    await press(phone, "两癌筛查", "不记结果")
    await press(phone, "好，提醒我", "已开通：两癌筛查。")
    assert (await settings.fetch(person_id)).topics[Purpose.SCREENING] == "on"


async def test_who_has_left_is_first_asked_to_take_part_again(town: Town) -> None:
    phone, person_id = await her_phone(town, Purpose.CHECKUP)
    await consents.withdraw(person_id, Purpose.SERVICE, now=town.now)
    await tap(phone, "可享服务", "这些服务都免费")
    await press(phone, "免费检查", "参加服务")
    await say(phone, "好", "只记检查日期")
    assert await consents.in_force_for(person_id) == {Purpose.SERVICE}, "no bundling"


async def test_words_that_fit_nothing_are_answered_kindly(town: Town) -> None:
    phone, _ = await her_phone(town)
    await tap(phone, "可享服务", "这些服务都免费")
    await say(phone, "有什么好吃的", "请点下面的按钮")


async def test_a_man_is_offered_what_is_for_him(town: Town) -> None:
    phone, _ = await her_phone(town, sex="male")
    listed = await tap(phone, "可享服务", "这些服务都免费")
    assert not [label for label in listed.labels if "孕期" in label or "叶酸" in label]


async def test_a_stranger_is_shown_the_way_in(town: Town) -> None:
    phone = town.phone()
    await start(phone, "小助手")
    phone.say("🎁 可享服务")
    await phone.until("登记")


async def test_the_pages_cannot_be_forwarded(town: Town) -> None:
    phone, _ = await her_phone(town, language_code="en")
    await tap(phone, "Services for me", "Free services for you")
    page = await press(phone, "Cancer screening", "never results")
    assert page.content["has_protected_content"]
