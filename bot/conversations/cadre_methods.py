"""A method somebody without a phone tells her cadre that she chose: which, since when, how long."""

from datetime import date

from backend.actions import people, visits
from backend.actions.dialogs import Answers
from backend.domain.access import Role
from backend.domain.events import Method
from bot.buttons import Screen, rows_of
from bot.conversations.cadre_visit import kept, whose
from bot.dates import date_step, days_around
from bot.dialogs import Conversation, Given, Move, Pressed, Step, again, go
from bot.membership import actor_of, staff_only
from bot.products import LASTING, UNKNOWN, Lasts, lasts_step, method_buttons
from bot.viewer import Viewer

_LONGEST_AGO_DAYS = 6 * 366


async def ask_method(viewer: Viewer, answers: Answers) -> Screen:
    """Ask what it was; nobody asks why."""
    _ = viewer._
    person = await people.fetch_for(actor_of(viewer), whose(answers))
    text = _("Which one does she want to be followed up? Only what she says herself.")
    return Screen(text, rows=rows_of(method_buttons(viewer, person.sex)), is_protected=True)


async def take_method(viewer: Viewer, _answers: Answers, given: Given) -> Move:
    """Ask for the day."""
    if isinstance(given, Pressed) and given.value in frozenset(Method):
        return go("day", method=given.value)
    return again(viewer._("Please press one of the buttons."))


def _ask_day(viewer: Viewer, _answers: Answers) -> str:
    return viewer._("On which day was that?")


async def take_day(viewer: Viewer, answers: Answers, day: date | str) -> Move:
    """Keep it; of some things one is asked how long they last."""
    assert isinstance(day, date), "the question offers nothing but days"
    if answers["method"] in LASTING:
        return go("lasts", on=day.isoformat())
    return await _keep(viewer, answers, day)


async def _keep(viewer: Viewer, answers: Answers, on: date, lasts: Lasts = UNKNOWN) -> Move:
    keeping = visits.record_method(
        actor_of(viewer),
        whose(answers),
        Method(answers["method"]),
        on=on,
        rods=lasts.rods,
        lasts_months=lasts.months,
        now=viewer.now,
    )
    return await kept(viewer, answers, keeping)


CONVERSATION = staff_only(Role.CADRE)(
    Conversation(
        "cadre_methods",
        (
            Step("method", ask_method, take_method),
            date_step("day", _ask_day, reach=days_around(_LONGEST_AGO_DAYS, 0), take=take_day),
            lasts_step(_keep),
        ),
    )
)
