"""Asking for help: a few buttons, one task for the village's cadre, and a human being for all."""

import pytest

from backend.actions import reminders, tasks
from backend.domain.access import NotAllowed
from backend.domain.tasks import HelpReason, TaskKind
from backend.store.models import Household, RoleGrant, Task
from tests.bot.conftest import Town
from tests.bot.conversations.cadres import his_phone
from tests.bot.conversations.office import officers_phone
from tests.bot.conversations.people import her_phone
from tests.bot.conversations.tongues import Tongue
from tests.bot.talk import press, say, start, tap
from tests.builders import LONG_AGO, WILLOW, a_person, zhao_ming


async def test_the_cadre_is_named_and_told_what_she_needs(town: Town) -> None:
    phone, person_id = await her_phone(town)
    await zhao_ming()
    await tap(phone, "找村干部", "需要什么帮忙？村干部会联系您。\n📞 赵明：13800138009")
    await press(phone, "请给我打电话", "已告诉村干部，会联系您的。")
    task = await Task.get(person_id=person_id)
    assert (task.kind, task.reason, task.state) == ("help", "call", "open")


async def test_asking_twice_a_day_makes_one_task(town: Town) -> None:
    phone, person_id = await her_phone(town)
    await zhao_ming()
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


async def test_where_there_is_no_cadre_the_office_hears_of_it(town: Town, w: Tongue) -> None:
    phone, person_id = await her_phone(town, language_code=w.code)
    office = await officers_phone(town, language_code=w.code)
    what = w("What do you need? The township office will get in touch.")
    await tap(phone, w("🙋 Village cadre"), what)
    done = w("✅ The township office knows and will get in touch with you.")
    await press(phone, w("🏠 Please visit me"), done)
    assert (await Task.get(person_id=person_id)).reason == "visit"
    await town.settle()
    await office.until(w("🔔 Someone needs you. Please have a look."))
    await press(office, w("👀 Have a look"), w("asks for a visit"))
    await press(office, w("✅ Done"), w("✅ Done."))
    assert (await Task.get(person_id=person_id)).state == "done"


async def test_the_office_lists_what_no_cadre_can_do_and_takes_an_answer_back(
    town: Town, w: Tongue
) -> None:
    household = await Household.create(village_code=WILLOW, number="0012")
    _her, person_id = await her_phone(town, language_code=w.code, household_id=household.id)
    office = await officers_phone(town, language_code=w.code)
    await say(office, "/tasks", w("Nothing to do today."))
    await reminders.ask_help(person_id, HelpReason.CALL, now=town.now)
    await say(office, "/menu", "› /tasks")
    shown = await say(office, "/tasks", w("asks for a call"))
    assert "🏠 柳树村 0012" in shown.text
    assert w("🔍 Find a person") not in shown.labels, "whom to look for is in no officer's grid"
    await press(office, "①", "🏠 柳树村 0012")
    await press(office, w("✅ Done"), w("✅ Done."))
    await press(office, w("↩ Undo (10 minutes)"), w("Taken back."))
    assert (await Task.get(person_id=person_id)).state == "open"


async def test_the_office_confirms_who_registered_where_there_is_no_cadre(
    town: Town, w: Tongue
) -> None:
    her, person_id = await her_phone(
        town, language_code=w.code, state="waiting", registration_number=1
    )
    office = await officers_phone(town, language_code=w.code)
    await tasks.open_task(TaskKind.REGISTRATION, person_id, now=town.now, dedup_key="registration")
    await say(office, "/tasks", "①")
    await press(office, "①", w("Does she live in {village}?", village="柳树村"))
    await press(office, w("✅ Confirm"), w("✅ Confirmed. I have told her."))
    await press(office, w("Next one ›"), w("📝 Nobody waits to be confirmed."))
    await town.settle()
    assert her.screen.from_bot


async def test_a_cadre_who_asks_for_help_is_nobodys_own_task(town: Town) -> None:
    cadre, actor = await his_phone(town)
    colleague = town.phone(first_name="钱芳")
    person = await a_person("钱芳", chat=colleague.id)
    await RoleGrant.create(
        person_id=person.id, role="cadre", region_code=WILLOW, granted_at=LONG_AGO
    )
    await start(colleague, "上午好")
    await say(cadre, "/help", "需要什么帮忙？村干部会联系您。")
    await press(cadre, "请给我打电话", "已告诉村干部")
    task = await Task.get(person_id=actor.person_id)
    await town.settle()
    assert "急事" not in cadre.transcript(), "not told of her own request"
    await tap(cadre, "今天的任务", "今天 0 件")
    with pytest.raises(NotAllowed):
        await tasks.find(actor, task.id, now=town.now)
    await colleague.until("急事")
    await press(colleague, "查看", "请您打个电话")
    await press(colleague, "已办", "已办。")


async def test_the_only_cadre_of_a_village_is_helped_by_the_office(town: Town) -> None:
    cadre, _ = await his_phone(town)
    office = await officers_phone(town)
    await say(cadre, "/help", "需要什么帮忙？镇里会联系您。")
    await press(cadre, "请给我打电话", "镇里已经知道了，会联系您。")
    await town.settle()
    await office.until("急事")
    await press(office, "查看", "请您打个电话")
    await press(office, "已办", "已办。")
