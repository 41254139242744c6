"""A service that is due: booked, done, needing help, or not now; a no is final."""

from datetime import date, timedelta
from typing import Literal

from backend.actions import people, reminders
from backend.actions.dialogs import Answers
from backend.actions.reminders import DueView
from backend.domain.errors import NotOwed
from backend.domain.events import EventKind
from backend.domain.schedule import State
from backend.domain.tasks import HelpReason
from backend.texts import services
from backend.texts.reminders import booked_text, until_text
from bot.buttons import Button, Screen, rows_of
from bot.dates import date_step
from bot.dialogs import Conversation, Given, Move, Pressed, Step, again, enter, finish, go
from bot.dues import (
    DONE,
    FOLDED,
    after_move,
    after_row,
    due_id_of,
    due_of,
    over_screen,
    words_of,
)
from bot.membership import members_only, person_of
from bot.viewer import Viewer

_BOOKING_DAYS = 120
_BACK_DAYS = 200
_SENT = "sent"
# From a check of these topics one may be sent on to a hospital.
_SENT_ON = ("maternal", "checkup", "screening")
_ANSWERS = ("booked", DONE, "help", "not_now")


def answer_rows(viewer: Viewer, view: DueView) -> tuple[tuple[Button, ...], ...]:
    """The answers to a service that can be had: booked, done, help, not now."""
    _ = viewer._
    booked = _("📅 Change the day") if view.booked_on else _("📅 Booked")
    return (
        (Button(booked, "booked"), Button(_("✅ Done already"), DONE)),
        (Button(_("🙋 I need help"), "help"), Button(_("Not now"), "not_now")),
    )


def take_answer(answers: Answers, given: Given) -> Move | None:
    """The step that an answer's button leads to, from whichever screen; None for any other."""
    if isinstance(given, Pressed) and given.value in _ANSWERS:
        return enter("checkup", given.value, trail=("service",), reference=answers["reference"])
    return None


async def ask_service(viewer: Viewer, answers: Answers) -> Screen:
    """Say what is due, until when and where, and ask for one of four answers."""
    _ = viewer._
    view = await due_of(viewer, answers)
    if view is None or not view.is_live:
        return over_screen(viewer, view)
    fold = Button(_("🙈 Fold away"), FOLDED)
    details = Button(_("ℹ️ Details"), "details")
    rows = (*answer_rows(viewer, view), (details, fold))
    return Screen(_service_text(viewer, view), rows=rows, is_protected=True, is_page=True)


async def take_service(viewer: Viewer, answers: Answers, given: Given) -> Move:
    """Go where the button leads; words are answered kindly."""
    if isinstance(given, Pressed) and given.value in _ANSWERS:
        return go(given.value)
    if given == Pressed("details"):
        return enter("schedule", "item", trail=("list",), reference=answers["reference"])
    return after_move(given) or again(viewer._("Please press one of the buttons."))


def _service_text(viewer: Viewer, view: DueView) -> str:
    _ = viewer._
    due, words = view.due, words_of(viewer, view)
    if view.booked_on:
        when = booked_text(_, view.booked_on, viewer.today)
    elif due.state is State.PLANNED:
        when = _("It can be done from {opens} to {closes}.").format(
            opens=services.format_day(due.opens_on, _), closes=services.format_day(due.closes_on, _)
        )
    else:
        when = until_text(_, viewer.n_, closes_on=due.closes_on, today=viewer.today)
    return f"{words.title}\n{when}\n📍 {words.where}"


async def take_booked(viewer: Viewer, answers: Answers, day: date | str) -> Move:
    """Keep the day she booked."""
    assert isinstance(day, date), "the question offers nothing but days"
    try:
        await reminders.answer_booked(person_of(viewer), due_id_of(answers), day, now=viewer.now)
    except NotOwed:
        return go("service")
    return finish("saved", said="booked", on=day.isoformat())


async def take_done(viewer: Viewer, answers: Answers, day: date | str) -> Move:
    """Keep the day on which it was done."""
    assert isinstance(day, date), "the question offers nothing but days"
    try:
        await reminders.answer_done(person_of(viewer), due_id_of(answers), day, now=viewer.now)
    except NotOwed:
        return go("service")
    return finish("saved", said="done", on=day.isoformat())


async def ask_help(viewer: Viewer, _answers: Answers) -> Screen:
    """Ask what would help."""
    _ = viewer._
    buttons = (
        Button(_("🚌 No transport"), HelpReason.TRANSPORT),
        Button(_("🕐 No time"), HelpReason.TIME),
        Button(_("❓ How does it go?"), HelpReason.PROCEDURE),
        Button(_("🤝 Come with me"), HelpReason.COMPANY),
        Button(_("Something else"), HelpReason.OTHER),
    )
    return Screen(_("What would help you?"), rows=rows_of(buttons), is_protected=True)


