"""Complaining in the chat: told plainly who can read it, sealed at once, receipt in the end."""

from datetime import timedelta
from io import BytesIO

import pytest
from PIL import Image

from backend.actions import complaint_progress, desk
from backend.domain.complaints import Deed, Piece
from backend.domain.receipts import receipt_of
from backend.store.models import Complaint, Send
from bot.sandbox.faults import Fault
from bot.sandbox.phone import Phone
from tests.bot.conftest import Town
from tests.bot.conversations.people import her_phone
from tests.bot.talk import press, say
from tests.desks import a_county_desk, a_township_desk, receipt_in


def a_photo() -> bytes:
    """A small picture."""
    written = BytesIO()
    Image.new("RGB", (640, 480), (200, 120, 90)).save(written, "PNG")
    return written.getvalue()


async def confide(phone: Phone, words: str, expected: str) -> None:
    """Write something that is taken out of the chat; the open screen answers in its place."""
    phone.say(words)
    await phone.until(expected)


async def complain(phone: Phone, words: str, *, about: str = "不写") -> str:
    """Hand in an anonymous complaint about a charge and return its receipt."""
    await say(phone, "/complaint", "写之前，请先看一看")
    await press(phone, "📢 投诉", "是哪方面的事")
    await press(phone, "免费的却收了钱", "要留名字吗")
    await press(phone, "🙈 匿名", "说的是谁")
    await press(phone, about, "请告诉我")
    await confide(phone, words, "1 段文字")
    await press(phone, "写完了", "现在交吗？里面有：1 段文字")
    await press(phone, "交给窗口", "收到了，已经封好")
    return receipt_in(phone.screen.text)


async def test_a_complaint_is_sealed_counted_and_receipted(town: Town) -> None:
    county, _, _ = await a_county_desk(now=town.now)
    phone, _id = await her_phone(town)
    await say(phone, "投诉建议", "Telegram 看得到")
    assert "只有县妇联投诉窗口能看" in phone.screen.text
    await press(phone, "📢 投诉", "第 2/6 步")
    await press(phone, "该办的不给办", "第 3/6 步")
    await press(phone, "🙈 匿名", "第 4/6 步")
    await confide(phone, "柳树村 赵明", "第 5/6 步")
    await confide(phone, "他说没有名额。", "1 段文字")
    phone.send_file(a_photo(), kind="photo", caption="这是告示")
    await phone.until("1 张照片")
    phone.send_file(b"OggS-voice", kind="voice", name="voice.ogg")
    await phone.until("1 段语音")
    await press(phone, "写完了", "现在交吗？里面有：2 段文字、1 张照片、1 段语音")
    await press(phone, "交给窗口", "2026年12月8日 前告诉您受不受理，最晚 2027年2月8日 给您答复")
    opened = await desk.open_complaint(
        receipt_in(phone.screen.text), county.private_key, now=town.now
    )
    assert opened.header.about == "柳树村 赵明"
    assert opened.contact is None
    texts = [part.content.decode() for part in opened.parts if part.kind is Piece.TEXT]
    assert texts == ["他说没有名额。", "这是告示"]
    photo = next(part.content for part in opened.parts if part.kind is Piece.PHOTO)
    assert Image.open(BytesIO(photo)).size == (640, 480)
    await town.settle()
    said = phone.transcript()
    assert "没有名额" not in said
    assert "告示" not in said
    assert "赵明" not in said
    assert "<voice>" not in said


async def test_the_answer_is_told_discreetly_read_by_a_press_and_rated(town: Town) -> None:
    county, other, _ = await a_county_desk(now=town.now)
    phone, _id = await her_phone(town)
    receipt = await complain(phone, "打一针收了二十块")
    await desk.deal(receipt, county.private_key, Deed.ACCEPT, text="", now=town.now)
    await desk.deal(receipt, other.private_key, Deed.ANSWER, text="钱退给您。", now=town.now)
    await town.work()
    assert phone.screen.text == "您有一条新消息。"
    await press(phone, "查看", "钱退给您。")
    assert "这个答复您满意吗" in phone.screen.text
    await press(phone, "😊 满意", "谢谢您告诉我们")
    assert (await Complaint.get()).state == "closed"
    await town.work()
    assert not await Send.filter(kind="complaint_answer").exists()


async def test_who_is_not_satisfied_has_it_looked_at_once_more(town: Town) -> None:
    county, _, _ = await a_county_desk(now=town.now)
    phone, _id = await her_phone(town)
    receipt = await complain(phone, "打一针收了二十块")
    await desk.deal(receipt, county.private_key, Deed.ANSWER, text="没有这回事。", now=town.now)
    await press(phone, "查进度", "没有这回事")
    again = await press(phone, "🔁 不满意，再处理", "重新办")
    assert "最晚 2026年12月23日 给您答复" in again.text
    await desk.deal(receipt, county.private_key, Deed.ANSWER, text="已核实，退款。", now=town.now)
    await town.work()
    await press(phone, "查看", "已核实，退款")
    assert "🔁 不满意，再处理" not in phone.screen.labels


