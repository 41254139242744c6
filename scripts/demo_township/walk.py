"""People of the fictional township in conversation: for the eye, and for `demo --check`."""

from datetime import timedelta

from backend.domain.access import Role
from scripts.demo_township.town import TOWNSHIP_CODE, VILLAGE_CODE, Demo
from scripts.demo_township.walker import FlowBroken, Walker, resident, staff

_HOUR = timedelta(hours=1)
_DAY = timedelta(days=1)
_NEWS = "下周三镇卫生院免费两癌检查，请带身份证。"


async def first_morning(township: Demo) -> None:
    """Three phones in one village's morning, each already in conversation."""
    xiuying = await resident(township, "王秀英")
    zhao = await staff(township, "赵明", Role.CADRE, VILLAGE_CODE)
    sun = await staff(township, "孙丽", Role.OFFICER, TOWNSHIP_CODE)
    await _come_in(xiuying)
    await _tell_pregnancy(xiuying)
    for walker in (zhao, sun):
        await walker.start()
        await walker.press("同意并开始")
    await xiuying.tap("找村干部")
    await xiuying.press("没车")
    await _write_news(sun)
    await township.clock.advance(_HOUR)
    await zhao.tap("今天的任务")


async def walk_everything(township: Demo) -> int:
    """Walk the main flows of a resident, a cadre and an officer; return the number of steps.

    Raises FlowBroken where a step does not go as it should.
    """
    zhao = await staff(township, "赵明", Role.CADRE, VILLAGE_CODE)
    await zhao.start()
    await zhao.press("同意并开始")
    xiuying = await _day_of_xiuying(township)
    walkers = [zhao, xiuying, await _loss_of_lina(township), await _registers_herself(township)]
    await _day_of_zhao(zhao)
    walkers.append(await _day_of_sun(township))
    xiuying.sees(_NEWS)
    return sum(walker.steps for walker in walkers)


async def _come_in(walker: Walker) -> None:
    """Accept the invite; three health topics agreed to, one refused."""
    await walker.start()
    walker.sees("镇西镇")
    await walker.press("先看看隐私", "返回", "同意并开始")
    for topic in ("备孕叶酸", "孕期和产后", "免费检查"):
        await walker.press(topic, "好，提醒我")
    await walker.press("两癌筛查", "不用了", "选好了")
    walker.sees("登记好了")


async def _tell_pregnancy(walker: Walker) -> None:
    """Tell of a pregnancy in its eighth week, by the last period."""
    lmp = walker.township.clock.today() - timedelta(days=53)
    await walker.tap("我的安排")
    await walker.press("孕育情况", "🤰 怀孕了")
    await walker.say(f"{lmp.month}月{lmp.day}日")
    await walker.press("对")
    walker.sees("预产期")


async def _day_of_xiuying(township: Demo) -> Walker:
    """A resident: in, a pregnancy, reminders, settings, her data, a move, a complaint, stop."""
    walker = await resident(township, "王秀英")
    await _come_in(walker)
    await _tell_pregnancy(walker)
    await _answers_folic_acid(walker)
    await _answers_check_up(walker)
    await _changes_settings(walker)
    await _takes_her_data(walker)
    await _reports_a_move(walker)
    await _complains(walker)
    await walker.tap("找村干部")
    await walker.press("请给我打电话")
    await walker.say("今天天气不错")
    walker.sees("没看懂")
    await walker.say("退订")
    await walker.press("停止")
    walker.sees("不再打扰")
    await walker.say("/start")
    walker.sees("欢迎回来")
    return walker


async def _answers_folic_acid(walker: Walker) -> None:
    """Later, then taken; the next day not today."""
    await walker.wait(_HOUR)
    walker.sees("您有一条新提醒")
    await walker.tap("我的安排")
    await walker.press("①", "晚点", "1小时后")
    await walker.wait(_HOUR)
    await walker.press("查看", "吃了", "看本月")
    walker.sees("已吃 1 天")
    await walker.wait(_DAY)
    await walker.press("查看", "今天不吃", "不舒服")
    walker.sees("问问医生")


