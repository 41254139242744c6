"""A cadre's work in both languages, with what is not understood at each question."""

from datetime import timedelta

from backend.actions import reminders, tasks
from backend.actions.planning import replan
from backend.domain.consent import Purpose
from backend.domain.tasks import HelpReason, TaskKind
from backend.store.models import Consent, LifeEvent, Person, ServiceRecord, Task, Visit
from bot.sandbox.phone import Phone
from tests.bot.conftest import Town
from tests.bot.conversations.cadres import his_phone, without_a_phone
from tests.bot.conversations.people import her_phone
from tests.bot.conversations.tongues import Tongue, puzzle, stray
from tests.bot.talk import press, say, tap

WHOM = "🔍 Whom? Type a name, pinyin, or the last 4 digits of the phone."
WRITE_WHAT = "{name}: what shall I write down?"
NOTED = "✅ Written down."
WITH_YOU = "She is with you? Press a line, read it to her, and press what she says."


async def write_down(phone: Phone, w: Tongue) -> None:
    """Find 周桂英 and open what may be written down about her."""
    await tap(phone, w("🔍 Find a person"), w(WHOM))
    await say(phone, "guiying", w("Who is it?"))
    await press(phone, "周**", w("No chat of her own."))
    await puzzle(phone, w)
    await press(phone, w("📝 Write down"), w(WRITE_WHAT))
    await puzzle(phone, w)


async def open_task(phone: Phone, w: Tongue) -> None:
    """Open the one task of the day from the menu."""
    await tap(phone, w("📋 Today's tasks"), "📋")
    await puzzle(phone, w)
    await press(phone, "①", "周**")


async def test_a_visit_is_noted(town: Town, w: Tongue) -> None:
    phone, _ = await his_phone(town, language_code=w.code)
    zhou = await without_a_phone()
    await tap(phone, w("🔍 Find a person"), w(WHOM))
    await say(phone, "nobody", w("Nobody in your grid fits."))
    await write_down(phone, w)
    await press(phone, w("👣 A visit or call"), w("How were you in touch today?"))
    await puzzle(phone, w)
    note = w("A short note? She may read it herself. No results here.")
    await press(phone, w("📞 By phone"), note)
    phone.send_file(b"OggS", kind="voice", name="voice.ogg")
    await phone.until(w("I can only read words and buttons. Please choose below."))
    await say(phone, "soon again", w(NOTED))
    assert (await Visit.get(person_id=zhou.id)).note == "soon again"
    await stray(phone, w)


async def test_consent_comes_first_then_a_pregnancy_and_its_quiet_end(
    town: Town, w: Tongue
) -> None:
    phone, actor = await his_phone(town, language_code=w.code)
    zhou = await without_a_phone()
    await write_down(phone, w)
    await press(phone, w("🤰 Pregnant"), w("When did her last period begin?"))
    await puzzle(phone, w)
    await say(phone, "2026-10-01", w("Please agree to take part first."))
    await press(phone, w("✍️ Her consent"), w(WITH_YOU))
    await puzzle(phone, w)
    for purpose in (w("Taking part"), w("Pregnancy and after birth")):
        await press(phone, purpose, w("Please read to her:"))
        await puzzle(phone, w)
        await press(phone, w("✅ She agrees"), w(WITH_YOU))
    assert {one.recorded_by for one in await Consent.filter(person_id=zhou.id)} == {actor.person_id}
    await press(phone, w("✔ Done"), w(NOTED))
    await press(phone, w("📝 Write down more"), w(WRITE_WHAT))
    await press(phone, w("🤰 Pregnant"), w("When did her last period begin?"))
    await press(phone, w("She knows the due date"), w("When is the baby due?"))
    await puzzle(phone, w)
    await say(phone, "2027-06-08", w(NOTED))
    assert (await LifeEvent.get(person_id=zhou.id)).edd_source == "clinician"
    await press(phone, w("📝 Write down more"), w(WRITE_WHAT))
    quiet = w(
        "No reason is needed. Stop what is about pregnancy and the baby?"
        " Her own checks after a birth stay."
    )
    await press(phone, w("Something changed"), quiet)
    await puzzle(phone, w)
    await press(phone, w("🔕 Stop these reminders"), w(NOTED))


