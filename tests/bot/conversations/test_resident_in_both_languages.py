"""A resident's way in both languages, with what is not understood at each question."""

from datetime import date

from backend.actions import events, invites
from backend.actions.events import Told
from backend.actions.planning import replan
from backend.domain.access import Role
from backend.domain.consent import Purpose
from backend.domain.gestation import dated_by_lmp
from backend.i18n import translator
from backend.store.models import Handover, LifeEvent, Person, Task
from backend.texts.services import format_day
from bot.sandbox.phone import Phone
from tests.bot.conftest import Town
from tests.bot.conversations.people import her_phone
from tests.bot.conversations.tongues import Tongue, puzzle, stray
from tests.bot.talk import press, say, start, tap
from tests.builders import STONE_BRIDGE, WILLOW, a_person, zhao_ming

NEWS = "What is new with you? Tell only what you like."
TOPICS = "What may I remind you of? Press a line to look at it; each is up to you."
YEAR = "In which year were you born? First press the ten years, or type the year."
PHONE = "What is your phone number? You may leave it out."
DATES = "🤰 Week {weeks}+{days}. Due on {due}."
QUIET = "You need not explain anything. What shall I do?"
GONE = "It has all stopped. Take good care of yourself; we are here when you need us."
FREE = "You can turn it off at any time."
SERVICES = "Free services for you. Press one to look at it; ✅ are the ones you get."


async def test_an_invite_is_looked_at_refused_and_taken_up_after_all(town: Town, w: Tongue) -> None:
    person = await a_person("王秀英")
    token = await invites.create(Role.RESIDENT, WILLOW, person_id=person.id, now=town.now)
    phone = town.phone(language_code=w.code)
    offer = w("I remind you of free checks and services. It is voluntary; leave whenever you like.")
    await start(phone, offer, token)
    await puzzle(phone, w)
    await press(phone, w("🔒 Privacy first"), w("🔒 Your data stays yours"))
    await puzzle(phone, w)
    parting = w("All right, I will not disturb you. If you change your mind, just send /start.")
    await press(phone, w("No, thanks"), parting)
    await press(phone, w("I changed my mind"), offer)
    await press(phone, w("✅ Agree and start"), w(TOPICS))
    await puzzle(phone, w)
    await press(
        phone, w("Free checks"), w("Kept for this: the days of your checks, never results.")
    )
    await puzzle(phone, w)
    await press(phone, w("✅ Yes, remind me"), w(TOPICS))
    await press(phone, w("✔ Done"), w("✅ You are registered."))
    await stray(phone, w)


async def test_she_registers_herself_and_is_asked_again_where_need_be(
    town: Town, w: Tongue
) -> None:
    await a_person("somebody")
    phone = town.phone(language_code=w.code)
    await start(phone, w("Hello, I am the service assistant of {township}."))
    await press(phone, w("✅ Agree and register"), w("Which village do you live in?"))
    await puzzle(phone, w)
    await press(phone, "石桥村", w("What is your name? Please type it."))
    await puzzle(phone, w)
    await say(phone, "王秀英", w(PHONE))
    await say(phone, "12", w("This is not a phone number from here. You may leave it out."))
    await tap(phone, w("Leave it out"), w(YEAR))
    await puzzle(phone, w)
    await say(phone, "1996", w(TOPICS))
    await press(
        phone, w("Free checks"), w("Kept for this: the days of your checks, never results.")
    )
    await puzzle(phone, w)
    await press(phone, w("No, thanks"), w(TOPICS))
    await press(phone, w("None of these"), w("Is this right?"))
    hint = w("Press Right, register, or what you would like to change.")
    await say(phone, "@@@", hint)
    done = w("✅ Registered. Your village cadre will confirm it. Your number is {number}.")
    await press(phone, w("✅ Right, register"), done)
    await stray(phone, w)


async def to_news(phone: Phone, w: Tongue, expected: str) -> None:
    """Open the family news from the menu."""
    await say(phone, w("🌱 Family news"), expected)


