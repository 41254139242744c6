"""What the morning's digest says of those who could not be reached: a word, and no blame."""

from datetime import timedelta

from backend.domain.consent import Purpose
from backend.store.models import Account, Dialog, Person, Send
from bot.sandbox.faults import Fault
from bot.sandbox.phone import Phone
from tests.backend.actions.test_due_run import owed
from tests.bot.conftest import Town
from tests.bot.conversations.cadres import his_phone
from tests.bot.conversations.people import her_phone
from tests.bot.talk import press, say, tap
from tests.builders import LONG_AGO
from tests.sends import a_send


async def a_missed_reminder(town: Town) -> Phone:
    """Her phone, and a reminder that fell into an outage of the office's."""
    her, person_id = await her_phone(town, Purpose.MATERNAL)
    # Nothing of hers leads to this service: what plans anew must pass her over.
    await Person.filter(id=person_id).update(enrolled_on=None)
    await Account.filter(tg_id=her.id).update(state_at=LONG_AGO)
    await owed(await Person.get(id=person_id), town.now - timedelta(days=3))
    return her


async def failures(town: Town, her: Phone) -> None:
    """Five days of nothing but failures in her chat, the last of them yesterday."""
    await Account.filter(tg_id=her.id).update(state_at=LONG_AGO)
    await Dialog.filter(chat_id=her.id).update(updated_at=LONG_AGO)
    await Send.filter(chat_id=her.id).delete()
    for days in range(1, 6):
        at = town.now - timedelta(days=days)
        await a_send(her.id, now=at, state="failed", finished_at=at)


async def test_it_tells_of_who_missed_a_reminder_and_the_list_says_who(town: Town) -> None:
    phone, _ = await his_phone(town)
    await a_missed_reminder(town)
    await town.work()
    assert phone.screen.text == "📭 有 1 位乡亲没收到提醒，方便时请说一声。"
    shown = await press(
        phone, "今天的任务", "没收到提醒，方便时请说一声。\n王**\n今天没有要办的事。"
    )
    assert "王秀英" not in shown.text
    await town.morning()
    await tap(phone, "今天的任务", "逾期 0")
    assert "没收到" not in phone.screen.text


async def test_it_tells_of_a_stopped_chat_and_her_word_opens_it_again(town: Town) -> None:
    phone, _ = await his_phone(town)
    her, _person_id = await her_phone(town)
    await town.settle()
    await failures(town, her)
    await town.work()
    assert phone.screen.text == "📵 有 1 位乡亲暂时收不到这里的消息，路过时请问候一声。"
    await press(phone, "今天的任务", "路过时请问候一声。\n王**")
    await say(her, "你好", "没看懂")
    assert (await Account.get(tg_id=her.id)).state == "active"


async def test_the_digest_in_english(town: Town) -> None:
    phone, _ = await his_phone(town, language_code="en")
    her = await a_missed_reminder(town)
    await failures(town, her)
    await town.work()
    assert phone.screen.text.startswith(
        "📭 1 person did not get a reminder. A word from you helps.\n📵"
    )
    await press(phone, "Today's tasks", "A word from you helps.\n王**")
    assert "📵 Messages no longer get through to 1 person." in phone.screen.text


async def test_a_digest_whose_fate_was_unknown_says_that_it_may_be_a_repeat(town: Town) -> None:
    phone, _ = await his_phone(town)
    await a_missed_reminder(town)
    await town.settle()
    town.sandbox.faults.add(Fault("sendMessage", drop=True, after=True))
    await town.work()
    await town.pass_time(minutes=1)
    first, second = [bubble.text for bubble in phone.messages if "📭" in bubble.text]
    assert second == f"{first}\n（这条您可能已经收到过。）"
