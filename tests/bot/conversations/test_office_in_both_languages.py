"""An officer's work in both languages: notices written, planned, held, stopped, sent again."""

import pytest

from backend.store.models import Broadcast, Household, Send
from bot.sandbox.faults import Fault
from bot.sandbox.phone import Phone
from tests.bot.conftest import Town
from tests.bot.conversations.cadres import his_phone
from tests.bot.conversations.office import officers_phone, readers_phone
from tests.bot.conversations.tongues import Tongue, puzzle, stray
from tests.bot.talk import press, say, tap
from tests.builders import WILLOW

WORDS = "6.1 8:00"
WRITE = "What is the news? Write it, or send a picture with the words under it."
LANGUAGES = "Another language too? Who has none of these reads the Chinese."
VILLAGES = "For which villages? Press one to choose it or not."
SURE = (
    "To {n} person, from {moment} on; it takes {duration}.",
    "To {n} people, from {moment} on; it takes {duration}.",
)
LAST_LOOK = "This is what they will read:"


async def write(office: Phone, w: Tongue) -> None:
    """Write a notice to everybody, up to the last look at it."""
    await tap(office, w("📢 Write a notice"), w(WRITE))
    await say(office, WORDS, w("A picture to go with it? Please send it."))
    await press(office, w("Without a picture"), w(LANGUAGES))
    await press(office, w("✔ That is all"), w(VILLAGES))
    await press(office, w("✔ Done"), w("Who shall read it?"))
    await press(office, w("👥 Everybody"), w(LAST_LOOK))


async def plan_for_tomorrow(office: Phone, w: Tongue, hour: str) -> None:
    """Let the notice go tomorrow at this hour."""
    await press(office, w("🕐 Send later"), w("On which day shall it go?"))
    await press(office, w("Tomorrow"), w("At what time? Press one, or write it."))
    await say(office, hour, w.run(*SURE))
    await press(office, w("✅ Send it"), w("✅ Planned. It goes {moment}."))


async def to_progress(office: Phone, w: Tongue, expected: str) -> None:
    """Open the newest notice from the menu."""
    await tap(office, w("📊 Notices so far"), w("📊 Notices. Press one to look at it."))
    await press(office, WORDS, expected)


def counts(w: Tongue, sent: int, failed: int, waiting: int) -> str:
    """How a notice's progress is told."""
    parts = (w("Sent {n}", n=sent), w("failed {n}", n=failed), w("waiting {n}", n=waiting))
    return " · ".join(parts)


async def test_every_question_for_a_notice_is_asked_again_when_not_understood(
    town: Town, w: Tongue
) -> None:
    await readers_phone(town, language_code=w.code)
    office = await officers_phone(town, language_code=w.code)
    await tap(office, w("📢 Write a notice"), w(WRITE))
    office.send_file(b"OggS", kind="voice", name="voice.ogg")
    await office.until(w("Please write the words, or send a picture."))
    await say(office, WORDS, w("A picture to go with it? Please send it."))
    await puzzle(office, w)
    await press(office, w("Without a picture"), w(LANGUAGES))
    await puzzle(office, w)
    await press(office, "English", w("Please write the same in {language}.", language="English"))
    await say(office, "Words", w(LANGUAGES))
    await press(office, w("✔ That is all"), w(VILLAGES))
    await puzzle(office, w)
    await press(office, w("✔ Done"), w("Who shall read it?"))
    await puzzle(office, w)
    await press(office, w("👥 Everybody"), w(LAST_LOOK))
    await puzzle(office, w)
    await press(office, w("🕐 Send later"), w("On which day shall it go?"))
    await puzzle(office, w)
    await press(office, w("Tomorrow"), w("At what time? Press one, or write it."))
    await puzzle(office, w)
    await say(office, "9:30", w.run(*SURE))
    await puzzle(office, w)
    await press(office, w("✅ Send it"), w("✅ Planned. It goes {moment}."))
    await stray(office, w)
    assert (await Broadcast.get()).state == "queued"


async def test_a_notice_is_paused_taken_up_and_stopped(town: Town, w: Tongue) -> None:
    await readers_phone(town, language_code=w.code)
    office = await officers_phone(town, language_code=w.code)
    await write(office, w)
    await plan_for_tomorrow(office, w, "22:00")
    sending = "📤 " + w("Being sent")
    await town.pass_time(hours=38)
    await to_progress(office, w, sending)
    await puzzle(office, w)
    await press(office, w("⏸ Pause"), "⏸ " + w("Paused"))
    await press(office, w("▶ Go on"), sending)
    await press(office, w("⏹ Stop"), w("Stop it for good? {n} would then get nothing.", n=1))
    await puzzle(office, w)
    await press(office, w("Go on sending"), sending)
    await press(office, w("⏹ Stop"), w("Stop it for good? {n} would then get nothing.", n=1))
    await press(office, w("⏹ Yes, stop it"), "⏹ " + w("Stopped"))
    assert (await Broadcast.get()).state == "stopped"


async def test_what_failed_is_sent_again_and_names_are_opened(town: Town, w: Tongue) -> None:
    reader = await readers_phone(town, language_code=w.code)
    office = await officers_phone(town, language_code=w.code)
    town.sandbox.faults.add(
        Fault(
            method="sendMessage",
            chat_id=reader.id,
            status=400,
            description="Bad Request: PEER_ID_INVALID",
        )
    )
    await write(office, w)
    await press(office, w("📤 Send now"), w.run(*SURE))
    await press(office, w("✅ Send it"), w("✅ It is being sent now."))
    await town.settle()
    await town.work()
    await office.until(w("📢 There is news of your notice."))
    await press(office, w("👀 Have a look"), counts(w, 0, 1, 0))
    office.press(w("🔁 Send failed again"))
    await reader.until(WORDS)
    assert office.toast == w.count("{n} is sent again.", "{n} are sent again.", 1)
    await town.work()
    await to_progress(office, w, counts(w, 1, 0, 0))
    await press(office, w("📋 Names"), "王**")
    await puzzle(office, w)
    await press(office, w("👁 Show the names"), "王秀英")
    await press(office, w("❌ Failed"), w("Nobody."))


