"""Other news of her own: a check she had, a referral, a marriage, a permit, the change of life."""

from datetime import date

from backend.actions import events, people
from backend.actions.dialogs import Answers
from backend.actions.events import Told
from backend.domain.access import Act
from backend.domain.errors import SuixingError
from backend.domain.events import EventKind
from bot.agreement import consent_step, has_agreed
from bot.buttons import Screen, rows_of
from bot.dates import date_step, days_around
from bot.dialogs import Conversation, Given, Move, Pressed, Step, again, enter, finish, go
from bot.membership import actor_of, members_only, person_of
from bot.news import not_taken, receipt, take_receipt
from bot.told import (
    AT_ONCE,
    CHECKS,
    NEWS,
    OF_CHECK,
    OTHER,
    check_buttons,
    day_question,
    news_buttons,
    purposes_of,
    rule_of,
)
from bot.viewer import Viewer

_LONGEST_AGO_DAYS = 3 * 366


async def _sex(viewer: Viewer) -> str | None:
    person = await people.fetch_for(actor_of(viewer), person_of(viewer), Act.VIEW)
    return person.sex


async def ask_what(viewer: Viewer, _answers: Answers) -> Screen:
    """Ask what kind of news it is."""
    text = viewer._("What would you like to tell? Each is up to you.")
    rows = rows_of(news_buttons(viewer, await _sex(viewer)))
    return Screen(text, rows=rows, is_protected=True, is_page=True)


async def take_what(viewer: Viewer, answers: Answers, given: Given) -> Move:
    """Ask after which check it was, or go on."""
    if not isinstance(given, Pressed) or given.value not in NEWS:
        return again(viewer._("Please press one of the buttons."))
    if given.value in OF_CHECK:
        return go("which", what=given.value)
    return await _go_on(viewer, {**answers, "what": given.value, "which": ""})


async def ask_which(viewer: Viewer, _answers: Answers) -> Screen:
    """Ask which check it was."""
    rows = rows_of(check_buttons(viewer, await _sex(viewer)), width=1)
    return Screen(viewer._("Which check was it?"), rows=rows, is_protected=True)


async def take_which(viewer: Viewer, answers: Answers, given: Given) -> Move:
    """Go on with that check."""
    if not isinstance(given, Pressed) or given.value not in (*CHECKS, OTHER):
        return again(viewer._("Please press one of the buttons."))
    return await _go_on(viewer, {**answers, "which": given.value})


async def _go_on(viewer: Viewer, answers: Answers) -> Move:
    """Ask for the consent where it is not given, then for the day."""
    told = {"what": answers["what"], "which": answers["which"]}
    purposes = purposes_of(EventKind(told["what"]), rule_of(told["which"]))
    if not await has_agreed(viewer, *purposes):
        return go("consent", purpose=purposes[0], **told)
    if told["what"] in AT_ONCE:
        return await _keep(viewer, told, viewer.today)
    return go("day", **told)


async def after_consent(viewer: Viewer, answers: Answers) -> Move:
    """Once she agrees, go on."""
    return await _go_on(viewer, answers)


async def leave(viewer: Viewer, _answers: Answers) -> Move:
    """Without her consent nothing is kept."""
    return enter("home", hint=viewer._("All right. Nothing was kept."))


async def take_day(viewer: Viewer, answers: Answers, day: date | str) -> Move:
    """Keep the day."""
    assert isinstance(day, date), "the question offers nothing but days"
    return await _keep(viewer, answers, day)


async def _keep(viewer: Viewer, answers: Answers, day: date) -> Move:
    kind, rule = EventKind(answers["what"]), rule_of(answers["which"])
    told = Told(now=viewer.now)
    try:
        recorded = await events.record_day(person_of(viewer), told, kind, on=day, rule=rule)
    except SuixingError as error:
        return not_taken(viewer, error)
    return finish("recorded", episode=str(recorded.episode))


async def ask_recorded(viewer: Viewer, answers: Answers) -> Screen:
    """The receipt, without naming what it was."""
    return receipt(viewer, answers, viewer._("Noted. I will remind you when something is due."))


CONVERSATION = members_only(
    Conversation(
        "more_news",
        (
            Step("what", ask_what, take_what),
            Step("which", ask_which, take_which),
            consent_step("consent", agreed=after_consent, refused=leave),
            date_step(
                "day",
                lambda viewer, answers: day_question(viewer, answers["what"]),
                reach=days_around(_LONGEST_AGO_DAYS, 0),
                take=take_day,
            ),
            Step("recorded", ask_recorded, take_receipt),
        ),
    )
)