async def take_help(viewer: Viewer, answers: Answers, given: Given) -> Move:
    """Ask her village's cadre to get in touch."""
    if not isinstance(given, Pressed) or given.value not in frozenset(HelpReason):
        return again(viewer._("Please press one of the buttons."))
    await reminders.ask_help(
        person_of(viewer),
        HelpReason(given.value),
        now=viewer.now,
        due_id=due_id_of(answers),
    )
    return finish("saved", said="help")


async def ask_not_now(viewer: Viewer, answers: Answers) -> Screen:
    """Ask whether to come back to it, saying what a no means."""
    _ = viewer._
    view = await due_of(viewer, answers)
    topic = services.topic_name(view.due.topic, _) if view else ""
    text = _("That is fine. Shall I ask again, or never about “{topic}”?").format(topic=topic)
    buttons = (Button(_("In a month"), "month"), Button(_("Never again"), "never"))
    return Screen(text, rows=(buttons,), is_protected=True)


async def take_not_now(viewer: Viewer, answers: Answers, given: Given) -> Move:
    """Leave her alone about it: for a month, or for good."""
    if given not in (Pressed("month"), Pressed("never")):
        return again(viewer._("Please press one of the buttons."))
    until: Literal["month", "never"] = "month" if given == Pressed("month") else "never"
    try:
        await reminders.not_now(person_of(viewer), due_id_of(answers), until, now=viewer.now)
    except NotOwed:
        return go("service")
    return finish("saved", said=until)


async def ask_saved(viewer: Viewer, answers: Answers) -> Screen:
    """The receipt of what was said."""
    _ = viewer._
    rows: tuple[tuple[Button, ...], ...] = (after_row(viewer),)
    if answers["said"] == "booked":
        rows = ((Button(_("📲 Into my calendar"), "calendar"),), *rows)
    view = await due_of(viewer, answers) if answers["said"] == "done" else None
    if view and view.due.topic in _SENT_ON:
        rows = ((Button(_("🏥 Sent to a hospital"), _SENT),), *rows)
    text = await _receipt(viewer, answers)
    return Screen(text, rows=rows, is_protected=True, is_page=True)


async def take_saved(viewer: Viewer, answers: Answers, given: Given) -> Move:
    """Go on to the schedule, fold the message, or fetch the calendar file."""
    if given == Pressed("calendar"):
        reference = answers["reference"]
        return enter("schedule", "calendar", trail=("list", "item"), reference=reference)
    if given == Pressed(_SENT):
        view = await due_of(viewer, answers)
        which = view.due.rule if view else ""
        return enter("more_news", "day", what=EventKind.REFERRAL, which=which)
    lost = viewer._("I did not understand that. Please choose below.")
    return after_move(given) or enter("home", hint=lost)


async def _receipt(viewer: Viewer, answers: Answers) -> str:
    _, said = viewer._, answers["said"]
    if said == "booked":
        return _booked_receipt(viewer, date.fromisoformat(answers["on"]))
    if said == "done":
        return _("✅ Noted. Thank you for telling me.")
    if said == "month":
        return _("👌 I will come back to it in a month.")
    if said == "never":
        return _("👌 I will not bring it up again. You can turn it on under Services for me.")
    cadre = await people.cadre_of(person_of(viewer))
    if cadre is None or not cadre.name:
        return _("🙋 Noted. Your village cadre will get in touch with you.")
    return _("🙋 Noted. {cadre} of your village will get in touch with you.").format(
        cadre=cadre.name
    )


def _booked_receipt(viewer: Viewer, on: date) -> str:
    _ = viewer._
    day = services.format_day(on, _)
    if on - viewer.today < timedelta(2):
        return _("📅 Noted: {day}.").format(day=day)
    return _("📅 Noted: {day}. I will remind you the day before.").format(day=day)


def _booking_reach(viewer: Viewer, _answers: Answers) -> tuple[date, date]:
    return viewer.today, viewer.today + timedelta(_BOOKING_DAYS)


def _done_reach(viewer: Viewer, _answers: Answers) -> tuple[date, date]:
    return viewer.today - timedelta(_BACK_DAYS), viewer.today


CONVERSATION = members_only(
    Conversation(
        "checkup",
        (
            Step("service", ask_service, take_service),
            date_step(
                "booked",
                lambda viewer, _answers: viewer._("Which day did you book?"),
                reach=_booking_reach,
                take=take_booked,
            ),
            date_step(
                "done",
                lambda viewer, _answers: viewer._("When was it done?"),
                reach=_done_reach,
                take=take_done,
            ),
            Step("help", ask_help, take_help),
            Step("not_now", ask_not_now, take_not_now),
            Step("saved", ask_saved, take_saved),
        ),
    )
)
