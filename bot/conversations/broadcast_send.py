"""Sending a broadcast: looked at as its readers will see it, now or later, by two if it is many."""

from datetime import date, datetime

from backend.actions import broadcast_drafts, broadcasts
from backend.actions.broadcasts import BroadcastView
from backend.actions.dialogs import Answers
from backend.domain.broadcasts import (
    FARTHEST_DAYS,
    BroadcastRefused,
    State,
    estimate,
    is_letter_day,
)
from backend.domain.quiet_hours import at_minute
from backend.i18n import language_name
from backend.texts.broadcasts import (
    copy_text,
    duration_text,
    moment_text,
    reach_text,
    refusal_text,
)
from bot.buttons import Button, Screen, rows_of
from bot.dates import date_step, days_around
from bot.dialogs import Conversation, Given, Move, Pressed, Typed, again, enter, finish, go
from bot.membership import actor_of
from bot.offices import broadcast_step, officers_only
from bot.typed import NO, YES, meant, read_minute
from bot.viewer import Viewer

_LONGEST_SHOWN = 3000
_HOURS = ("8:30", "9:00", "10:00", "11:00", "14:30", "16:00", "18:00", "19:30")
_CHANGES = ("text", "picture", "languages", "villages", "readers")


async def ask_check(viewer: Viewer, _answers: Answers, view: BroadcastView) -> Screen:
    """Show it as readers will see it, for whom it is, and what can be done with it."""
    _ = viewer._
    lines = ["———", shown_copy(view), "———", *await _for_whom(viewer, view)]
    buttons = (
        Button(_("👀 Send it to me"), "sample"),
        Button(_("📤 Send now"), "now"),
        Button(_("🕐 Send later"), "later"),
        Button(_("✏️ Words"), "text"),
        Button(_("🖼 Picture"), "picture"),
        Button(_("🌐 Languages"), "languages"),
        Button(_("🏘 Villages"), "villages"),
        Button(_("👥 Readers"), "readers"),
    )
    rows = (buttons[:1], buttons[1:3], *rows_of(buttons[3:]))
    head = _("This is what they will read:")
    return Screen("\n".join([head, *lines]), rows=rows)


async def take_check(viewer: Viewer, _answers: Answers, view: BroadcastView, given: Given) -> Move:
    """Send a sample, change something, or go on to when."""
    value = given.value if isinstance(given, Pressed) else ""
    draft = str(view.broadcast_id)
    if value in _CHANGES:
        return enter("broadcast", value, draft=draft, changing=YES)
    if value == "now":
        return go("confirm", at="")
    if value == "later":
        return go("day")
    if value != "sample":
        return again(viewer._("Please press one of the buttons."))
    officer, number = actor_of(viewer), view.broadcast_id
    await broadcast_drafts.send_sample(officer, number, viewer.chat_id, now=viewer.now)
    return Move(toast=viewer._("It is on its way to you."))


async def take_day(viewer: Viewer, _answers: Answers, day: date | str) -> Move:
    """Keep the day."""
    assert isinstance(day, date), "the question offers nothing but days"
    return go("hour", day=day.isoformat())


async def ask_hour(viewer: Viewer, _answers: Answers, _view: BroadcastView) -> Screen:
    """Ask for the time of day."""
    text = viewer._("At what time? Press one, or write it.")
    return Screen(text, rows=rows_of((Button(hour, hour) for hour in _HOURS), width=4))


async def take_hour(viewer: Viewer, answers: Answers, _view: BroadcastView, given: Given) -> Move:
    """Keep the moment, if it is yet to come."""
    text = given.value if isinstance(given, Pressed) else ""
    text = given.text if isinstance(given, Typed) else text
    minute = read_minute(text)
    if minute is None:
        return again(viewer._("Please press a time, or type it, such as 8:30."))
    at = at_minute(date.fromisoformat(answers["day"]), minute, viewer.now.tzinfo)
    if at <= viewer.now:
        return again(viewer._("That is over already. Please choose a later time."))
    return go("confirm", at=at.isoformat())


async def ask_confirm(viewer: Viewer, answers: Answers, view: BroadcastView) -> Screen:
    """Say what is about to happen, and ask once."""
    _ = viewer._
    counted = await broadcast_drafts.reach(actor_of(viewer), view.broadcast_id, now=viewer.now)
    at = _moment(viewer, answers)
    told = estimate(counted.reachable, at)
    lines = [
        viewer.n_(
            "To {n} person, from {moment} on; it takes {duration}.",
            "To {n} people, from {moment} on; it takes {duration}.",
            counted.reachable,
        ).format(
            n=f"{counted.reachable:,}",
            moment=moment_text(at, _) if answers["at"] else _("now"),
            duration=duration_text(told.duration, viewer.n_),
        )
    ]
    if told.is_held_overnight:
        lines.append(_("🌙 From 21:00 to 8:00 nothing is sent; the rest comes in the morning."))
    if is_letter_day(at.date()):
        lines.append(_("⚠️ On 25 September better send nothing. Choose another day?"))
    if counted.needs_second_person:
        lines.append(_("Above 200 people another officer has to confirm it."))
    yes = Button(_("✅ Ask for it") if counted.needs_second_person else _("✅ Send it"), YES)
    return Screen("\n".join(lines), rows=((yes, Button(_("🕐 Another time"), "later")),))