async def test_a_pregnancy_is_told_corrected_and_quietly_ended(town: Town, w: Tongue) -> None:
    phone, person_id = await her_phone(town, language_code=w.code)
    await to_news(phone, w, w(NEWS))
    await puzzle(phone, w)
    kept = w("Kept for this: your last period or due date, the birth, and days of checks.")
    await press(phone, w("🤰 Pregnant"), kept)
    await puzzle(phone, w)
    await press(phone, w("✅ Yes, I agree"), w("When did your last period begin?"))
    await puzzle(phone, w)
    due = w("Which due date did the doctor name?")
    await press(phone, w("Don't know. I have a due date"), due)
    await puzzle(phone, w)
    await say(phone, "2027-07-20", w(DATES))
    await puzzle(phone, w)
    noted = w("Noted. Your due date is {due}. I will remind you when a check is due.")
    await press(phone, w("✅ That is right"), noted)
    folic = w("Kept for this: whether you took it, and the dates of a pregnancy.")
    await press(phone, w("🌱 Folic acid too"), folic)
    await puzzle(phone, w)
    await press(phone, w("No, thanks"), noted)
    await stray(phone, w)
    await to_news(phone, w, w(DATES))
    await press(phone, w("Something changed"), w(QUIET))
    await puzzle(phone, w)
    await press(phone, w("🔕 Stop pregnancy reminders"), w(GONE))
    call = w("Your village cadre can call you and is told no reason.")
    await press(phone, w("💬 Talk to someone"), call)
    await puzzle(phone, w)
    await press(phone, w("📞 Please call me"), w("📞 Noted. Your village cadre will call you."))
    assert (await Task.get(person_id=person_id)).reason == "call"
    await stray(phone, w)


async def test_a_no_to_a_consent_keeps_nothing_of_any_news(town: Town, w: Tongue) -> None:
    phone, _ = await her_phone(town, language_code=w.code)
    for news in ("🌱 Wish for a child", "🤰 Pregnant", "👶 Baby is born"):
        await to_news(phone, w, w(NEWS))
        await press(phone, w(news), w(FREE))
        await puzzle(phone, w)
        await press(phone, w("No, thanks"), w("All right. Nothing was kept."))
    assert not await LifeEvent.exists()


async def test_a_birth_is_told_step_by_step(town: Town, w: Tongue) -> None:
    phone, _ = await her_phone(town, Purpose.MATERNAL, language_code=w.code)
    await to_news(phone, w, w(NEWS))
    await press(phone, w("👶 Baby is born"), w("When was the baby born?"))
    await puzzle(phone, w)
    await press(phone, w("Yesterday"), w("How was the baby born?"))
    await puzzle(phone, w)
    await press(phone, w("Caesarean"), w("When did you leave hospital?"))
    await puzzle(phone, w)
    await press(phone, w("Still in hospital"), w("👶 Born on {on}."))
    await puzzle(phone, w)
    well = w("🎉 Congratulations! I wish you and the baby all the best.")
    await press(phone, w("✅ That is right"), well)
    await press(phone, w("👶 Remind me of its checks"), w(FREE))
    await press(phone, w("✅ Yes, I agree"), well)
    await stray(phone, w)


async def test_follow_ups_after_a_procedure_begin_and_end(town: Town, w: Tongue) -> None:
    phone, _ = await her_phone(town, language_code=w.code)
    what = w("What would you like to be followed up? You need not explain anything.")
    await to_news(phone, w, w(NEWS))
    await press(phone, w("🩺 After a procedure"), w(FREE))
    await puzzle(phone, w)
    await press(phone, w("✅ Yes, I agree"), what)
    await puzzle(phone, w)
    await press(phone, w("IUD"), w("When was it done?"))
    await puzzle(phone, w)
    quietly = w("Noted. I will remind you quietly when a follow-up is due.")
    await press(phone, w("Yesterday"), quietly)
    await to_news(phone, w, w(NEWS))
    await press(phone, w("🩺 After a procedure"), what)
    await press(phone, w("🔕 Taken out: {method}"), w("When was it taken out?"))
    await press(phone, w("Today"), w("Noted. These follow-ups have stopped."))
    await stray(phone, w)


async def asked_about_folic_acid(town: Town, w: Tongue) -> Phone:
    """王秀英's phone with today's question."""
    phone, person_id = await her_phone(town, Purpose.FOLIC_ACID, language_code=w.code)
    await events.record_planning(person_id, Told(now=town.now))
    await town.work()
    await phone.until(w("⏰ Here is your daily reminder."))
    await press(phone, w("👀 Have a look"), w("Have you taken today's folic acid?"))
    return phone


