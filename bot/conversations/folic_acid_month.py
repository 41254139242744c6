"""Folic acid, the month at a glance: days taken, and noting one of the last days afterwards."""

from datetime import date, timedelta

from backend.actions import folic_acid
from backend.actions.dialogs import Answers
from backend.actions.folic_acid import Dose
from backend.texts.services import format_day
from bot.buttons import Button, Screen
from bot.dates import month_grid, month_value
from bot.dialogs import Conversation, Given, Move, Pressed, Step, again, enter
from bot.dues import after_move, after_row
from bot.membership import members_only, person_of
from bot.viewer import Viewer

_BACK_DAYS = 366
_NOTED_LATE_DAYS = 7
_TODAY = "today"


async def ask_month(viewer: Viewer, answers: Answers) -> Screen:
    """Show a month's days: taken, not taken, or not said."""
    _ = viewer._
    first = date.fromisoformat(f"{answers.get('month') or month_value(viewer.today)}-01")
    month = await folic_acid.month(person_of(viewer), first)
    count = viewer.n_("Taken on {n} day.", "Taken on {n} days.", len(month.taken))
    lines = [
        _("💊 {month.year}-{month.month:02}").format(month=first),
        count.format(n=len(month.taken)),
        _("Forgot to tell me? Press one of the last 7 days."),
    ]

    def cell(day: date) -> Button:
        if day in month.taken:
            return Button("✅", "-")
        return Button("✖️" if day in month.not_taken else str(day.day), f"d{day}")

    reach = (viewer.today - timedelta(_BACK_DAYS), viewer.today)
    rows = month_grid(viewer, first, reach=reach, cell=cell)
    if answers.get("reference"):
        rows += ((Button(_("💊 Today's"), _TODAY),),)
    rows += (after_row(viewer),)
    return Screen("\n".join(lines), rows=rows, is_protected=True, is_page=True)


async def take_month(viewer: Viewer, answers: Answers, given: Given) -> Move:
    """Turn a leaf, or note one of the last days as taken."""
    lost = viewer._("Please press one of the buttons.")
    if not isinstance(given, Pressed):
        return again(lost)
    if given.value == _TODAY:
        return enter("folic_acid", reference=answers["reference"])
    if given.value.startswith("m"):
        month = given.value[1:]
        return Move(answers={"month": month} if "-" in month else {})
    if given.value.startswith("d"):
        return await _noted(viewer, date.fromisoformat(given.value[1:]))
    return after_move(given) or Move()


async def _noted(viewer: Viewer, day: date) -> Move:
    """Note a day as taken, as long as one still remembers."""
    _ = viewer._
    if not 0 <= (viewer.today - day).days < _NOTED_LATE_DAYS:
        return Move(toast=_("Only the last 7 days can be noted."))
    await folic_acid.answer_dose(person_of(viewer), Dose.TAKEN, on=day, now=viewer.now)
    return Move(toast=_("✅ {day}: taken").format(day=format_day(day, _)))


CONVERSATION = members_only(
    Conversation("folic_acid_month", (Step("month", ask_month, take_month),))
)
