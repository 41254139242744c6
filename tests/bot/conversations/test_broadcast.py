"""Writing a broadcast and sending it, as the officer and her readers see it."""

from backend.files.qr_pictures import qr_png
from bot.sandbox.phone import Phone
from tests.bot.conftest import Town
from tests.bot.conversations.office import officers_phone, readers_phone
from tests.bot.talk import press, say, tap
from tests.builders import STONE_BRIDGE
from tests.crowds import a_crowd

WORDS = "本周六上午，卫生院免费测血压。"
CROWD = 8_000_000_001
PICTURE = qr_png("picture")


async def write(phone: Phone, text: str = WORDS) -> None:
    """Write a broadcast to everybody, up to the last look at it."""
    await tap(phone, "写通知", "要通知什么？")
    await say(phone, text, "要配一张图吗？")
    await press(phone, "不配图", "要加别的语言吗？")
    await press(phone, "就这样", "发给哪些村？")
    await press(phone, "选好了", "发给谁看？")
    await press(phone, "所有人", "大家会看到：")


async def test_a_broadcast_from_the_first_word_to_the_readers_phone(town: Town) -> None:
    reader = await readers_phone(town)
    office = await officers_phone(town)
    asked = await tap(office, "写通知", "要通知什么？")
    assert asked.text.startswith("第 1/5 步")
    await say(office, WORDS, "要配一张图吗？")
    await press(office, "不配图", "要加别的语言吗？没加的人看中文。")
    villages = await press(office, "就这样", "发给哪些村？")
    assert "目标 2 · 退订 1 · 未绑定 0 · 可达 1" in villages.text
    await press(office, "选好了", "发给谁看？")
    check = await press(office, "所有人", "大家会看到：")
    assert check.text.splitlines() == [
        "大家会看到：",
        "———",
        "📢 青溪镇",
        "",
        WORDS,
        "———",
        "🌐 语言：中文",
        "🏘 村：全部",
        "目标 2 · 退订 1 · 未绑定 0 · 可达 1",
    ]
    sure = await press(office, "立即发", "现在发给 1 人，要约1分钟。")
    assert "另一位" not in sure.text
    await press(office, "确定发", "✅ 正在发送。")
    got = await reader.until(WORDS)
    assert got.text == f"📢 青溪镇\n\n{WORDS}"
    assert got.labels == ["🔕 不再接收通知"]
    await town.work()
    await press(office, "看进度", "已送出 1 · 失败 0 · 等待 0")


async def test_a_sample_comes_exactly_as_readers_get_it_in_each_language(town: Town) -> None:
    english = await readers_phone(town, "Ann", language_code="en")
    office = await officers_phone(town)
    await tap(office, "写通知", "要通知什么？")
    office.send_file(PICTURE, kind="photo", caption=WORDS)
    await office.until("已有一张图")
    await press(office, "用这张", "要加别的语言吗？")
    await press(office, "English", "请用English写同样的内容。")
    await say(office, "Free blood pressure checks.", "要加别的语言吗？")
    await press(office, "就这样", "发给哪些村？")
    await press(office, "选好了", "发给谁看？")
    await press(office, "所有人", "🖼 配图")
    office.press("发给我自己")
    chinese = await office.until(lambda bubble: bubble.text == f"📢 青溪镇\n\n{WORDS}")
    assert chinese.labels == ["🔕 不再接收通知"]
    assert chinese.content["photo"]
    await office.until("Free blood pressure checks.")
    await town.settle()
    await press(office, "立即发", "现在发给 1 人")
    await press(office, "确定发", "正在发送")
    got = await english.until("Free blood pressure checks.")
    assert got.content["photo"]
    assert got.labels == ["🔕 No more notices"]


async def test_villages_and_language_are_chosen_with_the_reach_beside(town: Town) -> None:
    willow = await readers_phone(town)
    stone = await readers_phone(town, "李娜", village_code=STONE_BRIDGE)
    office = await officers_phone(town)
    await tap(office, "写通知", "要通知什么？")
    await say(office, WORDS, "要配一张图吗？")
    await say(office, "不要", "要加别的语言吗？")
    await say(office, "就这样", "可达 2")
    await press(office, "全选", "可达 0")
    none = await press(office, "选好了", "请至少选一个村。")
    assert "⬜ 石桥村" in none.labels
    await press(office, "石桥村", "可达 1")
    await press(office, "选好了", "发给谁看？")
    await press(office, "只给看中文的人", "🏘 村：石桥村")
    await press(office, "立即发", "现在发给 1 人")
    await press(office, "确定发", "正在发送")
    await stone.until(WORDS)
    await town.settle()
    assert WORDS not in willow.transcript()


async def test_what_is_changed_at_the_last_look_leads_back_to_it(town: Town) -> None:
    await readers_phone(town)
    office = await officers_phone(town)
    await write(office)
    await press(office, "改文字", "请写新的文字。")
    await say(office, "周日上午测血压。", "周日上午测血压。")
    await press(office, "改图片", "要配一张图吗？")
    office.send_file(PICTURE, kind="photo")
    await office.until("🖼 配图")
    await press(office, "改语言", "要加别的语言吗？")
    await press(office, "English", "请用English写同样的内容。")
    await say(office, "On Sunday.", "要加别的语言吗？")
    await press(office, "就这样", "🌐 语言：中文、English")
    await press(office, "改村", "发给哪些村？")
    await press(office, "柳树村", "可达 0")
    await press(office, "选好了", "🏘 村：石桥村")
    await press(office, "改发给谁", "发给谁看？")
    await press(office, "只给看English的人", "👥 只给看English的人")
    await press(office, "立即发", "现在发给 0 人")
    await press(office, "确定发", "那里还没有人能收到")


