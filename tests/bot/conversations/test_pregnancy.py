"""Telling a pregnancy: by the last period or the due date, and putting the dates right."""

from datetime import date

from backend.actions import consents, events, schedule
from backend.actions.events import Told
from backend.domain.consent import Purpose
from backend.domain.gestation import Dating, Source
from backend.store.models import LifeEvent
from bot.sandbox.phone import Phone
from tests.bot.conftest import Town
from tests.bot.conversations.people import her_phone
from tests.bot.talk import press, say


async def open_pregnancy(phone: Phone, expected: str = "末次月经是哪天开始的") -> None:
    """Go from the menu to the question for the last period."""
    await say(phone, "孕育情况", "家里有什么新消息")
    await press(phone, "怀孕了", expected)


async def due_on(town: Town, person_id: int) -> date | None:
    """The due date that counts now."""
    held = await events.current_pregnancy(person_id, now=town.now)
    return held.due_on if held else None


async def test_the_consent_is_asked_by_itself_and_a_no_keeps_nothing(town: Town) -> None:
    phone, person_id = await her_phone(town)
    await open_pregnancy(phone, expected="会记下")
    await press(phone, "不用了", "什么都没有记")
    assert await LifeEvent.all() == []
    assert Purpose.MATERNAL not in await consents.in_force_for(person_id)


async def test_the_last_period_is_picked_in_the_month_grid(town: Town) -> None:
    phone, person_id = await her_phone(town)
    await open_pregnancy(phone, expected="会记下")
    await press(phone, "同意", "第 1/2 步\n末次月经是哪天开始的？")
    await press(phone, "‹", "末次月经")
    assert phone.screen.labels[1] == "2026年10月"
    await press(phone, "‹", "末次月经")
    dates = "末次月经：2026年9月1日\n🤰 怀孕11周6天，预产期2027年6月8日。"
    await press(phone, "1", f"第 2/2 步\n{dates}\n对吗？")
    await press(phone, "对", "记下了，预产期是2027年6月8日")
    assert await due_on(town, person_id) == date(2027, 6, 8)
    rules = {view.due.rule for view in await schedule.my_schedule(person_id, now=town.now)}
    assert "m1" in rules


async def test_the_last_period_is_typed(town: Town) -> None:
    phone, person_id = await her_phone(town, Purpose.MATERNAL)
    await open_pregnancy(phone)
    await say(phone, "大概九月初吧", "请点一个日子，或者像这样写：2026年11月23日。")
    await say(phone, "明年1月1日", "这一天还没到")
    await say(phone, "九月份", "是哪一天呢")
    await say(phone, "9月1号", "怀孕11周6天")
    await say(phone, "是的", "记下了，预产期是2027年6月8日")
    assert await due_on(town, person_id) == date(2027, 6, 8)


async def test_who_does_not_remember_gives_the_due_date(town: Town) -> None:
    phone, person_id = await her_phone(town, Purpose.MATERNAL)
    await open_pregnancy(phone)
    await press(phone, "不记得，填预产期", "医生说的预产期是哪天")
    await say(phone, "2027-06-01", "怀孕12周6天，预产期2027年6月1日")
    await press(phone, "改一改", "医生说的预产期是哪天")
    await say(phone, "2027-06-08", "预产期2027年6月8日")
    await press(phone, "对", "记下了")
    assert await due_on(town, person_id) == date(2027, 6, 8)
    assert (await LifeEvent.get()).edd_source == "clinician"
    assert "优先" not in phone.screen.text


async def test_a_period_told_after_a_doctors_date_is_kept_and_says_why_the_date_stays(
    town: Town,
) -> None:
    phone, person_id = await her_phone(town, Purpose.MATERNAL)
    dating = Dating(Source.CLINICIAN, date(2027, 7, 25))
    await events.record_pregnancy(person_id, Told(now=town.now), dating=dating)
    await say(phone, "孕育情况", "预产期2027年7月25日")
    await press(phone, "改日期", "末次月经")
    await say(phone, "2026-10-01", "预产期2027年7月8日")
    receipt = await press(phone, "对", "记下了，预产期是2027年7月25日")
    assert "医生定的预产期优先，保持不变。" in receipt.text


async def test_she_may_leave_the_date_for_later(town: Town) -> None:
    phone, _ = await her_phone(town, Purpose.MATERNAL)
    await open_pregnancy(phone)
    await press(phone, "先不填", "什么都没有记")
    assert await LifeEvent.all() == []


async def test_a_very_long_pregnancy_is_asked_about_before_it_is_kept(town: Town) -> None:
    phone, person_id = await her_phone(town, Purpose.MATERNAL)
    await open_pregnancy(phone)
    await say(phone, "2026-01-10", "43周")
    await press(phone, "改一改", "末次月经是哪天开始的")
    assert await due_on(town, person_id) is None


async def test_corrected_dates_replace_the_old_ones(town: Town) -> None:
    phone, person_id = await her_phone(town, Purpose.MATERNAL)
    await open_pregnancy(phone)
    await say(phone, "2026-09-01", "预产期2027年6月8日")
    await press(phone, "对", "记下了")
    await say(phone, "孕育情况", "怀孕11周6天")
    await press(phone, "改日期", "末次月经是哪天开始的")
    await say(phone, "2026-09-08", "怀孕10周6天")
    await press(phone, "对", "记下了，预产期是2027年6月15日")
    assert await due_on(town, person_id) == date(2027, 6, 15)
    assert await LifeEvent.all().count() == 2, "the old date stays beside the new one"


async def test_folic_acid_is_offered_with_its_own_consent_and_never_twice(town: Town) -> None:
    phone, person_id = await her_phone(town, Purpose.MATERNAL)
    await open_pregnancy(phone)
    await say(phone, "2026-10-20", "怀孕4周6天")
    await press(phone, "对", "记下了")
    await press(phone, "也提醒吃叶酸", "叶酸")
    await press(phone, "同意", "记下了，预产期是")
    assert Purpose.FOLIC_ACID in await consents.in_force_for(person_id)
    assert "🌱 也提醒吃叶酸" not in phone.screen.labels


async def test_what_was_told_by_mistake_is_taken_back(town: Town) -> None:
    phone, person_id = await her_phone(town, Purpose.MATERNAL)
    await open_pregnancy(phone)
    await say(phone, "昨天", "怀孕0周1天")
    await press(phone, "对", "记下了")
    await press(phone, "撤回", "和原来一样")
    assert await due_on(town, person_id) is None


async def test_the_same_in_english(town: Town) -> None:
    phone, person_id = await her_phone(town, Purpose.MATERNAL, language_code="en")
    await say(phone, "Family news", "What is new with you?")
    await press(phone, "Pregnant", "Step 1 of 2\nWhen did your last period begin?")
    await say(phone, "1 September", "Week 11+6. Due on 2027-06-08.\nIs that right?")
    await say(phone, "yes", "Noted. Your due date is 2027-06-08.")
    assert await due_on(town, person_id) == date(2027, 6, 8)


async def test_a_voice_message_in_the_middle_of_the_form_keeps_the_form(town: Town) -> None:
    phone, person_id = await her_phone(town, Purpose.MATERNAL)
    await open_pregnancy(phone)
    await say(phone, "昨天", "怀孕0周1天")
    phone.send_file(b"...", kind="voice", name="voice.ogg")
    asked = await phone.until("我只看得懂文字和按钮")
    assert "怀孕0周1天" in asked.text
    await press(phone, "对", "记下了")
    assert await due_on(town, person_id) is not None
