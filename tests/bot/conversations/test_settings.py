"""Settings: kinds, times, quiet hours, language and discretion; every change holds at once."""

import pytest

from backend.actions import consents, settings
from backend.domain.consent import Purpose
from tests.bot.conftest import Town
from tests.bot.conversations.people import her_phone
from tests.bot.talk import press, say, start, tap


async def test_the_menu_says_what_is_set(town: Town) -> None:
    phone, _ = await her_phone(town)
    menu = await tap(phone, "设置", "⚙️ 设置")
    assert menu.text.splitlines() == [
        "⚙️ 设置",
        "提醒时间：8:30",
        "叶酸提醒：8:30",
        "不打扰：21:00–8:00",
        "隐藏提醒内容：开",
    ]


async def test_a_reminder_time_is_pressed(town: Town) -> None:
    phone, person_id = await her_phone(town)
    await tap(phone, "设置", "⚙️ 设置")
    await press(phone, "提醒时间", "几点提醒您？")
    await press(phone, "19:00", "记下了。")
    assert "提醒时间：19:00" in phone.screen.text
    assert (await settings.fetch(person_id)).reminder_minute == 19 * 60


@pytest.mark.parametrize(("words", "minute"), [("早上7点半", 450), ("9:15", 555), ("9", 540)])
async def test_a_time_is_typed_as_people_do(town: Town, words: str, minute: int) -> None:
    phone, person_id = await her_phone(town)
    await tap(phone, "设置", "⚙️ 设置")
    await press(phone, "叶酸时间", "几点提醒您吃叶酸？")
    await say(phone, words, "记下了。")
    assert (await settings.fetch(person_id)).folic_acid_minute == minute


async def test_what_is_no_time_is_asked_again(town: Town) -> None:
    phone, _ = await her_phone(town)
    await tap(phone, "设置", "⚙️ 设置")
    await press(phone, "提醒时间", "几点提醒您？")
    await say(phone, "随便", "比如 8:30")


async def test_quiet_hours_are_an_evening_and_a_morning(town: Town) -> None:
    phone, person_id = await her_phone(town)
    await tap(phone, "设置", "⚙️ 设置")
    await press(phone, "不打扰时间", "晚上几点以后不打扰您？")
    await press(phone, "20:00", "早上到几点为止？")
    await press(phone, "9:00", "不打扰：20:00–9:00")
    held = await settings.fetch(person_id)
    assert (held.quiet_from_minute, held.quiet_to_minute) == (20 * 60, 9 * 60)
    assert "不打扰的时间过后，9:00 提醒您" in phone.screen.text


async def test_a_kind_is_turned_off_and_on(town: Town) -> None:
    phone, person_id = await her_phone(town, Purpose.CHECKUP)
    await tap(phone, "设置", "⚙️ 设置")
    await press(phone, "提醒种类", "要哪些提醒？")
    phone.press("免费检查")
    await phone.until(lambda bubble: "▫️ 免费检查" in bubble.labels)
    assert (await settings.fetch(person_id)).topics[Purpose.CHECKUP] == "off"
    assert Purpose.CHECKUP in await consents.in_force_for(person_id), "turned off, not withdrawn"
    phone.press("免费检查")
    await phone.until(lambda bubble: "✅ 免费检查" in bubble.labels)


async def test_a_kind_never_agreed_to_shows_its_words_first(town: Town) -> None:
    phone, _ = await her_phone(town, Purpose.CHECKUP)
    await tap(phone, "设置", "⚙️ 设置")
    await press(phone, "提醒种类", "要哪些提醒？")
    await press(phone, "育儿", "会记下：宝宝生日")
    await press(phone, "返回", "这些服务都免费")


async def test_contents_are_shown_only_to_her_who_wants_it(town: Town) -> None:
    phone, person_id = await her_phone(town)
    await tap(phone, "设置", "隐藏提醒内容：开")
    await press(phone, "显示内容", "隐藏提醒内容：关")
    assert phone.toast == "内容已显示。"
    assert not (await settings.fetch(person_id)).hides_content


async def test_the_language_changes_at_once_with_the_keys(town: Town) -> None:
    phone, _ = await her_phone(town)
    await tap(phone, "设置", "⚙️ 设置")
    await press(phone, "语言", "用哪种语言？")
    await press(phone, "English", "The language is changed.")
    assert phone.keyboard[0] == ["📅 My schedule", "🎁 Services for me"]
    await say(phone, "/language", "Which language?")
    await say(phone, "中文", "语言已改好。")
    assert phone.keyboard[0] == ["📅 我的安排", "🎁 可享服务"]


async def test_a_stranger_reads_the_greeting_in_her_own_language(town: Town) -> None:
    phone = town.phone()
    await start(phone, "小助手")
    await say(phone, "/language", "用哪种语言？")
    await say(phone, "英语", "Hello, I am the service assistant")


async def test_an_unknown_language_is_asked_again(town: Town) -> None:
    phone, _ = await her_phone(town, language_code="en")
    await say(phone, "/language", "Which language?")
    await say(phone, "Klingon", "Please press a language.")


async def test_privacy_and_stop_are_found_here(town: Town) -> None:
    phone, _ = await her_phone(town)
    await tap(phone, "设置", "⚙️ 设置")
    await press(phone, "隐私", "您的信息，您说了算")
    await tap(phone, "设置", "⚙️ 设置")
    await press(phone, "停止所有消息", "要停止所有消息吗？")