async def test_it_can_be_looked_up_added_to_and_withdrawn_later(town: Town) -> None:
    county, _, _ = await a_county_desk(now=town.now)
    phone, _id = await her_phone(town)
    receipt = await complain(phone, "打一针收了二十块")
    await say(phone, "投诉建议", "写之前")
    await press(phone, "我有回执号", "请输入 16 位回执号")
    await confide(phone, f"{receipt[:4]} {receipt[4:]}", "已收到，正在看")
    await press(phone, "补充", "想补充什么")
    await confide(phone, "还有一张收据", "2 段文字")
    await press(phone, "写完了", "里面有：2 段文字")
    await press(phone, "撤回", "没人问原因")
    await press(phone, "是的，撤回", "已撤回，内容都擦掉了")
    assert await desk.list_for(county.private_key) == []


async def test_without_keys_nothing_is_taken(town: Town) -> None:
    phone, _id = await her_phone(town)
    await say(phone, "投诉建议", "这里的投诉窗口还没开通")
    assert "12345" in phone.screen.text
    assert not await Complaint.exists()


async def test_who_changes_her_mind_leaves_nothing_behind(town: Town) -> None:
    await a_county_desk(now=town.now)
    phone, _id = await her_phone(town)
    await say(phone, "/complaint", "写之前")
    await press(phone, "💡 建议", "要留名字吗")
    await press(phone, "🙈 匿名", "说的是谁")
    await press(phone, "不写", "请告诉我")
    await confide(phone, "把牌子写大点", "1 段文字")
    await press(phone, "✖ 取消", "已经全部擦掉了")
    assert not await Complaint.exists()


async def test_with_her_name_the_desk_reads_how_to_reach_her(town: Town) -> None:
    county, _, _ = await a_county_desk(now=town.now)
    phone, _id = await her_phone(town)
    await say(phone, "/complaint", "写之前")
    await press(phone, "👍 表扬", "要留名字吗")
    await press(phone, "👤 留名字", "说的是谁")
    await press(phone, "村干部", "请告诉我")
    await confide(phone, "赵主任很好", "1 段文字")
    await press(phone, "写完了", "现在交吗")
    await press(phone, "交给窗口", "收到了")
    opened = await desk.open_complaint(
        receipt_in(phone.screen.text), county.private_key, now=town.now
    )
    assert opened.contact is not None
    assert opened.contact.startswith("王秀英")


async def test_a_stranger_may_complain_and_leave_a_phone_number(town: Town) -> None:
    county, _, _ = await a_county_desk(now=town.now)
    phone = town.phone(language_code="en")
    phone.start()
    await phone.answer()
    await say(phone, "/complaint", "Please read this first")
    await press(phone, "📢 Complaint", "What is it about?")
    await press(phone, "Forced into a procedure", "Nobody may force you")
    await press(phone, "👤 With my name", "Who is it about?")
    await press(phone, "Township office", "your name and phone number")
    await confide(phone, "Chen Mei 13900000000", "So far: nothing yet")
    await confide(phone, "They told me I must.", "So far: 1 text")
    await press(phone, "That is all", "Hand it in? It holds: 1 text")
    await press(phone, "Hand it in", "Handed in and sealed")
    opened = await desk.open_complaint(
        receipt_in(phone.screen.text), county.private_key, now=town.now
    )
    assert opened.contact == "Chen Mei 13900000000"


async def test_the_township_desk_reads_only_what_is_not_about_its_own(town: Town) -> None:
    await a_county_desk(now=town.now)
    local, _ = await a_township_desk(now=town.now)
    phone, _id = await her_phone(town)
    await complain(phone, "收了二十块", about="村干部")
    assert len(await desk.list_for(local.private_key)) == 1
    await complain(phone, "收了三十块", about="镇里")
    assert len(await desk.list_for(local.private_key)) == 1


@pytest.mark.parametrize("content", [b"not a picture at all", b"\x89PNG\r\n\x1a\n" + b"0" * 40])
async def test_what_is_no_photo_is_refused_kindly(town: Town, content: bytes) -> None:
    await a_county_desk(now=town.now)
    phone, _id = await her_phone(town)
    await say(phone, "/complaint", "写之前")
    await press(phone, "👍 表扬", "要留名字吗")
    await press(phone, "🙈 匿名", "说的是谁")
    await press(phone, "不写", "请告诉我")
    phone.send_file(content, kind="document", name="x.png")
    await phone.until("这条没有收全")
    phone.send_file(b"%PDF", kind="document", name="x.pdf")
    await phone.until("这种文件我收不了")


