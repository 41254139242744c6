"""A cadre's day: the digest, the list by household, each answer, and taking it back."""

from datetime import timedelta

from backend.actions import reminders, tasks
from backend.actions.planning import replan
from backend.domain.consent import Purpose
from backend.domain.tasks import HelpReason, TaskKind
from backend.store.models import AuditEntry, DueService, Send, Task, TopicChoice
from tests.bot.conftest import Town
from tests.bot.conversations.cadres import his_phone, without_a_phone
from tests.bot.conversations.people import her_phone
from tests.bot.talk import press, say, tap


async def test_a_request_for_help_is_told_at_once_and_opened_from_there(town: Town) -> None:
    phone, _ = await his_phone(town)
    _her, person_id = await her_phone(town, phone="13800138001")
    await reminders.ask_help(person_id, HelpReason.CALL, now=town.now)
    await town.settle()
    assert "有一件急事等您看一看。" in phone.screen.text
    assert "王" not in phone.screen.text
    shown = await press(phone, "查看", "王** · 请您打个电话 · 今天")
    assert "未分户" in shown.text
    await press(phone, "显示号码", "王秀英 13800138001")
    assert await AuditEntry.filter(action="contact_opened", subject_id=person_id).count() == 1
    await press(phone, "已办", "已办。")
    assert (await Task.get(person_id=person_id)).state == "done"


async def test_the_list_counts_and_groups_by_household_overdue_first(town: Town) -> None:
    phone, _ = await his_phone(town)
    zhou = await without_a_phone("周桂英", number="0012")
    liu = await without_a_phone("刘梅", number="0003")
    await reminders.ask_help(liu.id, HelpReason.VISIT, now=town.now)
    await reminders.ask_help(zhou.id, HelpReason.TRANSPORT, now=town.now - timedelta(days=2))
    await reminders.ask_help(zhou.id, HelpReason.CALL, now=town.now - timedelta(days=1))
    shown = await tap(phone, "今天的任务", "今天 3 件 · 逾期 2 · 本周完成 0/3")
    assert shown.text.split("\n\n")[1:] == [
        "🏠 0012\n① ❗周** · 没有车 · 已等 2 天\n② ❗周** · 请您打个电话 · 已等 1 天",
        "🏠 0003\n③ 刘* · 请您上门看看 · 今天",
    ]
    await press(phone, "按急缓", "① ❗周** · 没有车")
    await press(phone, "①", "🏠 0012")
    await press(phone, "已办", "已办。")
    await press(phone, "今天的任务", "今天 2 件 · 逾期 1 · 本周完成 1/3")


async def test_not_reached_comes_again_in_three_days_and_ends_after_the_third(town: Town) -> None:
    phone, _ = await his_phone(town)
    zhou = await without_a_phone()
    await reminders.ask_help(zhou.id, HelpReason.CALL, now=town.now)
    for expected in ("2026年11月26日再提醒您", "2026年11月29日再提醒您", "三次没联系上"):
        await tap(phone, "今天的任务", "今天 1 件")
        await press(phone, "①", "周**")
        await press(phone, "联系不上", "是什么情况？")
        await press(phone, "空号", expected)
        await town.pass_time(days=3)
    assert (await Task.get(person_id=zhou.id)).state == "unreachable"


async def test_an_answer_is_taken_back_within_ten_minutes_only(town: Town) -> None:
    phone, _ = await his_phone(town)
    zhou = await without_a_phone()
    await reminders.ask_help(zhou.id, HelpReason.CALL, now=town.now)
    await tap(phone, "今天的任务", "今天 1 件")
    await press(phone, "①", "周**")
    await press(phone, "改期", "哪天再提醒您？")
    await say(phone, "明天", "2026年11月24日再提醒您")
    await press(phone, "撤销", "已撤回。")
    assert (await Task.get(person_id=zhou.id)).due_on == town.now.date()
    await press(phone, "本人不愿", "不再问她，也不算在任何人头上")
    town.clock.move(timedelta(minutes=11))
    await press(phone, "撤销", "超过十分钟了，不能撤销。")
    assert (await Task.get(person_id=zhou.id)).state == "declined"


async def test_who_has_no_phone_is_told_by_a_visit_and_a_no_ends_the_topic(town: Town) -> None:
    phone, _ = await his_phone(town)
    zhou = await without_a_phone(
        topics=(Purpose.SCREENING,), birth_date=town.now.date().replace(year=1980)
    )
    await replan(zhou.id, now=town.now)
    await town.work()
    task = await Task.get(person_id=zhou.id)
    assert task.kind == "visit"
    await tap(phone, "今天的任务", "有服务该告知了")
    await press(phone, "①", "免费两癌检查")
    await press(phone, "已办", "她是哪天做的？")
    await press(phone, "已告知，还没做", "已办。")
    await press(phone, "撤销", "已撤回。")
    await press(phone, "本人不愿", "不再问她")
    assert (await TopicChoice.get(person_id=zhou.id)).choice == "declined"
    assert not await DueService.filter(person_id=zhou.id, state="open").exists()
    await press(phone, "撤销", "已撤回。")
    assert not await TopicChoice.filter(person_id=zhou.id).exists()
    assert await DueService.filter(person_id=zhou.id, state="open").exists()


async def test_one_digest_a_morning_and_none_without_tasks(town: Town) -> None:
    phone, _ = await his_phone(town)
    zhou = await without_a_phone()
    await town.morning()
    assert not await Send.filter(template="digest").exists()
    await tasks.open_task(TaskKind.MOVE, zhou.id, dedup_key="test", now=town.now)
    await town.morning()
    assert await Send.filter(template="digest").count() == 1
    digest = phone.screen
    assert digest.text == "☀️ 今天有 1 件事，逾期 1 件。"
    await press(phone, "今天的任务", "今天 1 件")


async def test_a_cadre_of_another_village_sees_nothing_of_it(town: Town) -> None:
    phone, _ = await his_phone(town, village_code="330000100002")
    zhou = await without_a_phone()
    await reminders.ask_help(zhou.id, HelpReason.CALL, now=town.now)
    await town.settle()
    await tap(phone, "今天的任务", "今天没有要办的事。")
    assert "急事" not in phone.transcript()


async def test_a_resident_who_types_the_command_is_kept_out(town: Town) -> None:
    phone, _ = await her_phone(town)
    phone.say("/tasks")
    await phone.until("您没有权限查看或修改。")


async def test_the_day_in_english(town: Town) -> None:
    phone, _ = await his_phone(town, language_code="en")
    zhou = await without_a_phone()
    await reminders.ask_help(zhou.id, HelpReason.CALL, now=town.now)
    await tap(phone, "Today's tasks", "Today 1 · overdue 0 · this week 0/1 done")
    await press(phone, "①", "asks for a call · since today")
    await press(phone, "Not reached", "What happened?")
    await press(phone, "No answer", "It comes again on")
    await press(phone, "Undo", "Taken back.")
