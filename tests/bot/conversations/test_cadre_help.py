"""Asking for help: a few buttons, one task for the village's cadre, and a human being for all."""

from backend.store.models import Task
from tests.bot.conftest import Town
from tests.bot.conversations.people import her_phone
from tests.bot.talk import press, say, start, tap
from tests.builders import zhao_ming


async def test_the_cadre_is_named_and_told_what_she_needs(town: Town) -> None:
    phone, person_id = await her_phone(town)
    await zhao_ming()
    await tap(phone, "找村干部", "需要什么帮忙？村干部会联系您。\n📞 赵明：13800138009")
    await press(phone, "请给我打电话", "已告诉村干部，会联系您的。")
    task = await Task.get(person_id=person_id)
    assert (task.kind, task.reason, task.state) == ("help", "call", "open")


async def test_asking_twice_a_day_makes_one_task(town: Town) -> None:
    phone, person_id = await her_phone(town)
    for expected in ("已告诉村干部", "村干部已经知道了"):
        await tap(phone, "找村干部", "需要什么帮忙")
        await press(phone, "没车", expected)
    assert await Task.filter(person_id=person_id).count() == 1


async def test_typed_words_are_not_stored_but_guided(town: Town) -> None:
    phone, person_id = await her_phone(town)
    await tap(phone, "找村干部", "需要什么帮忙")
    await say(phone, "我肚子疼", "请点您需要的")
    assert await Task.filter(person_id=person_id).count() == 0


async def test_a_stranger_is_told_where_to_go(town: Town) -> None:
    phone = town.phone()
    await start(phone, "小助手")
    phone.say("/help")
    await phone.until("也可以直接去村委会")
    await press(phone, "自己登记", "参加自愿")


async def test_help_in_english(town: Town) -> None:
    phone, person_id = await her_phone(town, language_code="en")
    await tap(phone, "Village cadre", "What do you need?")
    await press(phone, "Please visit me", "I have told your village cadre")
    assert (await Task.get(person_id=person_id)).reason == "visit"
