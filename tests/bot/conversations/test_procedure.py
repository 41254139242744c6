"""Follow-ups after a procedure: opted into, kept without a reason, and ended at will."""

from datetime import date

from backend.actions import schedule
from backend.domain.consent import Purpose
from backend.store.models import LifeEvent
from bot.sandbox.phone import Phone
from tests.bot.conftest import Town
from tests.bot.conversations.people import her_phone
from tests.bot.talk import press, say


async def rules_of(town: Town, person_id: int) -> set[str]:
    """The rules of what is on her schedule."""
    return {view.due.rule for view in await schedule.my_schedule(person_id, now=town.now)}


async def open_procedure(phone: Phone, expected: str = "您想让我们随访哪一项") -> None:
    """Go from the menu to the question what it was."""
    await say(phone, "孕育情况", "家里有什么新消息")
    await press(phone, "术后随访", expected)


async def test_nothing_is_kept_without_its_own_consent(town: Town) -> None:
    phone, _ = await her_phone(town)
    await open_procedure(phone, expected="避孕服务")
    await press(phone, "不用了", "什么都没有记")
    assert await LifeEvent.all() == []


async def test_follow_ups_are_planned_and_end_when_it_is_taken_out(town: Town) -> None:
    phone, person_id = await her_phone(town)
    await open_procedure(phone, expected="避孕服务")
    await press(phone, "同意", "您想让我们随访哪一项")
    await press(phone, "宫内节育器", "是哪天做的")
    await say(phone, "11月1日", "到时候悄悄提醒您")
    assert "iud" in await rules_of(town, person_id)
    await open_procedure(phone)
    await press(phone, "已取出：宫内节育器", "是哪天取出的")
    await press(phone, "今天", "这项随访已停止")
    assert "iud" not in await rules_of(town, person_id)


async def test_care_after_an_abortion_names_nothing_and_is_forgotten_at_once(town: Town) -> None:
    phone, person_id = await her_phone(town, Purpose.CONTRACEPTION)
    await open_procedure(phone)
    await press(phone, "流产后关爱", "是哪天做的")
    await press(phone, "昨天", "记下了。到时候悄悄提醒您。")
    assert "abortion_care" in await rules_of(town, person_id)
    await open_procedure(phone)
    await press(phone, "停止：流产后关爱", "这项随访已停止")
    assert await rules_of(town, person_id) == set()
    assert await LifeEvent.filter(superseded_by=None).count() == 0


async def test_the_same_in_english(town: Town) -> None:
    phone, person_id = await her_phone(town, Purpose.CONTRACEPTION, language_code="en")
    await say(phone, "Family news", "What is new with you?")
    await press(phone, "After a procedure", "You need not explain anything.")
    await press(phone, "Implant", "When was it done?")
    await say(phone, "Nov 1", "Which implant is it?")
    await press(phone, "2 rods", "I will remind you quietly")
    event = await LifeEvent.get(person_id=person_id)
    assert (event.method, event.rods, event.on_date) == ("implant", 2, date(2026, 11, 1))
