"""Deleting everything: seven days to change one's mind, undone with one press."""

from backend.actions import accounts, mydata
from backend.store.models import Account, Person
from bot.sandbox.phone import Phone
from tests.bot.conftest import Town
from tests.bot.conversations.people import her_phone
from tests.bot.talk import press, say, start


async def ask_to_erase(phone: Phone) -> None:
    """Go through the page of one's own data to the question."""
    await say(phone, "/privacy", "您的信息，您说了算")
    await press(phone, "全部删除", "7天内可以反悔")


async def test_everything_stops_at_once_and_the_day_is_told(town: Town) -> None:
    phone, person_id = await her_phone(town)
    await ask_to_erase(phone)
    await press(phone, "全部删除", "您的全部信息将在2026年11月30日删除。")
    assert await mydata.erasure_day(person_id) is not None
    assert (await accounts.meet(phone.id, "zh_CN", now=town.now)).state == "stopped"


async def test_it_is_undone_with_one_press(town: Town) -> None:
    phone, person_id = await her_phone(town)
    await ask_to_erase(phone)
    await press(phone, "全部删除", "将在2026年11月30日删除")
    await press(phone, "保留我的信息", "信息保留了，照常提醒您。")
    assert await mydata.erasure_day(person_id) is None
    assert (await accounts.meet(phone.id, "zh_CN", now=town.now)).state == "active"


async def test_start_within_the_week_asks_what_she_wants(town: Town) -> None:
    phone, _ = await her_phone(town)
    await ask_to_erase(phone)
    await press(phone, "全部删除", "将在2026年11月30日删除")
    await start(phone, "您的全部信息将在2026年11月30日删除。")
    await press(phone, "保留我的信息", "王女士")


async def test_after_a_week_nothing_of_her_is_left(town: Town) -> None:
    phone, person_id = await her_phone(town)
    await ask_to_erase(phone)
    await press(phone, "全部删除", "将在2026年11月30日删除")
    await town.pass_time(days=8)
    row = await Person.get(id=person_id)
    assert (row.state, row.name, row.phone) == ("erased", None, None)
    assert not await Account.filter(tg_id=phone.id).exists()
    await start(phone, "您好，我是青溪镇健康服务小助手。")


async def test_she_may_think_better_of_it(town: Town) -> None:
    phone, person_id = await her_phone(town)
    await ask_to_erase(phone)
    await press(phone, "不删了", "好的，一切照旧。")
    assert await mydata.erasure_day(person_id) is None


async def test_a_copy_first(town: Town) -> None:
    phone, _ = await her_phone(town)
    await ask_to_erase(phone)
    await press(phone, "先带走一份", "要哪一种？")


async def test_erasing_in_english(town: Town) -> None:
    phone, _ = await her_phone(town, language_code="en")
    await say(phone, "/privacy", "Your data stays yours")
    await press(phone, "Delete all", "for 7 days you can change your mind")
    await press(phone, "Delete all", "Everything of yours will be deleted on 2026-11-30.")
    await press(phone, "Keep my data", "Your data is kept.")
