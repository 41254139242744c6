"""Settings: kinds of reminder, times of day, quiet hours, language, discretion, and the way out."""

from dataclasses import replace

from backend.actions import accounts, consents, news, offers, settings
from backend.actions.dialogs import Answers
from backend.actions.settings import Settings
from backend.domain.broadcasts import NEWS
from backend.domain.consent import HEALTH_PURPOSES, Purpose
from backend.domain.people import locale_of
from backend.domain.quiet_hours import is_quiet
from backend.i18n import language_name, locales, translator
from backend.texts.consents import purpose_name
from bot.buttons import Button, Screen, rows_of
from bot.dialogs import Conversation, Given, Move, Pressed, Step, Typed, again, enter, go
from bot.membership import members_only, person_of
from bot.typed import clock_text, read_minute
from bot.viewer import Viewer

_CLOCKS = {
    "reminder": "reminder_minute",
    "folic": "folic_acid_minute",
    "quiet_from": "quiet_from_minute",
    "quiet_to": "quiet_to_minute",
}
_PROPOSED = {
    "reminder": ("7:00", "8:00", "8:30", "9:00", "12:00", "18:00", "19:00", "20:00"),
    "folic": ("6:30", "7:00", "8:00", "8:30", "12:00", "18:00", "20:00", "21:00"),
    "quiet_from": ("19:00", "20:00", "21:00", "22:00"),
    "quiet_to": ("6:00", "7:00", "8:00", "9:00"),
}
_PLACES = ("family", "privacy", "stop", "home")


async def ask_menu(viewer: Viewer, _answers: Answers) -> Screen:
    """Show what is set; each button changes one thing."""
    _ = viewer._
    held = await settings.fetch(person_of(viewer))
    hides = _("on") if held.hides_content else _("off")
    quiet = _quiet_text(held)
    lines = [
        _("⚙️ Settings"),
        _("Reminders at {time}.").format(time=clock_text(held.reminder_minute)),
        _("Folic acid at {time}.").format(time=clock_text(held.folic_acid_minute)),
        _("Quiet hours: {hours}.").format(hours=quiet),
        _("Hide what reminders are about: {state}.").format(state=hides),
    ]
    buttons = (
        Button(_("🔔 Kinds of reminder"), "kinds"),
        Button(_("⏰ Reminder time"), "reminder"),
        Button(_("🌱 Folic acid time"), "folic"),
        Button(_("🌙 Quiet hours"), "quiet_from"),
        Button(_("🙈 Show contents") if held.hides_content else _("🙈 Hide contents"), "hide"),
        Button(_("🌐 Language"), "language"),
        Button(_("🌱 Family news"), "family"),
        Button(_("🔒 Privacy"), "privacy"),
        Button(_("⏹ Stop all messages"), "stop"),
    )
    return Screen("\n".join(lines), rows=rows_of(buttons), is_page=True, is_protected=True)


async def take_menu(viewer: Viewer, _answers: Answers, given: Given) -> Move:
    """Go where the button leads; discretion is turned at once."""
    _ = viewer._
    value = given.value if isinstance(given, Pressed) else ""
    if value in ("kinds", "language"):
        return go(value)
    if value in _CLOCKS:
        return go("clock", which=value)
    if value in _PLACES:
        return enter(value)
    if value != "hide":
        return again(_("Please press what you would like to change."))
    held = await settings.fetch(person_of(viewer))
    await settings.set_switch(
        person_of(viewer), "hides_content", is_on=not held.hides_content, now=viewer.now
    )
    return Move(toast=_("Contents are shown.") if held.hides_content else _("Contents are hidden."))


async def ask_kinds(viewer: Viewer, _answers: Answers) -> Screen:
    """Show every kind of reminder, on or off."""
    _ = viewer._
    held = await settings.fetch(person_of(viewer))
    buttons = [
        Button(("✅ " if held.topics.get(topic) == "on" else "▫️ ") + purpose_name(topic, _), topic)
        for topic in await offers.topics_for(person_of(viewer))
    ]
    has_news = await news.is_wanted(person_of(viewer))
    buttons.append(Button(("✅ " if has_news else "▫️ ") + _("Township notices"), NEWS))
    text = _("Which reminders would you like? Press one to turn it on or off.")
    return Screen(text, rows=rows_of(buttons), is_page=True)


