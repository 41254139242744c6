"""Other news: told by herself or her cadre, each under its own consent and taken back at will."""

from datetime import date

import pytest

from backend.actions import schedule
from backend.domain.consent import Purpose
from backend.store.models import LifeEvent, Person
from bot.sandbox.phone import Phone
from tests.bot.conftest import Town
from tests.bot.conversations.cadres import his_phone, without_a_phone
from tests.bot.conversations.people import her_phone
from tests.bot.conversations.tongues import Tongue, puzzle, stray
from tests.bot.talk import press, say, tap
from tests.builders import STONE_BRIDGE, WILLOW

FAMILY = "What is new with you? Tell only what you like."
NEWS = "What would you like to tell? Each is up to you."
WHICH = "Which check was it?"
WHEN = "On which day was that?"
NOTED = "Noted. I will remind you when something is due."
CHOSEN = "What would you like to be followed up? You need not explain anything."
DUE = "Noted. Your due date is {due}. I will remind you when a check is due."
LASTS = "For how long will they last you?"
REGISTERED_AT = "Where is the household registered? Services go by where one lives."
QUIETLY = "Noted. I will remind you quietly when a follow-up is due."


async def rules_of(town: Town, person_id: int) -> set[str]:
    """The rules of what is on her schedule."""
    return {view.due.rule for view in await schedule.my_schedule(person_id, now=town.now)}


async def open_news(phone: Phone, w: Tongue) -> None:
    """Go from the menu to the list of other news."""
    await say(phone, w("🌱 Family news"), w(FAMILY))
    await press(phone, w("🗂 Other news"), w(NEWS))


async def open_chosen(phone: Phone, w: Tongue) -> None:
    """Go from the menu to the question what is to be followed up."""
    await say(phone, w("🌱 Family news"), w(FAMILY))
    await press(phone, w("🩺 After a procedure"), w(CHOSEN))


async def test_a_check_needs_its_own_consent_and_is_kept_without_a_result(
    town: Town, w: Tongue
) -> None:
    phone, person_id = await her_phone(town, language_code=w.code)
    consent = w("Kept for this: the days of screenings, never results.")
    await open_news(phone, w)
    await puzzle(phone, w)
    await press(phone, w("🩺 Had a check"), w(WHICH))
    await puzzle(phone, w)
    await press(phone, w("Free cancer screening"), consent)
    await press(phone, w("No, thanks"), w("All right. Nothing was kept."))
    assert not await LifeEvent.exists()
    await open_news(phone, w)
    await press(phone, w("🩺 Had a check"), w(WHICH))
    await press(phone, w("Free cancer screening"), consent)
    await press(phone, w("✅ Yes, I agree"), w(WHEN))
    await puzzle(phone, w)
    await press(phone, w("Yesterday"), w(NOTED))
    event = await LifeEvent.get(person_id=person_id)
    assert (event.kind, event.rule) == ("exam", "sc1")
    await press(phone, w("↩️ That was a slip"), w("Taken back. All is as it was before."))
    assert not await LifeEvent.filter(superseded_by=None).exists()


@pytest.mark.parametrize(
    ("news", "question", "rule"),
    [
        ("🪪 Residence permit", "On which day was the permit issued?", "residence"),
        ("💍 Going to marry", None, "pm1"),
    ],
)
async def test_a_permit_and_a_marriage_bring_their_reminder(
    town: Town, w: Tongue, news: str, question: str | None, rule: str
) -> None:
    phone, person_id = await her_phone(town, Purpose.CHECKUP, language_code=w.code)
    await open_news(phone, w)
    await press(phone, w(news), w(question or NOTED))
    if question:
        await press(phone, w("Today"), w(NOTED))
    assert rule in await rules_of(town, person_id)
    await stray(phone, w)


async def test_a_referral_is_followed_up(town: Town, w: Tongue) -> None:
    phone, person_id = await her_phone(town, Purpose.CHECKUP, language_code=w.code)
    await open_news(phone, w)
    await press(phone, w("🏥 Sent to a hospital"), w(WHICH))
    await press(phone, w("Free seasonal check"), w(WHEN))
    await press(phone, w("Yesterday"), w(NOTED))
    assert "s7" in await rules_of(town, person_id)
    await tap(phone, w("📅 My schedule"), w("After your referral"))


