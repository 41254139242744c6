"""Folic acid, day by day: taken, later or not today; and stopping."""

from backend.actions import events, folic_acid, reminders
from backend.actions.dialogs import Answers
from backend.actions.events import Told
from backend.actions.folic_acid import Dose, NotTakenReason
from backend.actions.reminders import DueView, Later
from backend.domain.errors import NotOwed, SuixingError
from bot.buttons import Button, Screen, rows_of
from bot.dialogs import Conversation, Given, Move, Pressed, Step, again, enter, finish, go
from bot.dues import (
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

_LATER: tuple[Later, ...] = ("hour", "tonight", "tomorrow")


async def ask_today(viewer: Viewer, answers: Answers) -> Screen:
    """Ask about today's tablet, with the days in a row; after half a year, whether to go on."""
    _ = viewer._
    view = await due_of(viewer, answers)
    if view is None or not view.is_live:
        return over_screen(viewer, view)
    if view.asked == "question":
        return _ask_go_on(viewer, view)
    said = await folic_acid.answer_of(person_of(viewer), viewer.today)
    text = _today_text(viewer, said)
    taken, later = Button(_("✅ Taken"), Dose.TAKEN), Button(_("⏰ Later"), "later")
    answers_row = (taken,) if said else (taken, later)
    rows = (
        answers_row,
        (Button(_("Not today"), "why"), Button(_("📅 This month"), "month")),
        (Button(_("ℹ️ Details"), "details"), Button(_("🙈 Fold away"), FOLDED)),
    )
    days = await folic_acid.streak(person_of(viewer), today=viewer.today)
    return Screen(_with_streak(viewer, text, days), rows=rows, is_protected=True, is_page=True)


async def take_today(viewer: Viewer, answers: Answers, given: Given) -> Move:
    """Keep the answer, or ask on."""
    if given == Pressed(Dose.TAKEN):
        await folic_acid.answer_dose(person_of(viewer), Dose.TAKEN, now=viewer.now)
        return finish("recorded", said="taken")
    if given in (Pressed("go_on"), Pressed("end")):
        return await _take_go_on(viewer, answers, goes_on=given == Pressed("go_on"))
    if given == Pressed("month"):
        return _month(answers)
    if given == Pressed("details"):
        return enter("schedule", "item", trail=("list",), reference=answers["reference"])
    if given in (Pressed("later"), Pressed("why")):
        return go("later" if given == Pressed("later") else "why")
    return after_move(given) or again(viewer._("Please press one of the buttons."))


def _ask_go_on(viewer: Viewer, view: DueView) -> Screen:
    _ = viewer._
    rows = (
        (Button(_("🌱 Go on"), "go_on"), Button(_("No more"), "end")),
        (Button(_("🙈 Fold away"), FOLDED),),
    )
    return Screen(words_of(viewer, view).what, rows=rows, is_protected=True, is_page=True)


async def _take_go_on(viewer: Viewer, answers: Answers, *, goes_on: bool) -> Move:
    """Begin another half year, or let the question rest."""
    person_id = person_of(viewer)
    try:
        await reminders.answer_done(person_id, due_id_of(answers), viewer.today, now=viewer.now)
        if goes_on:
            await events.record_planning(person_id, Told(now=viewer.now))
    except SuixingError:
        return Move()
    return finish("recorded", said="go_on" if goes_on else "end")


def _today_text(viewer: Viewer, said: Dose | None) -> str:
    _ = viewer._
    if said is Dose.TAKEN:
        return _("✅ Today is noted: taken.")
    if said is Dose.NOT_TODAY:
        return _("Today is noted: not taken.")
    return _("Have you taken today's folic acid?")


def _with_streak(viewer: Viewer, text: str, days: int) -> str:
    """The text with the days in a row, which nobody is shown at zero."""
    if not days:
        return text
    row = viewer.n_("🌱 {n} day in a row", "🌱 {n} days in a row", days).format(n=days)
    return f"{text}\n{row}"


async def ask_later(viewer: Viewer, _answers: Answers) -> Screen:
    """Ask when to come back."""
    _ = viewer._
    labels = (_("In an hour"), _("Tonight"), _("Tomorrow"))
    buttons = [Button(label, later) for label, later in zip(labels, _LATER, strict=True)]
    return Screen(_("When shall I remind you?"), rows=(tuple(buttons),), is_protected=True)


async def take_later(viewer: Viewer, answers: Answers, given: Given) -> Move:
    """Remind again; tomorrow's own reminder comes anyway."""
    later = next((later for later in _LATER if given == Pressed(later)), None)
    if later is None:
        return again(viewer._("Please press one of the buttons."))
    if later == "tomorrow":
        return finish("recorded", said="tomorrow")
    try:
        at = await reminders.snooze(person_of(viewer), due_id_of(answers), later, now=viewer.now)
    except NotOwed:
        return go("today")
    return finish("recorded", said="later", at=f"{at:%H:%M}")


async def ask_why(viewer: Viewer, _answers: Answers) -> Screen:
    """Ask why not, where not saying is an answer too."""
    _ = viewer._
    buttons = (
        Button(_("I forgot"), NotTakenReason.FORGOT),
        Button(_("I feel unwell"), NotTakenReason.UNWELL),
        Button(_("I'd rather not say"), NotTakenReason.NOT_SAID),
        Button(_("🔕 Stop reminding"), "stop"),
    )
    return Screen(_("All right. What is it today?"), rows=rows_of(buttons), is_protected=True)


async def take_why(viewer: Viewer, _answers: Answers, given: Given) -> Move:
    """Keep that it was not taken, with a reason if she gave one."""
    if given == Pressed("stop"):
        return go("stop")
    if not isinstance(given, Pressed) or given.value not in frozenset(NotTakenReason):
        return again(viewer._("Please press one of the buttons."))
    reason = NotTakenReason(given.value)
    await folic_acid.answer_dose(person_of(viewer), Dose.NOT_TODAY, reason=reason, now=viewer.now)
    return finish("recorded", said=reason.value)


async def ask_stop(viewer: Viewer, _answers: Answers) -> Screen:
    """Make sure once, before the reminder stops."""
    _ = viewer._
    rows = ((Button(_("🔕 Yes, stop"), "stop"),),)
    return Screen(_("Shall I stop reminding you of folic acid?"), rows=rows, is_protected=True)


async def take_stop(viewer: Viewer, _answers: Answers, given: Given) -> Move:
    """Stop at once."""
    if given != Pressed("stop"):
        return again(viewer._("Please press one of the buttons."))
    await folic_acid.stop_reminder(person_of(viewer), now=viewer.now)
    return finish("recorded", said="stop")


async def ask_recorded(viewer: Viewer, answers: Answers) -> Screen:
    """The receipt, and what fits it."""
    _, said = viewer._, answers["said"]
    rows: list[tuple[Button, ...]] = [after_row(viewer)]
    if said in ("taken", NotTakenReason.FORGOT):
        rows.insert(0, (Button(_("📅 This month"), "month"),))
    if said == NotTakenReason.UNWELL:
        stop, cadre = Button(_("🔕 Stop reminding"), "stop"), Button(_("🙋 Village cadre"), "help")
        rows.insert(0, (stop, cadre))
    text = _receipt(viewer, answers)
    if said == "taken":
        days = await folic_acid.streak(person_of(viewer), today=viewer.today)
        text = _with_streak(viewer, text, days)
    return Screen(text, rows=tuple(rows), is_protected=True, is_page=True)


async def take_recorded(viewer: Viewer, answers: Answers, given: Given) -> Move:
    """Go on to the month, to stopping, to the cadre, to the schedule, or fold the message."""
    if given == Pressed("month"):
        return _month(answers)
    if given == Pressed("stop"):
        return go("stop")
    if given == Pressed("help"):
        return enter("cadre_help")
    lost = viewer._("I did not understand that. Please choose below.")
    return after_move(given) or enter("home", hint=lost)


def _month(answers: Answers) -> Move:
    return enter("folic_acid_month", reference=answers.get("reference", ""))


def _receipt(viewer: Viewer, answers: Answers) -> str:
    _, phone = viewer._, viewer.office.clinic_phone
    if answers["said"] == NotTakenReason.UNWELL and phone:
        return _("Please pause, and ask a doctor first.\n☎️ Health centre: {phone}").format(
            phone=phone
        )
    receipts = {
        "taken": _("✅ Noted. See you tomorrow."),
        "later": _("⏰ All right, I will remind you at {at}."),
        "tomorrow": _("⏰ All right, I will remind you tomorrow."),
        "go_on": _("🌱 All right, I will go on reminding you."),
        "end": _("👌 All right, I will not remind you any more."),
        "stop": _("🔕 Stopped. You can turn it on again under Settings."),
        NotTakenReason.FORGOT: _("Never mind. Tomorrow as usual; there is no need to take more."),
        NotTakenReason.UNWELL: _("Please pause, and ask a doctor first."),
        NotTakenReason.NOT_SAID: _("👌 All right. See you tomorrow."),
    }
    return receipts[answers["said"]].format(at=answers.get("at", ""))


CONVERSATION = members_only(
    Conversation(
        "folic_acid",
        (
            Step("today", ask_today, take_today),
            Step("later", ask_later, take_later),
            Step("why", ask_why, take_why),
            Step("stop", ask_stop, take_stop),
            Step("recorded", ask_recorded, take_recorded),
        ),
    )
)