async def test_folic_acid_later_not_today_and_no_more(town: Town, w: Tongue) -> None:
    phone = await asked_about_folic_acid(town, w)
    await puzzle(phone, w)
    await press(phone, w("⏰ Later"), w("When shall I remind you?"))
    await puzzle(phone, w)
    await press(phone, w("In an hour"), w("⏰ All right, I will remind you at {at}."))
    await town.pass_time(hours=1)
    await phone.until(w("⏰ Here is your daily reminder."))
    await press(phone, w("👀 Have a look"), w("Have you taken today's folic acid?"))
    await press(phone, w("📅 This month"), w("Forgot to tell me? Press one of the last 7 days."))
    await say(phone, "@@@", w("Please press one of the buttons."))
    phone.press("3")
    await town.settle()
    assert phone.toast == w("Only the last 7 days can be noted.")
    await press(phone, w("💊 Today's"), w("Have you taken today's folic acid?"))
    await press(phone, w("Not today"), w("All right. What is it today?"))
    await puzzle(phone, w)
    await press(phone, w("I feel unwell"), w("Please pause, and ask a doctor first."))
    await press(phone, w("🔕 Stop reminding"), w("Shall I stop reminding you of folic acid?"))
    await puzzle(phone, w)
    stopped = w("🔕 Stopped. You can turn it on again under Settings.")
    await press(phone, w("🔕 Yes, stop"), stopped)
    await stray(phone, w)


async def reminded_of_a_check(town: Town, w: Tongue) -> tuple[Phone, int]:
    """王秀英, in the seventeenth week, with her check opened."""
    phone, person_id = await her_phone(town, Purpose.MATERNAL, language_code=w.code)
    dating = dated_by_lmp(date(2026, 7, 27))
    await events.record_pregnancy(person_id, Told(now=town.now), dating=dating)
    await town.work()
    await phone.until(w("🔔 You have a new reminder."))
    await press(phone, w("👀 Have a look"), w("Week 16-20 check"))
    return phone, person_id


async def test_a_check_is_booked_then_help_is_asked_for(town: Town, w: Tongue) -> None:
    await zhao_ming()
    phone, person_id = await reminded_of_a_check(town, w)
    await puzzle(phone, w)
    await press(phone, w("📅 Booked"), w("Which day did you book?"))
    await puzzle(phone, w)
    await press(phone, w("Tomorrow"), w("📅 Noted: {day}."))
    await stray(phone, w)
    await tap(phone, w("📅 My schedule"), w("Week 16-20 check"))
    await puzzle(phone, w)
    await press(phone, "①", w("Week 16-20 check"))
    await puzzle(phone, w)
    await press(
        phone, w("📲 Into my calendar"), w("Open this file, and your phone will remember the day.")
    )
    await tap(phone, w("📅 My schedule"), w("Week 16-20 check"))
    await press(phone, "①", w("Week 16-20 check"))
    await press(phone, w("🙋 I need help"), w("What would help you?"))
    await puzzle(phone, w)
    await press(phone, w("🚌 No transport"), "赵明")
    assert (await Task.get(person_id=person_id)).reason == "transport"


async def test_a_check_is_done_or_not_wanted_now(town: Town, w: Tongue) -> None:
    phone, _ = await reminded_of_a_check(town, w)
    asks = w("That is fine. Shall I ask again, or never about “{topic}”?")
    await press(phone, w("Not now"), asks)
    await puzzle(phone, w)
    await press(phone, w("In a month"), w("👌 I will come back to it in a month."))
    await tap(phone, w("📅 My schedule"), w("Week 16-20 check"))
    await press(phone, "①", w("Week 16-20 check"))
    await press(phone, w("✅ Done already"), w("When was it done?"))
    await puzzle(phone, w)
    await press(phone, w("Yesterday"), w("✅ Noted. Thank you for telling me."))
    await press(phone, w("🙈 Fold away"), w("Folded away."))
    await stray(phone, w)


async def test_a_service_is_turned_on_and_off(town: Town, w: Tongue) -> None:
    phone, _ = await her_phone(town, language_code=w.code)
    await tap(phone, w("🎁 Services for me"), w(SERVICES))
    await puzzle(phone, w)
    await press(phone, w("Pregnancy and after birth"), w(FREE))
    await puzzle(phone, w)
    on = w("Tell me a date, and I can remind you on the right day.")
    await press(phone, w("✅ Yes, remind me"), on)
    await puzzle(phone, w)
    await press(phone, w("🎁 More services"), w(SERVICES))
    await press(phone, w("Pregnancy and after birth"), "•")
    await puzzle(phone, w)
    await press(phone, w("🔕 Turn off"), w(SERVICES))