async def test_supplies_are_fetched_again_when_they_run_out_and_stopped_at_will(
    town: Town, w: Tongue
) -> None:
    phone, person_id = await her_phone(town, Purpose.CONTRACEPTION, language_code=w.code)
    await open_chosen(phone, w)
    await press(phone, w("Free pills"), w("When did you fetch them?"))
    await press(phone, w("Today"), w(LASTS))
    await puzzle(phone, w)
    await press(phone, w.count("{n} month", "{n} months", 3), w(QUIETLY))
    event = await LifeEvent.get(person_id=person_id)
    assert (event.kind, event.method, event.lasts_months) == ("supply", "pill", 3)
    assert "pill" in await rules_of(town, person_id)
    await open_chosen(phone, w)
    stop = w("🔕 Stop: {method}", method=w("Free pills"))
    await press(phone, stop, w("Noted. These follow-ups have stopped."))
    assert "pill" not in await rules_of(town, person_id)


async def test_a_man_is_asked_for_what_concerns_him(town: Town, w: Tongue) -> None:
    phone, person_id = await her_phone(
        town, Purpose.CONTRACEPTION, language_code=w.code, sex="male"
    )
    await open_chosen(phone, w)
    await press(phone, w("Vasectomy"), w("When was it done?"))
    await press(phone, w("Today"), w(QUIETLY))
    assert await rules_of(town, person_id) == {"vasectomy"}


async def test_an_embryo_transfer_gives_the_due_date(town: Town, w: Tongue) -> None:
    phone, person_id = await her_phone(town, Purpose.MATERNAL, language_code=w.code)
    await say(phone, w("🌱 Family news"), w(FAMILY))
    await press(phone, w("🤰 Pregnant"), w("When did your last period begin?"))
    await press(phone, w("Don't know. I have a due date"), w("Which due date did the doctor name?"))
    await press(phone, w("I had an embryo transfer"), w("When was the transfer?"))
    await say(phone, "2026-11-01", w("How old was the embryo?"))
    await puzzle(phone, w)
    weeks = w("🤰 Week {weeks}+{days}. Due on {due}.")
    await press(phone, w("Day {days}", days=5), weeks)
    assert "5+6" in phone.screen.text or "5周6天" in phone.screen.text
    await press(phone, w("✅ That is right"), w(DUE))
    event = await LifeEvent.get(person_id=person_id)
    assert (event.edd_source, event.edd_on) == ("art", date(2027, 7, 20))


async def test_after_a_loss_she_is_asked_again_only_if_she_wishes(town: Town, w: Tongue) -> None:
    phone, person_id = await her_phone(town, Purpose.MATERNAL, language_code=w.code)
    await say(phone, w("🌱 Family news"), w(FAMILY))
    lost = {"zh_CN": "孩子没保住", "en": "I lost the baby"}[w.locale]
    await say(phone, lost, w("You need not explain anything. What shall I do?"))
    gone = w("It has all stopped. Take good care of yourself; we are here when you need us.")
    await press(phone, w("🔕 Stop pregnancy reminders"), gone)
    assert await rules_of(town, person_id) == set()
    await press(
        phone, w("💬 Talk to someone"), w("Your village cadre can call you and is told no reason.")
    )
    await press(phone, w("🌿 Ask me in a week"), w("🌿 Noted. I will ask how you are in a week."))
    assert await rules_of(town, person_id) == {"recovery"}


async def test_a_cadre_writes_down_what_somebody_without_a_phone_tells(
    town: Town, w: Tongue
) -> None:
    phone, _ = await his_phone(town, language_code=w.code)
    zhou = await without_a_phone(topics=(Purpose.CONTRACEPTION, Purpose.CHECKUP))
    await tap(
        phone,
        w("🔍 Find a person"),
        w("🔍 Whom? Type a name, pinyin, or the last 4 digits of the phone."),
    )
    await say(phone, "周桂英", w("Who is it?"))
    await press(phone, "周**", "👤")
    await press(phone, w("📝 Write down"), w("{name}: what shall I write down?"))
    await press(phone, w("🗂 Other news"), w("What did she tell you?"))
    await puzzle(phone, w)
    await press(phone, w("🩺 Had a check"), w(WHICH))
    await puzzle(phone, w)
    await press(phone, w("Another check"), w(WHEN))
    await press(phone, w("Yesterday"), w("✅ Written down."))
    event = await LifeEvent.get(person_id=zhou.id)
    assert (event.kind, event.rule) == ("exam", None)


