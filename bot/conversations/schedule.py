"""My schedule: what is due and until when, each item in detail, and as an entry for a calendar."""

from backend.actions import schedule
from backend.actions.dialogs import Answers
from backend.actions.reminders import DueView
from backend.texts.reminders import booked_text, until_text
from backend.texts.services import explain, format_day
from bot.buttons import Button, FileContent, Screen
from bot.conversations.checkup import answer_rows, take_answer
from bot.dialogs import Conversation, Given, Move, Pressed, Step, again, enter, go
from bot.dues import SCHEDULE, after_move, due_of, opening_of, over_screen, words_of
from bot.membership import members_only, person_of
from bot.viewer import Viewer

_A_PAGE = 4
_SIGNS = "①②③④"
_OPEN, _MORE, _CALENDAR, _FAMILY = "open", "more", "calendar", "family"


async def ask_list(viewer: Viewer, answers: Answers) -> Screen:
    """List what is due, the open things first, a page at a time."""
    _ = viewer._
    views = await schedule.at_a_glance(person_of(viewer), now=viewer.now)
    if not views:
        return _empty(viewer)
    start = _start(answers, len(views))
    page = views[start : start + _A_PAGE]
    lines = [_("📅 My schedule")]
    lines += [_line(viewer, sign, view) for sign, view in zip(_SIGNS, page, strict=False)]
    rows = [
        (Button(f"{sign} {words_of(viewer, view).title}", str(view.due_id)),)
        for sign, view in zip(_SIGNS, page, strict=False)
    ]
    if len(views) > _A_PAGE:
        rows.append((Button(_("More ›"), _MORE),))
    rows.append((Button(_("🌱 Family news"), _FAMILY),))
    return Screen("\n\n".join(lines), rows=tuple(rows), is_protected=True, is_page=True)


async def take_list(viewer: Viewer, answers: Answers, given: Given) -> Move:
    """Open an item, or the next page; words are answered kindly."""
    _ = viewer._
    if given in (Pressed("services"), Pressed(_FAMILY)):
        assert isinstance(given, Pressed)
        return enter(given.value)
    if given == Pressed(_MORE):
        return Move(answers={"from": str(int(answers.get("from", "0")) + _A_PAGE)})
    if not isinstance(given, Pressed):
        return again(_("Please press one of the buttons."))
    view = await due_of(viewer, {"reference": given.value})
    if view is None:
        return again(_("Please press one of the buttons."))
    return go("item", reference=given.value) if view.asked == "visit" else opening_of(view)


async def ask_item(viewer: Viewer, answers: Answers) -> Screen:
    """Say what it is, why it is due, from when to when, what to bring, and on whose word."""
    _ = viewer._
    view = await due_of(viewer, answers)
    if view is None or not view.is_live:
        return over_screen(viewer, view)
    words = words_of(viewer, view)
    lines = [f"{words.title}\n{words.what}", explain(view.due, view.rule, _)]
    if view.booked_on:
        lines.insert(1, booked_text(_, view.booked_on, viewer.today))
    if view.asked == "visit":
        lines.append(_("🎒 Bring: {things}").format(things=words.bring))
    lines.append(f"📍 {words.where}")
    if view.asked != "visit":
        rows: tuple[tuple[Button, ...], ...] = ((Button(_("💊 Today's"), _OPEN),),)
    else:
        calendar = Button(_("📲 Into my calendar"), _CALENDAR)
        rows = (*answer_rows(viewer, view), (calendar,))
    return Screen("\n".join(lines), rows=rows, is_protected=True, is_page=True)


async def take_item(viewer: Viewer, answers: Answers, given: Given) -> Move:
    """Answer in place, or fetch the calendar entry."""
    if given == Pressed(_CALENDAR):
        return go("calendar")
    if given == Pressed(_OPEN):
        view = await due_of(viewer, answers)
        return opening_of(view) if view else go("list")
    answered = take_answer(answers, given) or after_move(given)
    return answered or again(viewer._("Please press one of the buttons."))


async def ask_calendar(viewer: Viewer, answers: Answers) -> Screen:
    """Hand over a calendar entry; its title is discreet unless she shows contents openly."""
    _ = viewer._
    view = await due_of(viewer, answers)
    if view is None or not view.is_live:
        return over_screen(viewer, view)
    words, is_discreet = words_of(viewer, view), viewer.visitor.hides_content
    entry = schedule.calendar_entry(
        view,
        title=_("Appointment") if is_discreet else words.title,
        description=_("More in the chat.") if is_discreet else words.what,
        place="" if is_discreet else words.where,
        now=viewer.now,
    )
    return Screen(
        _("Open this file, and your phone will remember the day."),
        rows=((Button(_("📅 My schedule"), SCHEDULE),),),
        file=FileContent("suixing.ics", entry),
        is_page=True,
    )


async def take_calendar(viewer: Viewer, _answers: Answers, given: Given) -> Move:
    """Go back to the schedule."""
    lost = viewer._("I did not understand that. Please choose below.")
    return after_move(given) or enter("home", hint=lost)


def _start(answers: Answers, count: int) -> int:
    """Where the page on view begins; behind the last one comes the first."""
    start = int(answers.get("from", "0"))
    return start if start < count else start % _A_PAGE


def _line(viewer: Viewer, sign: str, view: DueView) -> str:
    words = words_of(viewer, view)
    return f"{sign} {words.title}\n{_when(viewer, view)}\n📍 {words.where}"


def _when(viewer: Viewer, view: DueView) -> str:
    """Until when an item can be done, or from when, or the day she booked."""
    _ = viewer._
    if view.booked_on:
        return booked_text(_, view.booked_on, viewer.today)
    if not view.is_open:
        days = (view.due.opens_on - viewer.today).days
        ahead = viewer.n_("From {opens}, in {n} day.", "From {opens}, in {n} days.", days)
        return ahead.format(opens=format_day(view.due.opens_on, _), n=days)
    if view.asked == "dose":
        return _("Every day until {closes}.").format(closes=format_day(view.due.closes_on, _))
    return until_text(_, viewer.n_, closes_on=view.due.closes_on, today=viewer.today)


def _empty(viewer: Viewer) -> Screen:
    _ = viewer._
    return Screen(
        _("There is nothing on your schedule. What would you like to be reminded of?"),
        rows=(
            (Button(_("🎁 Services for me"), "services"),),
            (Button(_("🌱 Family news"), _FAMILY),),
        ),
        is_page=True,
    )


CONVERSATION = members_only(
    Conversation(
        "schedule",
        (
            Step("list", ask_list, take_list),
            Step("item", ask_item, take_item),
            Step("calendar", ask_calendar, take_calendar),
        ),
    )
)
