"""A complaint in both languages: handed in, looked up, added to, withdrawn, rated, refused."""

from datetime import timedelta

from backend.actions import desk
from backend.domain.complaints import Deed
from backend.domain.receipts import receipt_of
from backend.store.models import Complaint
from bot.sandbox.phone import Phone
from tests.bot.conftest import Town
from tests.bot.conversations.people import her_phone
from tests.bot.conversations.tongues import Tongue, puzzle
from tests.bot.talk import press, say
from tests.desks import a_county_desk, receipt_in

ADD = "What would you like to add? Write, send photos, or speak."
UNKNOWN = (
    "I cannot find this receipt now. Please look at the digits; after 5 tries wait 15 minutes."
)
SURE = "Take it back? All you sent is erased, and nobody asks why."


async def confide(phone: Phone, words: str, expected: str) -> None:
    """Write something that is taken out of the chat; the open screen answers in its place."""
    phone.say(words)
    await phone.until(expected)


async def complain(phone: Phone, w: Tongue) -> str:
    """Hand in a complaint about a charge, puzzling the bot on the way; return the receipt."""
    await say(phone, "/complaint", w("💬 Please read this first."))
    await say(phone, "?", w("Please press what it is first; then you can write."))
    await press(phone, w("Complaint"), w("What is it about?"))
    await say(phone, "?", w("Please press what comes nearest."))
    await press(phone, w("Paid for a free service"), w("Would you like to give your name?"))
    await puzzle(phone, w)
    await press(phone, w("🙈 No name"), w("Who is it about? Type the name or the place, or press."))
    await press(
        phone, w("⏭ Leave it out"), w("I seal each message at once and take it out of this chat.")
    )
    phone.send_file(b"%PDF", kind="document", name="x.pdf")
    await phone.until(w("I cannot take this kind of file. Please send a photo of it."))
    await confide(phone, "20 yuan", w.count("{n} text", "{n} texts", 1))
    await press(
        phone,
        w("✅ That is all"),
        w("It is sealed, so I cannot show it again. You can take it back later."),
    )
    await press(phone, w("📮 Hand it in"), w("✅ Handed in and sealed."))
    return receipt_in(phone.screen.text)


async def look_up(phone: Phone, w: Tongue, receipt: str) -> None:
    """Find it again with its receipt from the menu."""
    await say(phone, w("💬 Speak up"), w("💬 Please read this first."))
    await press(phone, w("🔎 I have a receipt"), w("Please type the 16 digits of your receipt."))
    await confide(phone, receipt, w("Handed in: {day}"))


async def test_it_is_looked_up_added_to_and_withdrawn(town: Town, w: Tongue) -> None:
    county, _, _ = await a_county_desk(now=town.now)
    phone, _id = await her_phone(town, language_code=w.code)
    receipt = await complain(phone, w)
    await look_up(phone, w, receipt)
    assert w("Received, being looked at") in phone.screen.text
    await press(phone, w("➕ Add to it"), w(ADD))
    await confide(phone, "a bill", w.count("{n} text", "{n} texts", 2))
    await press(phone, w("✅ That is all"), w.count("{n} text", "{n} texts", 2))
    await press(phone, w("↩️ Withdraw it"), w(SURE))
    await press(phone, w("No, leave it in"), w("Received, being looked at"))
    await press(phone, w("↩️ Withdraw it"), w(SURE))
    await press(phone, w("↩️ Yes, take it back"), w("Taken back; everything was erased"))
    assert await desk.list_for(county.private_key) == []
    await press(phone, w("🙈 Fold this away"), w("Folded away."))


async def test_what_does_not_arrive_whole_is_asked_for_again(town: Town, w: Tongue) -> None:
    await a_county_desk(now=town.now)
    phone, _id = await her_phone(town, language_code=w.code)
    await look_up(phone, w, await complain(phone, w))
    await press(phone, w("➕ Add to it"), w(ADD))
    phone.send_file(b"not a picture", kind="document", name="x.png")
    await phone.until(w("This did not arrive whole. Please send it once more."))