async def test_a_planned_notice_is_taken_back_and_one_for_nobody_refused(
    town: Town, w: Tongue
) -> None:
    reader = await readers_phone(town, language_code=w.code)
    office = await officers_phone(town, language_code=w.code)
    none = w("No notice has been sent yet. Press “Write a notice” to begin.")
    await tap(office, w("📊 Notices so far"), none)
    await write(office, w)
    await plan_for_tomorrow(office, w, "10:00")
    await press(office, w("📊 How far it got"), "📅 " + w("Planned"))
    await press(office, w("↩️ Back to writing"), w(LAST_LOOK))
    await tap(reader, w("⚙️ Settings"), w("⚙️ Settings"))
    kinds = w("Which reminders would you like? Press one to turn it on or off.")
    await press(reader, w("🔔 Kinds of reminder"), kinds)
    reader.press(w("Township notices"))
    await reader.until(lambda bubble: "▫️ " + w("Township notices") in bubble.labels)
    await press(office, w("📤 Send now"), w.run(*SURE, 0))
    await press(
        office, w("✅ Send it"), w("Nobody can be reached there yet. Choose more villages.")
    )
    assert not await Send.filter(kind="broadcast").exists()


async def test_a_reader_says_no_to_notices_and_yes_again(town: Town, w: Tongue) -> None:
    reader = await readers_phone(town, language_code=w.code)
    office = await officers_phone(town, language_code=w.code)
    await write(office, w)
    await press(office, w("📤 Send now"), w.run(*SURE))
    await press(office, w("✅ Send it"), w("✅ It is being sent now."))
    await reader.until(WORDS)
    asked = w("Stop the township's notices? Your own reminders still come.")
    await press(reader, w("🔕 No more notices"), asked)
    await puzzle(reader, w)
    kept = w("✅ No more notices from the township. Your own reminders still come.")
    await press(reader, w("🔕 No more notices"), kept)
    await press(reader, w("🔔 Send them after all"), w("✅ The township's notices come to you."))
    await stray(reader, w)


async def test_an_invite_is_made_listed_and_taken_back(town: Town, w: Tongue) -> None:
    office = await officers_phone(town, language_code=w.code)
    await tap(office, w("🤝 Invite a cadre"), w("Invite a cadre for which village?"))
    await puzzle(office, w)
    await press(office, "柳树村", w("What is the cadre's name?"))
    await puzzle(office, w)
    made = await say(office, "赵明", "赵明")
    link = made.text.splitlines()[-1]
    await press(office, w("📋 Invites so far"), w("📋 Invites so far. Press one to take it back."))
    await puzzle(office, w)
    await press(office, "赵明", w("{who}: the link works until {on}. Take it back?"))
    await puzzle(office, w)
    await press(office, w("🚫 Take it back"), w("Taken back. The link no longer works."))
    cadre = town.phone(first_name="赵明", language_code=w.code)
    cadre.follow(link)
    await cadre.until(
        w("This invite is no longer valid. You can register yourself, or ask your cadre.")
    )


@pytest.mark.parametrize(
    "key",
    ["📢 Write a notice", "📊 Notices so far", "🤝 Invite a cadre", "🏘 Give households"],
    ids=["write", "far", "invite", "give"],
)
async def test_the_offices_keys_are_refused_to_others(town: Town, w: Tongue, key: str) -> None:
    reader = await readers_phone(town, language_code=w.code)
    await say(reader, w(key), w("You cannot see or change this."))


async def test_households_are_given_to_a_cadre(town: Town, w: Tongue) -> None:
    office = await officers_phone(town, language_code=w.code)
    _, cadre = await his_phone(town, language_code=w.code)
    for number in ("0001", "0002", "0012"):
        await Household.create(village_code=WILLOW, number=number)
    await tap(office, w("🏘 Give households"), w("Households of which village?"))
    await puzzle(office, w)
    await press(office, "柳树村", w("To whom shall households go?"))
    everybody = w("{who}: {households}", who=w("All cadres together"), households="3")
    assert everybody.split("3")[0] in office.screen.text
    await puzzle(office, w)
    which = w("Which households? Write their numbers, such as 1-20, 35.")
    await press(office, "赵明", which)
    await say(
        office,
        "1-2, 77",
        w("No household has this number: {numbers}. None was given.", numbers="77"),
    )
    assert not await Household.filter(cadre_id=cadre.person_id).exists(), "none, rather than some"
    given = w.count("✅ {n} household was given.", "✅ {n} households were given.", 2)
    await say(office, "1-2", given)
    await press(office, w("🏘 Give more"), w("To whom shall households go?"))
    await press(office, "赵明", which)
    given = w.count("✅ {n} household was given.", "✅ {n} households were given.", 1)
    await press(office, w("All not yet given"), given)
    assert await Household.filter(cadre_id=cadre.person_id).count() == 3
    await stray(office, w)


async def test_a_village_without_a_cadre_gives_no_households(town: Town, w: Tongue) -> None:
    office = await officers_phone(town, language_code=w.code)
    await tap(office, w("🏘 Give households"), w("Households of which village?"))
    await press(office, "石桥村", w("There is no cadre yet. Please invite one first."))
