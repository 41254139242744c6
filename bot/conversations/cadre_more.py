"""What somebody without a phone tells her cadre as a day: a check, a referral, a permit."""

from datetime import date

from backend.actions import people, visits
from backend.actions.dialogs import Answers
from backend.domain.access import Role
from backend.domain.events import EventKind
from bot.buttons import Button, Screen, rows_of
from bot.conversations.cadre_visit import kept, whose
from bot.dates import date_step, days_around
from bot.dialogs import Conversation, Given, Move, Pressed, Step, again, enter, go
from bot.membership import actor_of, staff_only
from bot.particulars import registered_step
from bot.told import (
    AT_ONCE,
    CHECKS,
    NEWS,
    OF_CHECK,
    OTHER,
    check_buttons,
    day_question,
    news_buttons,
    rule_of,
)
from bot.viewer import Viewer

_LONGEST_AGO_DAYS = 3 * 366
_REGISTERED, _METHOD = "registered", "method"


async def _sex(viewer: Viewer, answers: Answers) -> str | None:
    return (await people.fetch_for(actor_of(viewer), whose(answers))).sex


async def ask_what(viewer: Viewer, answers: Answers) -> Screen:
    """Ask what kind of news it is."""
    _ = viewer._
    buttons = news_buttons(viewer, await _sex(viewer, answers))
    buttons += [
        Button(_("💊 Method she chose"), _METHOD),
        Button(_("🏠 Registered at"), _REGISTERED),
    ]
    return Screen(_("What did she tell you?"), rows=rows_of(buttons), is_protected=True)


async def take_what(viewer: Viewer, answers: Answers, given: Given) -> Move:
    """Ask after which check it was, or for the day."""
    if given == Pressed(_REGISTERED):
        return go(_REGISTERED)
    if given == Pressed(_METHOD):
        return enter("cadre_methods", person=answers["person"])
    if not isinstance(given, Pressed) or given.value not in NEWS:
        return again(viewer._("Please press one of the buttons."))
    if given.value in OF_CHECK:
        return go("which", what=given.value)
    if given.value in AT_ONCE:
        return await _keep(viewer, {**answers, "what": given.value, "which": ""}, viewer.today)
    return go("day", what=given.value, which="")


async def ask_which(viewer: Viewer, answers: Answers) -> Screen:
    """Ask which check it was."""
    rows = rows_of(check_buttons(viewer, await _sex(viewer, answers)), width=1)
    return Screen(viewer._("Which check was it?"), rows=rows, is_protected=True)


async def take_which(viewer: Viewer, _answers: Answers, given: Given) -> Move:
    """Go on to the day."""
    if not isinstance(given, Pressed) or given.value not in (*CHECKS, OTHER):
        return again(viewer._("Please press one of the buttons."))
    return go("day", which=given.value)


async def take_day(viewer: Viewer, answers: Answers, day: date | str) -> Move:
    """Keep the day."""
    assert isinstance(day, date), "the question offers nothing but days"
    return await _keep(viewer, answers, day)


async def take_registered(viewer: Viewer, answers: Answers, place: str) -> Move:
    """Keep where she is registered."""
    keeping = visits.correct_registered(
        actor_of(viewer), whose(answers), place or None, now=viewer.now
    )
    return await kept(viewer, answers, keeping)


async def _keep(viewer: Viewer, answers: Answers, day: date) -> Move:
    kind, rule = EventKind(answers["what"]), rule_of(answers["which"])
    keeping = visits.record_day(
        actor_of(viewer), whose(answers), kind, on=day, rule=rule, now=viewer.now
    )
    return await kept(viewer, answers, keeping)


CONVERSATION = staff_only(Role.CADRE)(
    Conversation(
        "cadre_more",
        (
            Step("what", ask_what, take_what),
            Step("which", ask_which, take_which),
            date_step(
                "day",
                lambda viewer, answers: day_question(viewer, answers["what"]),
                reach=days_around(_LONGEST_AGO_DAYS, 0),
                take=take_day,
            ),
            registered_step(take_registered),
        ),
    )
)