async def test_what_is_settled_can_neither_be_withdrawn_nor_rated_twice(
    town: Town, w: Tongue
) -> None:
    county, other, _ = await a_county_desk(now=town.now)
    phone, _id = await her_phone(town, language_code=w.code)
    receipt = await complain(phone, w)
    await look_up(phone, w, receipt)
    await press(phone, w("↩️ Withdraw it"), w(SURE))
    await desk.deal(receipt, county.private_key, Deed.ACCEPT, text="", now=town.now)
    await desk.deal(receipt, other.private_key, Deed.ANSWER, text="Paid back.", now=town.now)
    await desk.deal(receipt, other.private_key, Deed.CLOSE, text="", now=town.now)
    await press(
        phone, w("↩️ Yes, take it back"), w("That cannot be done any more. Here is where it stands.")
    )
    assert (await Complaint.get()).state == "closed"


async def test_the_answer_is_told_and_looked_at_once_more(town: Town, w: Tongue) -> None:
    county, _, _ = await a_county_desk(now=town.now)
    phone, _id = await her_phone(town, language_code=w.code)
    receipt = await complain(phone, w)
    await desk.deal(receipt, county.private_key, Deed.ACCEPT, text="", now=town.now)
    await desk.deal(receipt, county.private_key, Deed.ANSWER, text="No such thing.", now=town.now)
    await town.work()
    assert phone.screen.text == w("There is a new message for you.")
    await press(phone, w("👀 Have a look"), "No such thing.")
    await press(
        phone,
        w("Not satisfied, once more"),
        w("It is looked at once more. You may add what is still wrong."),
    )
    assert w("Being dealt with once more") in phone.screen.text


async def test_a_receipt_of_nobody_is_refused(town: Town, w: Tongue) -> None:
    await a_county_desk(now=town.now)
    phone, _id = await her_phone(town, language_code=w.code)
    await say(phone, w("💬 Speak up"), w("💬 Please read this first."))
    await press(phone, w("🔎 I have a receipt"), w("Please type the 16 digits of your receipt."))
    await say(phone, "1234", w("A receipt has 16 digits. Please look at each of them once more."))
    await confide(
        phone,
        receipt_of(1),
        w(UNKNOWN),
    )
    await press(phone, w("✏️ Another receipt"), w("Please type the 16 digits of your receipt."))


async def test_left_too_long_no_more_can_be_added(town: Town, w: Tongue) -> None:
    await a_county_desk(now=town.now)
    phone, _id = await her_phone(town, language_code=w.code)
    await say(phone, "/complaint", w("💬 Please read this first."))
    await press(phone, w("Suggestion"), w("Would you like to give your name?"))
    await press(
        phone, w("👤 With my name"), w("Who is it about? Type the name or the place, or press.")
    )
    await press(
        phone, w("Health centre"), w("I seal each message at once and take it out of this chat.")
    )
    await confide(phone, "A larger sign.", w.count("{n} text", "{n} texts", 1))
    town.clock.move(timedelta(days=2))
    await town.work()
    assert not await Complaint.exists()
    await confide(phone, "One more.", w("No more can be added here."))
    await press(phone, w("✖ Cancel"), w("Nothing was handed in, and all of it is erased."))


async def test_a_stranger_with_a_name_says_how_she_can_be_reached(town: Town, w: Tongue) -> None:
    await a_county_desk(now=town.now)
    phone = town.phone(language_code=w.code)
    phone.start()
    await phone.answer()
    await say(phone, "/complaint", w("💬 Please read this first."))
    await press(phone, w("Praise"), w("Would you like to give your name?"))
    who = w("Who is it about? Type the name or the place, or press.")
    await press(phone, w("👤 With my name"), who)
    how = w("Please type your name and phone number. I seal them apart.")
    await press(phone, w("Village cadre"), how)
    phone.send_file(b"OggS", kind="voice", name="voice.ogg")
    await phone.until(w("I can only read words and buttons. Please choose below."))
    await confide(
        phone,
        "Chen Mei 13900000000",
        w("I seal each message at once and take it out of this chat."),
    )
