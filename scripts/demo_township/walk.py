"""People of the fictional township in conversation: for the eye, and for `demo --check`."""

from collections.abc import Callable
from datetime import timedelta

from backend.actions import invites
from backend.domain.access import Role
from backend.store.models import Person
from bot.sandbox.acts import Impossible
from bot.sandbox.bubble import Bubble
from bot.sandbox.phone import Phone
from scripts.demo_township.town import Demo

_HOUR = timedelta(hours=1)
_DAY = timedelta(days=1)


class FlowBroken(Exception):
    """A step of the walk did not go as it should; the text is the whole chat."""


class Walker:
    """One person with a phone, and how many steps she has taken."""

    def __init__(self, township: Demo, phone: Phone) -> None:
        self.township = township
        self.phone = phone
        self.steps = 0

    async def start(self, token: str = "") -> Bubble:
        """Press Start."""
        self.phone.start(token or None)
        return await self._answered()

    async def press(self, label: str) -> Bubble:
        """Press a button under a message."""
        self._acts(self.phone.press, label)
        return await self._answered()

    async def tap(self, label: str) -> Bubble:
        """Tap a key below the chat."""
        self._acts(self.phone.tap, label)
        return await self._answered()

    async def say(self, text: str) -> Bubble:
        """Type something."""
        self.phone.say(text)
        return await self._answered()

    async def share_contact(self) -> Bubble:
        """Share the own number."""
        self.phone.share_contact()
        return await self._answered()

    async def wait(self, delta: timedelta) -> Bubble:
        """Let time pass."""
        await self.township.clock.advance(delta)
        return await self._answered()

    def sees(self, words: str) -> None:
        """Hold the chat to showing these words; raise FlowBroken otherwise."""
        if not any(words in bubble.text for bubble in self.phone.messages if bubble.from_bot):
            raise FlowBroken(f"{words!r} is not in the chat:\n{self.phone.transcript()}")

    @staticmethod
    def _acts(act: Callable[[str], object], label: str) -> None:
        try:
            act(label)
        except Impossible as error:
            raise FlowBroken(str(error)) from error

    async def _answered(self) -> Bubble:
        self.steps += 1
        await self.township.settled()
        return self.phone.screen


async def first_morning(township: Demo) -> None:
    """Bring Xiuying into conversation, and leave Li Na's phone with an invite to open."""
    xiuying = await _resident(township, "王秀英")
    await _come_in(xiuying)
    await _tell_pregnancy(xiuying)
    await township.clock.advance(_HOUR)
    await _resident(township, "李娜")


async def walk_everything(township: Demo) -> int:
    """Walk the main flows of residents; return the number of steps, raise where one breaks."""
    xiuying = await _day_of_xiuying(township)
    lina = await _loss_of_lina(township)
    newcomer = await _registers_herself(township)
    return xiuying.steps + lina.steps + newcomer.steps


async def _resident(township: Demo, name: str) -> Walker:
    """Give a person of the roster a phone with her invite."""
    person = next(row for row in await Person.all() if row.name == name)
    token = await invites.create(
        Role.RESIDENT, person.village_code, person_id=person.id, now=township.clock.local()
    )
    phone = township.sandbox.open_phone(
        first_name=name, language_code="zh-hans", label="居民", start_payload=token
    )
    return Walker(township, phone)


async def _come_in(walker: Walker) -> None:
    """Accept the invite; two health topics agreed to, one refused."""
    await walker.start()
    walker.sees("镇西镇")
    await walker.press("先看看隐私")
    await walker.press("返回")
    await walker.press("同意并开始")
    for topic in ("备孕叶酸", "孕期和产后", "免费检查"):
        await walker.press(topic)
        await walker.press("好，提醒我")
    await walker.press("两癌筛查")
    await walker.press("不用了")
    await walker.press("选好了")
    walker.sees("登记好了")