async def test_settings_are_changed_one_by_one(town: Town, w: Tongue) -> None:
    phone, _ = await her_phone(town, Purpose.CHECKUP, language_code=w.code)
    await tap(phone, w("⚙️ Settings"), w("⚙️ Settings"))
    await puzzle(phone, w)
    await press(
        phone,
        w("🔔 Kinds of reminder"),
        w("Which reminders would you like? Press one to turn it on or off."),
    )
    await puzzle(phone, w)
    phone.press(w("Free checks"))
    await phone.until(lambda bubble: "▫️ " + w("Free checks") in bubble.labels)
    await tap(phone, w("⚙️ Settings"), w("⚙️ Settings"))
    await press(phone, w("🌙 Quiet hours"), w("From when in the evening shall it be quiet?"))
    await puzzle(phone, w)
    await press(phone, "20:00", w("And until when in the morning?"))
    await puzzle(phone, w)
    await press(phone, "9:00", w("Quiet hours: {hours}.", hours="20:00–9:00"))
    await press(phone, w("🌐 Language"), w("🌐 Which language?"))
    await puzzle(phone, w)


async def test_her_data_is_shown_copied_and_put_right(town: Town, w: Tongue) -> None:
    phone, person_id = await her_phone(town, language_code=w.code, state="waiting")
    mine = w("🔒 Your data stays yours")
    await say(phone, "/privacy", mine)
    await puzzle(phone, w)
    await press(phone, w("👀 What is kept"), w("This is kept of you:"))
    await say(phone, "/privacy", mine)
    await press(phone, w("🔎 Who looked"), w("Nobody has looked at your data so far."))
    await say(phone, "/privacy", mine)
    which = w("Which copy would you like? Keep the file safe: it holds all that is kept of you.")
    await press(phone, w("📤 Take a copy"), which)
    await puzzle(phone, w)
    ready = w("This is everything kept of you. Please keep the file safe.")
    await press(phone, w("📄 To read"), ready)
    await say(phone, "/privacy", mine)
    await press(phone, w("✏️ Put it right"), w("What is not right?"))
    await puzzle(phone, w)
    await press(phone, w("Change name"), w("What is your name? Please type it."))
    await puzzle(phone, w)
    await say(phone, "王秀莹", w("✅ It is put right."))
    await stray(phone, w)
    for what, asked, answer in (
        ("Change phone", PHONE, "13900139000"),
        ("Change village", "Which village do you live in?", "石桥村"),
    ):
        await say(phone, "/privacy", mine)
        await press(phone, w("✏️ Put it right"), w("What is not right?"))
        await press(phone, w(what), w(asked))
        await puzzle(phone, w)
        await say(phone, answer, w("✅ It is put right."))
    row = await Person.get(id=person_id)
    assert (row.name, row.phone, row.village_code) == ("王秀莹", "13900139000", STONE_BRIDGE)


async def test_a_consent_is_taken_back_and_everything_deleted_or_kept(
    town: Town, w: Tongue
) -> None:
    phone, _ = await her_phone(town, Purpose.CHECKUP, language_code=w.code)
    await say(phone, "/privacy", w("🔒 Your data stays yours"))
    agreed = w("You agreed to these. Press one to read it or to take it back.")
    await press(phone, w("✅ My consents"), agreed)
    await puzzle(phone, w)
    await press(
        phone, w("Free checks"), w("Kept for this: the days of your checks, never results.")
    )
    taken = w("✅ Taken back. Nothing about it is sent any more.")
    await press(phone, w("↩️ Withdraw consent"), taken)
    await say(phone, "/privacy", w("🔒 Your data stays yours"))
    sure = w("Delete everything? Messages stop at once; for 7 days you can change your mind.")
    await press(phone, w("🗑 Delete all"), sure)
    await puzzle(phone, w)
    gone = w("Everything of yours will be deleted on {on}. All messages are stopped.")
    await press(phone, w("🗑 Delete all"), gone)
    await press(phone, w("Keep my data"), w("✅ Your data is kept. I will remind you again."))