async def take_kinds(viewer: Viewer, _answers: Answers, given: Given) -> Move:
    """Turn a kind on or off; one she never agreed to is shown with its words first."""
    _ = viewer._
    if given == Pressed(NEWS):
        is_wanted = not await news.is_wanted(person_of(viewer))
        await news.want(person_of(viewer), is_wanted=is_wanted, now=viewer.now)
        return Move(toast=_("Turned on.") if is_wanted else _("Turned off."))
    if not isinstance(given, Pressed) or given.value not in HEALTH_PURPOSES:
        return again(_("Please press one of the buttons."))
    person_id, topic = person_of(viewer), Purpose(given.value)
    held = await settings.fetch(person_id)
    if topic not in await consents.in_force_for(person_id):
        return enter("services", "topic", trail=("list",), topic=topic)
    is_on = held.topics.get(topic) != "on"
    await settings.switch_topic(person_id, topic, is_on=is_on, now=viewer.now)
    return Move(toast=_("Turned on.") if is_on else _("Turned off."))


async def ask_clock(viewer: Viewer, answers: Answers) -> Screen:
    """Ask for a time of day."""
    _ = viewer._
    questions = {
        "reminder": _("When shall I remind you? Press a time, or type one."),
        "folic": _("When shall I ask about folic acid? Press a time, or type one."),
        "quiet_from": _("From when in the evening shall it be quiet?"),
        "quiet_to": _("And until when in the morning?"),
    }
    which = answers["which"]
    buttons = [Button(time, time) for time in _PROPOSED[which]]
    return Screen(questions[which], rows=rows_of(buttons, width=4))


async def take_clock(viewer: Viewer, answers: Answers, given: Given) -> Move:
    """Keep a pressed or typed time; the evening's is followed by the morning's."""
    _ = viewer._
    which = answers["which"]
    text = given.value if isinstance(given, Pressed) else getattr(given, "text", "")
    minute = read_minute(text)
    if minute is None:
        return again(_("Please press a time, or type it, such as 8:30."))
    if which == "quiet_from":
        return go("clock", which="quiet_to", quiet_from=str(minute))
    person_id = person_of(viewer)
    if which == "quiet_to":
        start = int(answers["quiet_from"])
        await settings.set_minute(person_id, "quiet_from_minute", start, now=viewer.now)
    await settings.set_minute(person_id, _CLOCKS[which], minute, now=viewer.now)
    return enter("settings", hint=await _kept(viewer, which))


async def _kept(viewer: Viewer, which: str) -> str:
    """Say that a time is kept, and when reminders come if it lies in the quiet hours."""
    held = await settings.fetch(person_of(viewer))
    start, end = held.quiet_from_minute, held.quiet_to_minute
    if which != "folic" and is_quiet(held.reminder_minute, from_minute=start, to_minute=end):
        return viewer._("✅ Kept. Reminders come when the quiet hours are over, at {time}.").format(
            time=clock_text(end)
        )
    return viewer._("✅ Kept.")


async def ask_language(viewer: Viewer, _answers: Answers) -> Screen:
    """Ask for the language, each named in itself."""
    buttons = [Button(language_name(locale), locale) for locale in locales()]
    return Screen(viewer._("🌐 Which language?"), rows=rows_of(buttons), is_page=True)


async def take_language(viewer: Viewer, _answers: Answers, given: Given) -> Move:
    """Change the language at once: the next words and the keys below are in it."""
    wanted = given.value if isinstance(given, Pressed) else None
    if isinstance(given, Typed):
        wanted = locale_of(given.text)
    if wanted not in locales():
        return again(viewer._("Please press a language."))
    await accounts.set_locale(viewer.chat_id, wanted)
    await accounts.renew_commands(viewer.chat_id, now=viewer.now)
    if viewer.person_id is None:
        return enter("welcome")
    return enter("home", hint=translator(wanted)._("✅ The language is changed."))


def _quiet_text(held: Settings) -> str:
    """The quiet hours as from–to."""
    return f"{clock_text(held.quiet_from_minute)}–{clock_text(held.quiet_to_minute)}"


_MEMBERS = members_only(
    Conversation(
        "settings",
        (
            Step("menu", ask_menu, take_menu),
            Step("kinds", ask_kinds, take_kinds),
            Step("clock", ask_clock, take_clock),
        ),
    )
)
# Whoever has not come in yet reads the greeting in her own language, too.
CONVERSATION = replace(
    _MEMBERS, steps=(*_MEMBERS.steps, Step("language", ask_language, take_language))
)
