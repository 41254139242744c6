"""Reporting a move: which way, where, when, for how long, with whom; followed and taken back."""

from datetime import date

from backend.actions.planning import replan
from backend.actions.schedule import my_schedule
from backend.domain.consent import Purpose
from backend.store.models import AuditEntry, Handover, MoveReport, Send, Task
from bot.sandbox.phone import Phone
from tests.bot.conftest import Town
from tests.bot.conversations.cadres import his_phone, without_a_phone
from tests.bot.conversations.people import her_phone
from tests.bot.talk import press, say, tap
from tests.builders import STONE_BRIDGE

BORN_ON = date(1980, 5, 12)


async def until_shown(phone: Phone, words: str) -> None:
    """Wait for words anywhere on the screen, its buttons too."""
    await phone.until(lambda bubble: words in str(bubble))


async def her_move(phone: Phone, place: str) -> None:
    """Answer everything up to the question who moves along."""
    await tap(phone, "我要搬家", "您要怎么搬？")
    await press(phone, "搬走", "搬到哪里？")
    await say(phone, place, "哪一天？")
    await say(phone, "12月5日", "打算住多久？")
    await press(phone, "半年以上", "谁一起搬？")
    for label, expected in (("爱人", "✅ 爱人"), ("孩子", "孩子 1 个")):
        phone.press(label)
        await until_shown(phone, expected)


async def test_moving_away_with_a_handover_of_its_own_consent(town: Town) -> None:
    cadre, _ = await his_phone(town)
    phone, person_id = await her_phone(town, Purpose.SCREENING, birth_date=BORN_ON)
    await replan(person_id, now=town.now)
    await her_move(phone, "杭州市余杭区")
    shown = await press(phone, "好了", "要把您的服务交接给杭州市余杭区的卫生服务机构吗？")
    assert "只交这些：姓名、电话，还有免费两癌检查。" in shown.text
    receipt = await press(phone, "同意交接", "登记好了。编号 M-0001。")
    assert "2026年12月5日 · 半年以上 · 和爱人、1 个孩子" in receipt.text
    assert "您已同意，待转交" in receipt.text
    handover = await Handover.get(person_id=person_id)
    assert (handover.state, handover.recipient) == ("consented", "杭州市余杭区")
    assert handover.data_types == "name,phone,due_services"
    assert await AuditEntry.filter(action="handover_consented").exists()
    await town.settle()
    assert "急事" in cadre.screen.text
    await press(cadre, "查看", "要搬家，请交接")
    await press(cadre, "已办", "已办。")
    await town.settle()
    await press(phone, "查看", "村干部已收到。")
    assert "杭州" not in str(await Send.filter(template="move_news").values())


async def test_the_handover_names_each_service_once(town: Town) -> None:
    phone, person_id = await her_phone(
        town, Purpose.CHECKUP, Purpose.SCREENING, birth_date=date(1985, 4, 12)
    )
    await replan(person_id, now=town.now)
    owed = [view.due.rule for view in await my_schedule(person_id, now=town.now)]
    assert owed.count("s6") > 1
    await her_move(phone, "杭州市余杭区")
    shown = await press(phone, "好了", "要把您的服务交接")
    assert shown.text.count("每季免费检查") == 1
    assert shown.text.count("免费两癌检查") == 1


async def test_a_no_to_the_handover_changes_nothing_else(town: Town) -> None:
    phone, person_id = await her_phone(town, Purpose.SCREENING, birth_date=BORN_ON)
    await replan(person_id, now=town.now)
    await her_move(phone, "石桥村")
    await press(phone, "好了", "交接给石桥村的村干部吗？")
    await say(phone, "不同意", "编号 M-0001")
    assert not await Handover.exists()
    report = await MoveReport.get(person_id=person_id)
    assert (report.to_code, report.to_place) == (STONE_BRIDGE, "石桥村")
    assert (report.with_spouse, report.child_count, report.has_plan) == (True, 1, True)
    assert (await Task.get(person_id=person_id)).kind == "move"


async def test_it_can_be_followed_and_taken_back_with_its_task(town: Town) -> None:
    phone, person_id = await her_phone(town)
    await tap(phone, "我要搬家", "您要怎么搬？")
    await press(phone, "村内换住处", "搬到村里哪儿？")
    await say(phone, "村东头", "哪一天？")
    await press(phone, "今天", "谁一起搬？")
    await press(phone, "好了", "村内换住处：村东头")
    await tap(phone, "我要搬家", "您要怎么搬？")
    await press(phone, "M-0001", "已申报，等村干部查看。")
    await press(phone, "撤回", "撤回这次申报吗？")
    await press(phone, "撤回", "已撤回。")
    assert (await Task.get(person_id=person_id)).state == "cancelled"
    assert (await MoveReport.get(person_id=person_id)).state == "withdrawn"


async def test_who_has_come_may_not_come_tomorrow(town: Town) -> None:
    phone, person_id = await her_phone(town)
    await tap(phone, "我要搬家", "您要怎么搬？")
    await press(phone, "搬来", "从哪里搬来？")
    await press(phone, "不填", "哪一天？")
    await say(phone, "2027年1月5日", "还没到")
    await say(phone, "昨天", "打算住多久？")
    await press(phone, "说不准", "谁一起搬？")
    await press(phone, "好了", "从没说搬来")
    report = await MoveReport.get(person_id=person_id)
    assert (report.direction, report.moves_on) == ("in", date(2026, 11, 22))


async def test_a_cadre_reports_it_for_somebody_who_has_gone_and_takes_it_back(town: Town) -> None:
    phone, actor = await his_phone(town)
    zhou = await without_a_phone()
    await tap(phone, "找人", "找谁？")
    await say(phone, "zhouguiy", "是哪一位？")
    await press(phone, "周**", "自己没有用手机")
    await press(phone, "已搬走", "她是怎么搬的？")
    await press(phone, "搬走", "搬到哪里？")
    await say(phone, "上海", "哪一天？")
    await press(phone, "昨天", "打算住多久？")
    await press(phone, "长住", "谁一起搬？")
    await press(phone, "好了", "已报搬家，编号 M-0001。")
    report = await MoveReport.get(person_id=zhou.id)
    assert (report.state, report.reported_by) == ("received", actor.person_id)
    assert not await Handover.exists()


async def test_a_move_in_english(town: Town) -> None:
    phone, _ = await her_phone(town, language_code="en")
    await tap(phone, "I am moving", "Which way do you move?")
    await press(phone, "Moving away", "Where to?")
    await say(phone, "Hangzhou", "On which day?")
    await press(phone, "Tomorrow", "For how long?")
    await press(phone, "For good", "Who moves along?")
    await press(phone, "Done", "Reported. Your number is M-0001.")
    await press(phone, "Take it back", "Take this report back?")
    await press(phone, "Leave it", "Your cadre will look at it.")