async def test_everything_is_stopped_and_taken_up_again(town: Town, w: Tongue) -> None:
    phone, _ = await her_phone(town, language_code=w.code)
    asks = w("Stop all messages? I will not remind you of anything then.")
    await say(phone, "stop", asks)
    await puzzle(phone, w)
    await press(phone, w("Do not stop"), w("All right, everything stays as it is."))
    await say(phone, "stop", asks)
    stopped = w("All messages are stopped. If you want them again, send /start.")
    await press(phone, w("⏹ Stop all"), stopped)
    await puzzle(phone, w)
    back = w("Welcome back. I will remind you again from now on.")
    await press(phone, w("🔔 Start again"), back)


async def test_a_move_is_reported_with_its_handover_and_taken_back(town: Town, w: Tongue) -> None:
    phone, person_id = await her_phone(
        town, Purpose.SCREENING, language_code=w.code, birth_date=date(1980, 5, 12)
    )
    await replan(person_id, now=town.now)
    await tap(phone, w("🏠 I am moving"), w("Which way do you move?"))
    await puzzle(phone, w)
    where = w("Where to? Press a village here, or type the place elsewhere.")
    await press(phone, w("🚚 Moving away"), where)
    await say(phone, "Hangzhou", w("On which day?"))
    await puzzle(phone, w)
    await press(phone, w("Tomorrow"), w("For how long?"))
    await puzzle(phone, w)
    await press(phone, w("For good"), w("Who moves along? Press to change, then Done."))
    await puzzle(phone, w)
    only = w("You may say no; your report is kept all the same.")
    await press(phone, w("✔ Done"), only)
    await puzzle(phone, w)
    await press(phone, w("✅ Hand over"), w("✅ Reported. Your number is {number}."))
    await puzzle(phone, w)
    assert (await Handover.get(person_id=person_id)).state == "consented"
    sure = w("Take this report back? Nothing is handed over then.")
    await press(phone, w("↩ Take it back"), sure)
    await puzzle(phone, w)
    await press(phone, w("↩ Take it back"), w("Taken back."))
    assert not await Handover.filter(state="consented").exists()


async def test_help_is_asked_for_once_a_day(town: Town, w: Tongue) -> None:
    await zhao_ming()
    phone, _ = await her_phone(town, language_code=w.code)
    what = w("What do you need? Your village cadre will get in touch.")
    await tap(phone, w("🙋 Village cadre"), what)
    await say(phone, "@@@", w("Please press what you need. In an emergency, call 120 now."))
    told = w("✅ I have told your village cadre, who will get in touch with you.")
    await press(phone, w("🏠 Please visit me"), told)
    await stray(phone, w)
    await tap(phone, w("🙋 Village cadre"), what)
    known = w("✅ Your village cadre knows already and will get in touch.")
    await press(phone, w("🏠 Please visit me"), known)


async def test_somebody_under_18_is_handed_to_a_person(town: Town, w: Tongue) -> None:
    person = await a_person("小雨", birth_date=date(2010, 1, 1))
    token = await invites.create(Role.RESIDENT, WILLOW, person_id=person.id, now=town.now)
    phone = town.phone(language_code=w.code)
    offer = w("I remind you of free checks and services. It is voluntary; leave whenever you like.")
    await start(phone, offer, token)
    young = w(
        "Under 18, a person helps you instead of me. Please ask your cadre with your parents."
    )
    await press(phone, w("✅ Agree and start"), young)
    home = w("Hello. To get reminders of free check-ups and services, register first.")
    await say(phone, "@@@", home)


async def test_weeks_forgotten_days_and_lunar_dates_are_understood(town: Town, w: Tongue) -> None:
    phone, _ = await her_phone(town, Purpose.MATERNAL, language_code=w.code)
    await to_news(phone, w, w(NEWS))
    await press(phone, w("🤰 Pregnant"), w("When did your last period begin?"))
    lunar = w("I cannot read the lunar calendar. Please write the solar date.")
    await say(phone, "农历八月十五", lunar)
    await say(phone, "不记得了", w("Which due date did the doctor name?"))
    await press(phone, w("⬅ Back"), w("When did your last period begin?"))
    say_it = translator(w.locale)._
    weeks = {"zh_CN": "八周", "en": "8 weeks"}[w.locale]
    await say(phone, weeks, w(DATES, weeks=8, days=0, due=format_day(date(2027, 7, 5), say_it)))
    assert format_day(date(2026, 9, 28), say_it) in phone.screen.text, (
        "the last period is said back"
    )
