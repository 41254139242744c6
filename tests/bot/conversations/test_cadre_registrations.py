"""Registrations: the cadre looks, confirms or not, and she is told."""

from backend.store.models import Person, Task
from bot.sandbox.phone import Phone
from tests.bot.conftest import Town
from tests.bot.conversations.cadres import his_phone
from tests.bot.talk import press, say, start, tap
from tests.builders import STONE_BRIDGE


async def chen_jing_registers(town: Town, *, village: str = "柳树村") -> Phone:
    phone = town.phone(first_name="陈静")
    await start(phone, "小助手")
    await press(phone, "同意并登记", "您住哪个村？")
    await press(phone, village, "您叫什么名字？")
    await say(phone, "陈静", "电话")
    await say(phone, "13800138007", "哪年出生")
    await say(phone, "1994", "想收到哪些提醒")
    await press(phone, "都不要", "请看看对不对")
    await press(phone, "对，登记", "编号 R-0001")
    return phone


async def test_she_is_confirmed_and_told(town: Town) -> None:
    cadre, _ = await his_phone(town)
    phone = await chen_jing_registers(town)
    await tap(cadre, "登记确认", "有 1 人等确认。")
    await press(cadre, "R-0001 陈*", "陈* · 138****8007 · 1994 年生")
    await press(cadre, "显示姓名电话", "陈静 13800138007")
    await press(cadre, "确认", "已确认，也告诉她了。")
    await town.settle()
    assert "您的登记已确认" in phone.transcript()
    await press(cadre, "下一个", "没有人在等确认。")
    assert (await Task.get(kind="registration")).state == "done"


async def test_she_is_asked_for_her_village_again(town: Town) -> None:
    cadre, _ = await his_phone(town)
    await chen_jing_registers(town)
    await tap(cadre, "今天的任务", "登记了，等确认")
    await press(cadre, "①", "是您村的人吗？")
    await press(cadre, "不是我村的", "已请她重新选村")
    assert (await Person.get(registration_number=1)).state == "waiting"


async def test_another_village_waits_for_its_own_cadre(town: Town) -> None:
    cadre, _ = await his_phone(town)
    await chen_jing_registers(town, village="石桥村")
    assert (await Person.get(registration_number=1)).village_code == STONE_BRIDGE
    await tap(cadre, "登记确认", "没有人在等确认。")


async def test_a_registration_is_settled_once(town: Town) -> None:
    cadre, _ = await his_phone(town)
    await chen_jing_registers(town)
    await tap(cadre, "登记确认", "有 1 人等确认。")
    await press(cadre, "R-0001", "是您村的人吗？")
    await Person.filter(registration_number=1).update(state="confirmed")
    await press(cadre, "确认", "没有权限")


async def test_registrations_in_english(town: Town) -> None:
    cadre, _ = await his_phone(town, language_code="en")
    await tap(cadre, "Registrations", "Nobody waits to be confirmed.")
    await chen_jing_registers(town)
    await tap(cadre, "Registrations", "1 person waits.")
    await press(cadre, "R-0001 陈*", "Is she of your village?")
    await press(cadre, "Show name, number", "陈静 13800138007")
    await press(cadre, "Confirm", "Confirmed. I have told her.")
    assert (await Person.get(registration_number=1)).state == "confirmed"


async def test_a_registration_of_another_village_is_sent_back_in_english(town: Town) -> None:
    cadre, _ = await his_phone(town, language_code="en")
    await chen_jing_registers(town)
    await tap(cadre, "Registrations", "1 person waits.")
    await press(cadre, "R-0001", "Is she of your village?")
    await press(cadre, "Not of my village", "I have asked her to choose her village again.")
    assert (await Person.get(registration_number=1)).state == "waiting"