async def _answers_check_up(walker: Walker) -> None:
    """Why it is due, into the calendar, booked, help needed, done."""
    await walker.tap("我的安排")
    await walker.press("第一次产检")
    walker.sees("末次月经")
    await walker.press("加入日历", "返回", "已约好")
    await walker.say("后天")
    walker.sees("记下了")
    await walker.wait(_DAY)
    await walker.tap("我的安排")
    await walker.press("第一次产检", "需要帮忙", "没车")
    walker.sees("会联系您")
    await walker.tap("我的安排")
    await walker.press("第一次产检", "已做完", "今天")


async def _changes_settings(walker: Walker) -> None:
    """Another language and back."""
    await walker.tap("设置")
    await walker.press("语言", "English")
    walker.sees("The language is changed")
    await walker.tap("My schedule")
    walker.sees("My schedule")
    await walker.tap("Settings")
    await walker.press("Language", "中文")


async def _takes_her_data(walker: Walker) -> None:
    """What is kept, as a file; deletion asked for and taken back."""
    await walker.tap("设置")
    await walker.press("隐私", "带走一份", "方便看的")
    await walker.tap("设置")
    await walker.press("隐私", "全部删除", "不删了")


async def _reports_a_move(walker: Walker) -> None:
    """Away from here, the plan handed over with a consent of its own; followed and taken back."""
    await walker.tap("我要搬家")
    await walker.press("搬走")
    await walker.say("西安市雁塔区")
    await walker.press("今天", "半年以上", "选好了", "同意交接")
    walker.sees("M-0001")
    await walker.press("查看进度", "撤回")


async def _complains(walker: Walker) -> None:
    """Anonymous, in words; sealed as they come, and a receipt at the end."""
    await walker.tap("投诉建议")
    await walker.press("投诉", "免费的却收了钱", "匿名", "卫生院")
    await walker.say("检查说是免费的，还是收了我二十元。")
    walker.sees("已收到：1 段文字")
    await walker.press("写完了", "交给窗口")
    walker.sees("回执")


async def _loss_of_lina(township: Demo) -> Walker:
    """A pregnancy that ended: one quiet step, and nothing comes after it."""
    walker = await resident(township, "李娜")
    await _come_in(walker)
    await _tell_pregnancy(walker)
    await walker.tap("我的安排")
    await walker.press("孕育情况", "情况有变化", "停止孕期提醒")
    before = len(walker.phone.messages)
    await walker.wait(3 * _DAY)
    if len(walker.phone.messages) != before:
        raise FlowBroken(f"something came after a loss:\n{walker.phone.transcript()}")
    return walker


async def _registers_herself(township: Demo) -> Walker:
    """Someone without an invite, in English: consent, village, name, phone, topics, number."""
    phone = township.sandbox.open_phone(
        first_name="Mary", language_code="en", phone="+8613800138099", label="resident"
    )
    walker = Walker(township, phone)
    await walker.start()
    await walker.press("Agree and register", "柳沟村")
    await walker.say("Mary Chen")
    await walker.share_contact()
    await walker.say("1995")
    await walker.press("Folic acid", "Yes, remind me", "Done", "Right, register")
    walker.sees("R-")
    return walker


async def _day_of_zhao(walker: Walker) -> None:
    """A cadre: tasks, a number opened, one done and taken back, a registration, a search."""
    await walker.tap("今天的任务")
    await walker.press("①", "显示号码", "已办", "撤销")
    await walker.tap("登记确认")
    await walker.press("R-0001", "确认")
    await walker.tap("找人")
    await walker.say("wxy")
    walker.sees("是哪一位")


async def _day_of_sun(township: Demo) -> Walker:
    """An officer: a notice written, looked at, sent and followed; a cadre invited."""
    walker = await staff(township, "孙丽", Role.OFFICER, TOWNSHIP_CODE)
    await walker.start()
    await walker.press("同意并开始")
    await _write_news(walker)
    await walker.press("发给我自己", "立即发", "确定发")
    await walker.wait(_DAY)
    await walker.tap("通知进度")
    await walker.tap("邀请村干部")
    await walker.press("石桥村")
    await walker.say("钱芳")
    walker.sees("钱芳")
    return walker


async def _write_news(walker: Walker) -> None:
    """Write a notice to everybody, up to the last look."""
    await walker.tap("写通知")
    await walker.say(_NEWS)
    await walker.press("不配图", "就这样", "选好了", "所有人")
    walker.sees("可达")