async def take_confirm(viewer: Viewer, answers: Answers, view: BroadcastView, given: Given) -> Move:
    """Hand it in; pressed again, it is still one."""
    answer = meant(given)
    if answer == Pressed("later"):
        return go("day")
    if answer == Pressed(NO):
        return go("check")
    if answer != Pressed(YES):
        return again(viewer._("Please press one of the buttons."))
    at = _moment(viewer, answers) if answers["at"] else None
    try:
        state = await broadcasts.submit(
            actor_of(viewer), view.broadcast_id, goes_at=at, now=viewer.now
        )
    except BroadcastRefused as error:
        return go("check", hint=refusal_text(error.reason, viewer._))
    return finish("sent", state=state.value)


async def ask_sent(viewer: Viewer, answers: Answers, view: BroadcastView) -> Screen:
    """The receipt: sent, planned, or waiting for another officer."""
    _ = viewer._
    buttons = (Button(_("📊 How far it got"), "progress"), Button(_("Open the menu"), "home"))
    return Screen(await _receipt(viewer, answers, view), rows=(buttons,), is_page=True)


async def take_sent(viewer: Viewer, _answers: Answers, view: BroadcastView, given: Given) -> Move:
    """Go on to the progress or home."""
    if given == Pressed("progress"):
        number = str(view.broadcast_id)
        return enter("broadcast_progress", "item", trail=("list",), reference=number)
    lost = viewer._("I did not understand that. Please choose below.")
    return enter("home", hint=None if given == Pressed("home") else lost)


async def _receipt(viewer: Viewer, answers: Answers, view: BroadcastView) -> str:
    _ = viewer._
    if answers["state"] == State.SENDING:
        return _("✅ It is being sent now.")
    if answers["state"] == State.QUEUED and view.goes_at:
        at = view.goes_at.astimezone(viewer.now.tzinfo)
        return _("✅ Planned. It goes {moment}.").format(moment=moment_text(at, _))
    if await broadcasts.has_other_officer(actor_of(viewer), view.broadcast_id):
        return _("✅ Handed in. Another officer has been asked to confirm it.")
    return _("✅ Handed in. It waits until the township has a second officer to confirm it.")


async def _for_whom(viewer: Viewer, view: BroadcastView) -> list[str]:
    """Picture and languages, villages, readers, and the reach."""
    _ = viewer._
    officer = actor_of(viewer)
    villages = await broadcast_drafts.villages_of(officer)
    chosen = [one.name for one in villages if one.code in view.village_codes]
    names = _("all") if len(chosen) == len(villages) else _(", ").join(chosen)
    languages = _(", ").join(language_name(locale) for locale in view.texts)
    lines = [_("🖼 With a picture")] if view.picture else []
    lines.append(_("🌐 Languages: {names}").format(names=languages))
    lines.append(_("🏘 Villages: {names}").format(names=names))
    if view.locale:
        readers = language_name(view.locale)
        lines.append(_("👥 Only who reads {language}").format(language=readers))
    counted = await broadcast_drafts.reach(officer, view.broadcast_id, now=viewer.now)
    return [*lines, reach_text(counted, _)]


def shown_copy(view: BroadcastView) -> str:
    """The words as readers see them, cut where they would not fit on a page with more."""
    return copy_text(view.township.name, excerpt_page(view.text))


def excerpt_page(text: str) -> str:
    """A text as it is, or its beginning if it is very long."""
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}…"


def _moment(viewer: Viewer, answers: Answers) -> datetime:
    return datetime.fromisoformat(answers["at"]) if answers["at"] else viewer.now


def _which_day(viewer: Viewer, _answers: Answers) -> str:
    return viewer._("On which day shall it go?")


CONVERSATION = officers_only(
    Conversation(
        "broadcast_send",
        (
            broadcast_step("check", ask_check, take_check),
            date_step("day", _which_day, reach=days_around(0, FARTHEST_DAYS - 1), take=take_day),
            broadcast_step("hour", ask_hour, take_hour),
            broadcast_step("confirm", ask_confirm, take_confirm),
            broadcast_step("sent", ask_sent, take_sent),
        ),
    )
)