async def _tell_pregnancy(walker: Walker) -> None:
    """Tell of a pregnancy in its eighth week, by the last period."""
    lmp = walker.township.clock.today() - timedelta(days=53)
    await walker.tap("我的安排")
    await walker.press("孕育情况")
    await walker.press("🤰 怀孕了")
    await walker.say(f"{lmp.month}月{lmp.day}日")
    await walker.press("对")
    walker.sees("预产期")


async def _day_of_xiuying(township: Demo) -> Walker:
    """A resident's day: in, a pregnancy, reminders and answers, settings, her data, stop, back."""
    walker = await _resident(township, "王秀英")
    await _come_in(walker)
    await _tell_pregnancy(walker)
    await _answers_folic_acid(walker)
    await _answers_check_up(walker)
    await _changes_settings(walker)
    await _takes_her_data(walker)
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
    await walker.press("①")
    await walker.press("晚点")
    await walker.press("1小时后")
    await walker.wait(_HOUR)
    await walker.press("查看")
    await walker.press("吃了")
    await walker.press("看本月")
    walker.sees("已吃 1 天")
    await walker.wait(_DAY)
    await walker.press("查看")
    await walker.press("今天不吃")
    await walker.press("不舒服")
    walker.sees("问问医生")


async def _answers_check_up(walker: Walker) -> None:
    """Why it is due, into the calendar, booked, help needed, done."""
    await walker.tap("我的安排")
    await walker.press("第一次产检")
    walker.sees("末次月经")
    await walker.press("加入日历")
    await walker.press("返回")
    await walker.press("已约好")
    await walker.say("后天")
    walker.sees("记下了")
    await walker.wait(_DAY)
    await walker.tap("我的安排")
    await walker.press("第一次产检")
    await walker.press("需要帮忙")
    await walker.press("没车")
    walker.sees("村干部会联系您")
    await walker.tap("我的安排")
    await walker.press("第一次产检")
    await walker.press("已做完")
    await walker.press("今天")


async def _changes_settings(walker: Walker) -> None:
    """Another language and back."""
    await walker.tap("设置")
    await walker.press("语言")
    await walker.press("English")
    walker.sees("The language is changed")
    await walker.tap("My schedule")
    walker.sees("My schedule")
    await walker.tap("Settings")
    await walker.press("Language")
    await walker.press("中文")


async def _takes_her_data(walker: Walker) -> None:
    """What is kept, as a file; deletion asked for and taken back."""
    await walker.tap("设置")
    await walker.press("隐私")
    await walker.press("带走一份")
    await walker.press("方便看的")
    await walker.tap("设置")
    await walker.press("隐私")
    await walker.press("全部删除")
    await walker.press("不删了")


async def _loss_of_lina(township: Demo) -> Walker:
    """A pregnancy that ended: one quiet step, and nothing comes after it."""
    walker = await _resident(township, "李娜")
    await _come_in(walker)
    await _tell_pregnancy(walker)
    await walker.tap("我的安排")
    await walker.press("孕育情况")
    await walker.press("情况有变化")
    await walker.press("停止孕期提醒")
    before = len(walker.phone.messages)
    await walker.wait(3 * _DAY)
    if len(walker.phone.messages) != before:
        raise FlowBroken(f"something came after a loss:\n{walker.phone.transcript()}")
    return walker


async def _registers_herself(township: Demo) -> Walker:
    """Someone without an invite, in English: consent, village, name, phone, topics, number."""
    phone = township.sandbox.open_phone(
        first_name="Mary", language_code="en", phone="+8613800138099", label="Resident"
    )
    walker = Walker(township, phone)
    await walker.start()
    await walker.press("Agree and register")
    await walker.press("石桥村")
    await walker.say("Mary Chen")
    await walker.share_contact()
    await walker.say("1995")
    await walker.press("Folic acid")
    await walker.press("Yes, remind me")
    await walker.press("Done")
    await walker.press("Right, register")
    walker.sees("R-")
    return walker
