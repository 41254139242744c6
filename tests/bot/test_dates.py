"""The date picker as a step: what it shows, where it leads, and what typed words do."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from backend.actions.accounts import Visitor
from backend.actions.dialogs import Answers, DialogState
from backend.i18n import translator
from bot.buttons import Screen
from bot.dates import FORGOTTEN, date_step, days_around, forgettable
from bot.dialogs import Conversation, Dialogs, Given, Move, Pressed, Step, Typed, finish
from bot.viewer import Office, Viewer

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))


def viewer(locale: str = "zh_CN") -> Viewer:
    """Somebody who looks at a screen on Monday 2026-11-23."""
    return Viewer(1, Visitor(1, locale, "active"), translator(locale), NOW, Office("bot"))


async def ask_kept(_viewer: Viewer, answers: Answers) -> Screen:
    """Show what was chosen."""
    return Screen(answers["chosen"], is_page=True)


async def take_kept(_viewer: Viewer, _answers: Answers, _given: Given) -> Move:
    """Stay."""
    return Move()


async def keep(_viewer: Viewer, _answers: Answers, day: date | str) -> Move:
    """Keep the day, or the word for not knowing it."""
    return finish("kept", chosen=str(day))


def dialogs(before: int, after: int) -> Dialogs:
    """A conversation of one question for a day within so many days before and after today."""
    asked = date_step(
        "day",
        lambda viewer, _answers: viewer._("When was it done?"),
        reach=days_around(before, after),
        take=keep,
        extras=forgettable,
    )
    return Dialogs([Conversation("home", (asked, Step("kept", ask_kept, take_kept)))], home="home")


class Talk:
    """A chat with only that question open."""

    def __init__(self, before: int, after: int, locale: str = "zh_CN") -> None:
        self.viewer = viewer(locale)
        self.dialogs = dialogs(before, after)
        self.state = DialogState(1, "home", "day")

    async def rows(self) -> list[list[str]]:
        """The labels on the screen."""
        screen = await self.dialogs.screen(self.viewer, self.state)
        return [[button.text for button in row] for row in screen.rows]

    async def text(self) -> str:
        """The words on the screen."""
        return (await self.dialogs.screen(self.viewer, self.state)).text

    async def press(self, label: str) -> None:
        """Press the first button with that label."""
        screen = await self.dialogs.screen(self.viewer, self.state)
        value = next(b.value for row in screen.rows for b in row if b.text == label)
        self.state, _ = await self.dialogs.take(self.viewer, self.state, Pressed(value))

    async def say(self, text: str) -> None:
        """Write something."""
        self.state, _ = await self.dialogs.take(self.viewer, self.state, Typed(text))


async def test_a_month_shows_only_the_days_that_may_be_chosen() -> None:
    assert await Talk(10, 0).rows() == [
        ["·", "2026年11月", "·"],
        ["一", "二", "三", "四", "五", "六", "日"],
        ["·", "·", "·", "·", "13", "14", "15"],
        ["16", "17", "18", "19", "20", "21", "22"],
        ["[23]", "·", "·", "·", "·", "·", "·"],
        ["昨天", "今天"],
        ["不记得"],
        ["✖ 取消"],
    ]


async def test_a_booking_offers_today_and_tomorrow_and_no_day_before() -> None:
    rows = await Talk(0, 10).rows()
    assert rows[2:4] == [
        ["[23]", "24", "25", "26", "27", "28", "29"],
        ["30", "·", "·", "·", "·", "·", "·"],
    ]
    assert rows[0][2] == "›"
    assert ["今天", "明天"] in rows


async def test_arrows_turn_the_months_and_end_where_the_reach_ends() -> None:
    talk = Talk(40, 0)
    await talk.press("‹")
    assert (await talk.rows())[0] == ["·", "2026年10月", "›"]
    await talk.press("20")
    assert await talk.text() == "2026-10-20"


async def test_the_months_name_opens_the_year_for_days_far_away() -> None:
    talk = Talk(800, 0)
    await talk.press("2026年11月")
    rows = await talk.rows()
    assert rows[0] == ["‹", "2026年", "·"]
    assert rows[4] == ["2026年10月", "2026年11月", "·"]
    await talk.press("‹")
    await talk.press("2025年2月")
    await talk.press("14")
    assert await talk.text() == "2025-02-14"


async def test_quick_buttons_choose_at_once() -> None:
    talk = Talk(10, 0)
    await talk.press("昨天")
    assert await talk.text() == "2026-11-22"


async def test_not_remembering_is_an_answer() -> None:
    talk = Talk(10, 0)
    await talk.say("不记得")
    assert await talk.text() == FORGOTTEN


async def test_a_number_means_the_day_of_the_month_on_view() -> None:
    talk = Talk(40, 0)
    await talk.press("‹")
    await talk.say("20")
    assert await talk.text() == "2026-10-20"


async def test_typed_days_are_taken_and_others_answered_kindly() -> None:
    talk = Talk(10, 5)
    await talk.say("随便")
    assert (await talk.text()).startswith("请点一个日子，或者像这样写：2026年11月23日。")
    await talk.say("2026-01-01")
    assert (await talk.text()).startswith("请选2026年11月13日到2026年11月28日之间的日子。")
    await talk.say("3天前")
    assert await talk.text() == "2026-11-20"


async def test_a_day_still_to_come_is_named_as_such() -> None:
    talk = Talk(10, 0)
    await talk.say("明天")
    assert (await talk.text()).startswith("这一天还没到")


async def test_a_press_on_nothing_changes_nothing() -> None:
    talk = Talk(10, 0)
    before = await talk.rows()
    await talk.press("·")
    assert await talk.rows() == before


async def test_the_same_in_english() -> None:
    talk = Talk(40, 0, "en")
    rows = await talk.rows()
    assert rows[0] == ["‹", "2026-11", "·"]
    assert rows[1] == ["Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"]
    assert ["Yesterday", "Today"] in rows
    await talk.say("Nov 20th")
    assert await talk.text() == "2026-11-20"