async def test_a_birth_and_a_service_she_had_are_written_down(town: Town, w: Tongue) -> None:
    phone, actor = await his_phone(town, language_code=w.code)
    zhou = await without_a_phone(
        topics=(Purpose.SCREENING, Purpose.MATERNAL, Purpose.CHILD),
        birth_date=None,
        birth_year=1980,
    )
    await replan(zhou.id, now=town.now)
    await write_down(phone, w)
    await press(phone, w("👶 Baby is born"), w("On which day was the baby born?"))
    await puzzle(phone, w)
    await press(phone, w("Yesterday"), w(NOTED))
    assert await LifeEvent.filter(person_id=zhou.id, kind="birth").exists()
    await press(phone, w("📝 Write down more"), w(WRITE_WHAT))
    await press(phone, w("🩺 A service she had"), w("Which one did she have?"))
    await puzzle(phone, w)
    await press(phone, w("Free cancer screening"), w("On which day did she have it?"))
    await puzzle(phone, w)
    await press(phone, w("Yesterday"), w(NOTED))
    assert (await ServiceRecord.get(person_id=zhou.id)).reported_by == actor.person_id


async def test_a_task_is_put_off_taken_back_and_closed(town: Town, w: Tongue) -> None:
    phone, _ = await his_phone(town, language_code=w.code)
    zhou = await without_a_phone()
    await reminders.ask_help(zhou.id, HelpReason.CALL, now=town.now)
    await open_task(phone, w)
    await puzzle(phone, w)
    await press(phone, w("⏰ Another day"), w("On which day shall I remind you again?"))
    await puzzle(phone, w)
    await press(phone, w("Tomorrow"), w("⏰ It comes again on {on}."))
    await press(phone, w("↩ Undo (10 minutes)"), w("Taken back."))
    await press(phone, w("📵 Not reached"), w("What happened?"))
    await puzzle(phone, w)
    await press(phone, w("Not at home"), w("⏰ It comes again on {on}."))
    town.clock.move(timedelta(minutes=11))
    late = w("More than ten minutes have passed. It stays as it is.")
    await press(phone, w("↩ Undo (10 minutes)"), late)
    assert (await Task.get(person_id=zhou.id)).tries == 1


async def test_a_home_task_asks_when_she_had_the_service(town: Town, w: Tongue) -> None:
    phone, _ = await his_phone(town, language_code=w.code)
    zhou = await without_a_phone(topics=(Purpose.SCREENING,), birth_date=None, birth_year=1980)
    await replan(zhou.id, now=town.now)
    await town.work()
    await open_task(phone, w)
    when = w("When did she have it? If you have just told her, press the last button.")
    await press(phone, w("✅ Done"), when)
    await puzzle(phone, w)
    await press(phone, w("Told her, not yet had"), w("✅ Done."))


async def test_a_registration_is_confirmed_once(town: Town, w: Tongue) -> None:
    phone, _ = await his_phone(town, language_code=w.code)
    her, person_id = await her_phone(
        town, language_code=w.code, state="waiting", registration_number=1
    )
    await tasks.open_task(TaskKind.REGISTRATION, person_id, now=town.now, dedup_key="registration")
    await tap(
        phone, w("📝 Registrations"), w.count("📝 {n} person waits.", "📝 {n} people wait.", 1)
    )
    await puzzle(phone, w)
    await press(phone, "R-0001", w("Is she of your village?"))
    await puzzle(phone, w)
    await Person.filter(id=person_id).update(state="confirmed")
    await press(phone, w("✅ Confirm"), w("You cannot see or change this."))
    await Person.filter(id=person_id).update(state="waiting")
    await tap(
        phone, w("📝 Registrations"), w.count("📝 {n} person waits.", "📝 {n} people wait.", 1)
    )
    await press(phone, "R-0001", w("Is she of your village?"))
    refused = w("Noted. I have asked her to choose her village again.")
    await press(phone, w("🚫 Not of my village"), refused)
    await press(phone, w("Next one ›"), w("📝 Nobody waits to be confirmed."))
    await town.settle()
    assert her.screen.from_bot


async def test_the_keys_of_a_cadre_are_refused_to_others(town: Town, w: Tongue) -> None:
    phone, _ = await her_phone(town, language_code=w.code)
    for key in ("🔍 Find a person", "📋 Today's tasks", "📝 Registrations"):
        await say(phone, w(key), w("You cannot see or change this."))