async def test_a_draft_left_behind_is_offered_again(town: Town) -> None:
    office = await officers_phone(town)
    await tap(office, "写通知", "要通知什么？")
    await say(office, WORDS, "要配一张图吗？")
    await press(office, "取消", "已取消")
    await tap(office, "写通知", "您有一条没写完的通知：")
    await press(office, "接着写", "大家会看到：")
    await tap(office, "写通知", "您有一条没写完的通知：")
    await press(office, "重新写", "要通知什么？")


async def test_words_too_long_and_files_of_no_use_are_answered_kindly(town: Town) -> None:
    office = await officers_phone(town)
    await tap(office, "写通知", "要通知什么？")
    await say(office, "好" * 4050, "最多4000个字，现在有4050个。")
    office.send_file(b"%PDF", name="notice.pdf")
    await office.until("请写文字，或发一张图片。")
    await say(office, "好" * 1500, "要配一张图吗？")
    office.send_file(PICTURE, kind="photo")
    await office.until("配图时最多928个字，现在有1500个。")
    await press(office, "不配图", "要加别的语言吗？")


async def test_a_picture_without_words_is_kept_and_the_words_asked_for(town: Town) -> None:
    office = await officers_phone(town)
    await tap(office, "写通知", "要通知什么？")
    office.send_file(PICTURE, kind="photo")
    await office.until("图片收到了，现在请写文字。")
    await say(office, WORDS, "已有一张图")
    await press(office, "不配图", "要加别的语言吗？")


async def test_a_broadcast_for_later_goes_at_its_moment(town: Town) -> None:
    reader = await readers_phone(town)
    office = await officers_phone(town)
    await write(office)
    await press(office, "定时发", "哪天发？")
    await press(office, "今天", "几点发？")
    await press(office, "8:30", "这个时间过了")
    await say(office, "晚上9点半", "晚上9点到早上8点不发")
    await press(office, "换个时间", "哪天发？")
    await say(office, "明天", "几点发？")
    await press(office, "10:00", "11月24日10:00发给 1 人")
    await press(office, "确定发", "✅ 已安排，")
    await town.pass_time(hours=24.5)
    assert WORDS not in reader.transcript()
    await town.pass_time(hours=1)
    assert WORDS in reader.transcript()


async def test_september_the_25th_is_advised_against(town: Town) -> None:
    await readers_phone(town)
    town.clock.move(town.now.replace(month=9, day=24) - town.now)
    office = await officers_phone(town)
    await write(office)
    await press(office, "定时发", "哪天发？")
    await say(office, "明天", "几点发？")
    await press(office, "9:00", "9月25日不宜群发")


async def test_above_200_readers_another_officer_confirms(town: Town) -> None:
    await a_crowd(201, first_chat=CROWD)
    for number in range(201):
        town.sandbox.world.people.open(user_id=CROWD + number).started = True
    colleague = await officers_phone(town, "周芳")
    office = await officers_phone(town)
    await write(office)
    await press(office, "立即发", "超过200人，要另一位镇干部确认。")
    await press(office, "请人确认", "已请另一位镇干部确认")
    await press(office, "看进度", "🕐 等另一位确认")
    assert "✅ 确认发送" not in office.screen.labels
    await colleague.until("有一条通知等您确认")
    shown = await press(colleague, "查看", WORDS)
    assert "可达 201" in shown.text
    await press(colleague, "确认发送", "📤 正在发")
    await town.settle()
    await town.work()
    await press(colleague, "刷新", "已送出 201 · 失败 0 · 等待 0")
    copies = [person.letters for person in town.sandbox.world.people.by_id.values()]
    assert sum(WORDS in str(letters) for letters in copies) >= 201


async def test_what_a_colleague_gives_back_can_be_written_on(town: Town) -> None:
    await a_crowd(201, first_chat=CROWD)
    colleague = await officers_phone(town, "周芳")
    office = await officers_phone(town)
    await write(office)
    await press(office, "立即发", "超过200人")
    await press(office, "请人确认", "已请另一位镇干部确认")
    await colleague.until("有一条通知等您确认")
    await press(colleague, "查看", "等另一位确认")
    await press(colleague, "退回", "还没有发过通知")
    await office.until("您的通知有新进展")
    await press(office, "查看", "没写完")
    await press(office, "接着写", "大家会看到：")


async def test_alone_in_the_office_it_waits_and_says_so(town: Town) -> None:
    await a_crowd(201, first_chat=CROWD)
    office = await officers_phone(town)
    await write(office)
    await press(office, "立即发", "超过200人")
    await press(office, "请人确认", "等镇里有第二位干部来确认")


async def test_nobody_else_comes_to_write(town: Town) -> None:
    reader = await readers_phone(town)
    await say(reader, "/broadcast", "您没有权限查看或修改。")
    assert "📢 写通知" not in str(reader.keyboard)


async def test_the_same_in_english(town: Town) -> None:
    reader = await readers_phone(town, "Ann", language_code="en")
    office = await officers_phone(town, "Sun Li", language_code="en")
    await tap(office, "Write a notice", "What is the news?")
    await say(office, WORDS, "A picture to go with it?")
    await press(office, "Without a picture", "Another language too?")
    await press(office, "That is all", "For which villages?")
    await press(office, "Done", "Who shall read it?")
    await press(office, "Everybody", "This is what they will read:")
    sure = await press(office, "Send now", "To 1 person, from now on; it takes about 1 minute.")
    assert "another officer" not in sure.text
    await press(office, "Send it", "It is being sent now.")
    got = await reader.until(WORDS)
    assert got.labels == ["🔕 No more notices"]