async def test_where_somebody_is_registered_is_written_down_by_herself_or_her_cadre(
    town: Town, w: Tongue
) -> None:
    phone, person_id = await her_phone(town, language_code=w.code)
    await say(phone, "/privacy", w("🔒 Your data stays yours"))
    await press(phone, w("✏️ Put it right"), w("What is not right?"))
    await press(phone, w("Registered at"), w(REGISTERED_AT))
    await say(phone, "石桥村", w("✅ It is put right."))
    row = await Person.get(id=person_id)
    assert (row.registered_place, row.registered_code) == ("石桥村", STONE_BRIDGE)
    assert row.village_code == WILLOW
    shown = w("Registered at: {place}", place="石桥村")
    await say(phone, "/privacy", w("🔒 Your data stays yours"))
    await press(phone, w("👀 What is kept"), shown)
    cadre, _ = await his_phone(town, language_code=w.code)
    whom = w("🔍 Whom? Type a name, pinyin, or the last 4 digits of the phone.")
    await tap(cadre, w("🔍 Find a person"), whom)
    await say(cadre, "王秀英", w("Who is it?"))
    await press(cadre, "王**", shown)


async def to_zhou(phone: Phone, w: Tongue) -> None:
    """Open what may be written down for 周桂英."""
    whom = w("🔍 Whom? Type a name, pinyin, or the last 4 digits of the phone.")
    await tap(phone, w("🔍 Find a person"), whom)
    await say(phone, "周桂英", w("Who is it?"))
    await press(phone, "周**", "👤")
    await press(phone, w("📝 Write down"), w("{name}: what shall I write down?"))


async def to_where_zhou_is_registered(phone: Phone, w: Tongue) -> None:
    """Open the question where 周桂英 is registered."""
    await to_zhou(phone, w)
    await press(phone, w("🗂 Other news"), w("What did she tell you?"))
    await press(phone, w("🏠 Registered at"), w(REGISTERED_AT))


async def test_a_cadre_writes_down_where_who_has_no_phone_is_registered(
    town: Town, w: Tongue
) -> None:
    phone, _ = await his_phone(town, language_code=w.code)
    zhou = await without_a_phone()
    await to_where_zhou_is_registered(phone, w)
    await say(phone, "石桥村", w("✅ Written down."))
    row = await Person.get(id=zhou.id)
    assert (row.registered_code, row.village_code) == (STONE_BRIDGE, WILLOW)
    await to_where_zhou_is_registered(phone, w)
    await press(phone, w("Same as where I live"), w("✅ Written down."))
    assert (await Person.get(id=zhou.id)).registered_place is None


async def test_a_cadre_writes_down_what_was_chosen_for_who_has_no_phone(
    town: Town, w: Tongue
) -> None:
    phone, actor = await his_phone(town, language_code=w.code)
    zhou = await without_a_phone(topics=(Purpose.CONTRACEPTION,))
    chosen = w("Which one does she want to be followed up? Only what she says herself.")
    for method, asked, lasts in (
        ("Free pills", "For how long will they last you?", w.count("{n} month", "{n} months", 3)),
        (
            "Implant",
            "Which implant is it? It stands on the card you were given.",
            w.count("{n} rod", "{n} rods", 2),
        ),
    ):
        await to_zhou(phone, w)
        await press(phone, w("🗂 Other news"), w("What did she tell you?"))
        await press(phone, w("💊 Method she chose"), chosen)
        await puzzle(phone, w)
        await press(phone, w(method), w(WHEN))
        await press(phone, w("Yesterday"), w(asked))
        await puzzle(phone, w)
        await press(phone, lasts, w("✅ Written down."))
    told = {event.method: event for event in await LifeEvent.filter(person_id=zhou.id)}
    assert (told["pill"].kind, told["pill"].lasts_months) == ("supply", 3)
    assert (told["implant"].kind, told["implant"].rods) == ("procedure", 2)
    assert {event.reported_by for event in told.values()} == {actor.person_id}


async def test_a_cadre_writes_down_a_pregnancy_after_a_transfer(town: Town, w: Tongue) -> None:
    phone, _ = await his_phone(town, language_code=w.code)
    zhou = await without_a_phone(topics=(Purpose.MATERNAL,))
    await to_zhou(phone, w)
    await press(phone, w("🤰 Pregnant"), w("When did her last period begin?"))
    await press(phone, w("She knows the due date"), w("When is the baby due?"))
    await press(phone, w("Embryo transfer"), w("When was the transfer?"))
    await puzzle(phone, w)
    await say(phone, "2026-10-01", w("How old was the embryo?"))
    await puzzle(phone, w)
    await press(phone, w("Day {days}", days="5"), w("✅ Written down."))
    event = await LifeEvent.get(person_id=zhou.id)
    assert (event.edd_on, event.edd_source) == (date(2027, 6, 19), "art")