async def test_wrong_receipts_are_refused_alike_and_only_five_times(town: Town) -> None:
    await a_county_desk(now=town.now)
    phone, _id = await her_phone(town)
    receipt = await complain(phone, "收了二十块")
    stranger = town.phone()
    stranger.start()
    await stranger.answer()
    await say(stranger, "/complaint", "写之前")
    await press(stranger, "我有回执号", "请输入 16 位回执号")
    await say(stranger, receipt[:15], "回执号是 16 位数字")
    for number in range(5):
        await confide(stranger, receipt_of(number), "现在查不到这个回执号")
        refusal = stranger.screen.text
        await press(stranger, "换个回执号", "请输入 16 位回执号")
    await confide(stranger, receipt, "现在查不到这个回执号")
    assert stranger.screen.text == refusal
    town.clock.move(complaint_progress.GUESS_WINDOW)
    await press(stranger, "换个回执号", "请输入 16 位回执号")
    await confide(stranger, receipt, "已收到，正在看")


async def test_the_buttons_of_a_receipt_never_grow_old(town: Town) -> None:
    await a_county_desk(now=town.now)
    phone, _id = await her_phone(town)
    await complain(phone, "收了二十块")
    await say(phone, "设置", "提醒")
    town.clock.move(timedelta(days=1))
    await press(phone, "补充", "想补充什么")
    await confide(phone, "还有一张收据", "2 段文字")


async def test_what_could_not_be_deleted_at_once_is_deleted_by_the_next_step(town: Town) -> None:
    await a_county_desk(now=town.now)
    phone, _id = await her_phone(town)
    await begin_praise(phone)
    town.sandbox.faults.add(Fault(method="deleteMessages", status=502))
    await confide(phone, "赵主任很好", "1 段文字")
    await town.settle()
    assert "赵主任" in phone.transcript()
    await confide(phone, "李主任也好", "2 段文字")
    await town.settle()
    assert "主任" not in phone.transcript()


async def test_a_complaint_left_lying_is_erased_unread(town: Town) -> None:
    await a_county_desk(now=town.now)
    phone, _id = await her_phone(town)
    await begin_praise(phone)
    await confide(phone, "赵主任很好", "1 段文字")
    town.clock.move(timedelta(days=2))
    await town.work()
    assert not await Complaint.exists()
    phone.say("还有一句")
    await phone.until("这里不能再加了")
    await press(phone, "✖ 取消", "已经全部擦掉了")


async def begin_praise(phone: Phone) -> None:
    """Come to where words of praise are taken."""
    await say(phone, "/complaint", "写之前")
    await press(phone, "👍 表扬", "要留名字吗")
    await press(phone, "🙈 匿名", "说的是谁")
    await press(phone, "不写", "请告诉我")


async def test_every_photo_of_an_album_is_taken(town: Town) -> None:
    await a_county_desk(now=town.now)
    phone, _id = await her_phone(town)
    await begin_praise(phone)
    phone.send_album([a_photo()] * 4)
    await phone.until("4 张照片")
    await town.settle()
    assert "<photo>" not in phone.transcript()


async def test_two_presses_hand_it_in_once(town: Town) -> None:
    await a_county_desk(now=town.now)
    phone, _id = await her_phone(town)
    await begin_praise(phone)
    await confide(phone, "赵主任很好", "1 段文字")
    await press(phone, "写完了", "现在交吗")
    phone.press("交给窗口")
    phone.press("交给窗口")
    await phone.until("收到了，已经封好")
    await town.settle()
    assert await Complaint.filter(state="received").count() == 1


async def test_an_answer_in_english(town: Town) -> None:
    county, _, _ = await a_county_desk(now=town.now)
    phone, _id = await her_phone(town, language_code="en")
    await say(phone, "/complaint", "Telegram can read what you write here")
    await press(phone, "💡 Suggestion", "Would you like to give your name?")
    await press(phone, "🙈 No name", "Who is it about?")
    await press(phone, "Leave it out", "Please tell me")
    await confide(phone, "Write the sign larger.", "So far: 1 text.")
    await press(phone, "That is all", "Hand it in? It holds: 1 text.")
    await press(phone, "Hand it in", "by 2026-12-08, and get an answer by 2027-02-08")
    receipt = receipt_in(phone.screen.text)
    await desk.deal(receipt, county.private_key, Deed.ACCEPT, text="", now=town.now)
    await desk.deal(receipt, county.private_key, Deed.ANSWER, text="It is done.", now=town.now)
    await town.work()
    assert phone.screen.text == "There is a new message for you."
    await press(phone, "Have a look", "It is done.")
    await press(phone, "😐 So-so", "Thank you for telling us.")


async def test_words_that_name_nobody_are_asked_for_again(town: Town) -> None:
    await a_county_desk(now=town.now)
    phone, _id = await her_phone(town)
    await say(phone, "/complaint", "写之前")
    await say(phone, "我要投诉赵明", "请先按一下是哪一种")
    await press(phone, "📢 投诉", "是哪方面的事")
    await say(phone, "就是不好", "请按最像的那一个")
    await press(phone, "工作人员态度", "要留名字吗")
    await say(phone, "随便", "请点下面的按钮")
    await say(phone, "匿名", "说的是谁")
    phone.send_file(a_photo(), kind="photo")
    await phone.until("我只看得懂文字和按钮")
