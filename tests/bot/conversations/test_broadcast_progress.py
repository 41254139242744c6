"""Watching a broadcast, holding it, sending again what failed, and seeing who was reached."""

from backend.actions import audit, broadcasts
from backend.domain.access import Actor, Held, Role
from backend.store.models import Broadcast, Send
from bot.sandbox.faults import Fault
from bot.sandbox.phone import Phone
from tests.bot.conftest import Town
from tests.bot.conversations.office import officers_phone, readers_phone
from tests.bot.conversations.test_broadcast import CROWD, WORDS, write
from tests.bot.talk import press, say, tap
from tests.builders import TOWNSHIP
from tests.crowds import a_crowd


async def send_it(office: Phone) -> None:
    """Write a broadcast and let it go."""
    await write(office)
    await press(office, "立即发", "现在发给")
    await press(office, "确定发", "正在发送")


async def to_progress(office: Phone, expected: str) -> None:
    """Open the newest broadcast from the menu."""
    await tap(office, "通知进度", "发过的通知")
    await press(office, "本周六上午", expected)


async def test_nothing_sent_yet_leads_to_writing(town: Town) -> None:
    office = await officers_phone(town)
    await tap(office, "通知进度", "还没有发过通知。点“写通知”开始。")
    await press(office, "写通知", "要通知什么？")


async def test_pause_go_on_and_stop(town: Town) -> None:
    reader = await readers_phone(town)
    await a_crowd(3, first_chat=CROWD)
    for number in range(3):
        town.sandbox.world.people.open(user_id=CROWD + number).started = True
    office = await officers_phone(town)
    await write(office)
    await press(office, "定时发", "哪天发？")
    await say(office, "明天", "几点发？")
    await say(office, "晚上10点", "晚上9点到早上8点不发")
    await press(office, "确定发", "已安排")
    await town.pass_time(hours=38)
    await to_progress(office, "📤 正在发")
    assert "已送出 0 · 失败 0 · 等待 4" in office.screen.text
    await press(office, "暂停", "⏸ 暂停")
    await town.morning()
    assert WORDS not in reader.transcript(), "held in the morning"
    await town.pass_time(hours=13)
    await press(office, "继续", "📤 正在发")
    await press(office, "停止", "真的不再发了吗？还有 4 人就收不到了。")
    await press(office, "继续发", "📤 正在发")
    await press(office, "停止", "真的不再发了吗？")
    await press(office, "不发了", "⏹ 已停止")
    await town.settle()


async def test_what_failed_is_sent_again_and_only_that(town: Town) -> None:
    got_it = await readers_phone(town)
    failed = await readers_phone(town, "李娜")
    office = await officers_phone(town)
    description = "Bad Request: PEER_ID_INVALID"
    town.sandbox.faults.add(
        Fault(method="sendMessage", chat_id=failed.id, status=400, description=description)
    )
    await send_it(office)
    await town.settle()
    await town.work()
    await office.until("您的通知有新进展")
    await press(office, "查看", "✅ 发完了")
    assert "已送出 1 · 失败 1 · 等待 0" in office.screen.text
    office.press("补发失败")
    await failed.until(WORDS)
    await town.work()
    await to_progress(office, "已送出 2 · 失败 0 · 等待 0")
    for phone in (got_it, failed):
        assert phone.transcript().count(WORDS) == 1
    assert "🔁 补发失败" not in office.screen.labels


async def test_names_are_masked_until_opened_and_each_can_read_who_did(town: Town) -> None:
    reader = await readers_phone(town)
    office = await officers_phone(town)
    await send_it(office)
    await reader.until(WORDS)
    await town.work()
    await to_progress(office, "发完了")
    await press(office, "名单", "王** · 柳树村")
    await press(office, "显示姓名", "王秀英 · 柳树村")
    await press(office, "失败", "没有人。")
    await press(office, "送到", "王** · 柳树村")
    copy = await Send.get(kind="broadcast")
    assert copy.person_id is not None
    entries = await audit.about(copy.person_id)
    assert [entry.action for entry in entries] == ["name_opened"]


async def test_a_planned_one_is_taken_back_to_be_written_on(town: Town) -> None:
    await readers_phone(town)
    office = await officers_phone(town)
    await write(office)
    await press(office, "定时发", "哪天发？")
    await say(office, "明天", "几点发？")
    await press(office, "10:00", "发给 1 人")
    await press(office, "确定发", "已安排")
    await press(office, "看进度", "📅 已安排")
    await press(office, "收回修改", "大家会看到：")


async def test_an_old_press_on_what_has_changed_says_so(town: Town) -> None:
    await readers_phone(town)
    office = await officers_phone(town)
    await write(office)
    await press(office, "定时发", "哪天发？")
    await say(office, "明天", "几点发？")
    await press(office, "10:00", "发给 1 人")
    await press(office, "确定发", "已安排")
    await press(office, "看进度", "📅 已安排")
    row = await Broadcast.get()
    officer = Actor(row.written_by, (Held(Role.OFFICER, TOWNSHIP),))
    await broadcasts.give_back(officer, row.id, now=town.now)
    await press(office, "收回修改", "情况刚有变化，现在是这样。")


async def test_a_reader_says_no_to_notices_and_yes_again(town: Town) -> None:
    reader = await readers_phone(town)
    office = await officers_phone(town)
    await send_it(office)
    await reader.until(WORDS)
    await press(reader, "不再接收通知", "不再接收镇里的通知吗？您自己的提醒照常。")
    assert WORDS in reader.transcript(), "the notice itself stays"
    await press(reader, "不再接收通知", "✅ 以后不再发镇里的通知。")
    await town.work()
    await write(office)
    await press(office, "立即发", "现在发给 0 人")
    await press(office, "确定发", "那里还没有人能收到")
    await press(reader, "还是要收", "✅ 镇里的通知会发给您。")


async def test_notices_are_turned_off_and_on_in_the_settings(town: Town) -> None:
    reader = await readers_phone(town)
    await tap(reader, "设置", "⚙️ 设置")
    await press(reader, "提醒种类", "要哪些提醒？")
    assert "✅ 镇里的通知" in reader.screen.labels
    reader.press("镇里的通知")
    await reader.until(lambda bubble: "▫️ 镇里的通知" in bubble.labels)
    reader.press("镇里的通知")
    await reader.until(lambda bubble: "✅ 镇里的通知" in bubble.labels)


async def test_progress_in_english(town: Town) -> None:
    reader = await readers_phone(town, "Ann", language_code="en")
    office = await officers_phone(town, "Sun Li", language_code="en")
    await tap(office, "Notices so far", "No notice has been sent yet.")
    await tap(office, "Write a notice", "What is the news?")
    await say(office, WORDS, "A picture to go with it?")
    await press(office, "Without a picture", "Another language too?")
    await press(office, "That is all", "For which villages?")
    await press(office, "Done", "Who shall read it?")
    await press(office, "Everybody", "This is what they will read:")
    await press(office, "Send now", "about 1 minute")
    await press(office, "Send it", "It is being sent now.")
    await reader.until(WORDS)
    await town.work()
    await press(office, "How far it got", "Sent 1 · failed 0 · waiting 0")
    await press(office, "Names", "📬 Reached")
    await press(reader, "No more notices", "Stop the township's notices?")
    await press(reader, "No more notices", "No more notices from the township.")
