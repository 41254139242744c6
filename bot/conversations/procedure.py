"""Follow-ups after what somebody chose, only because she asks for them; and their end."""

from datetime import date

from backend.actions import events, family
from backend.actions.dialogs import Answers
from backend.actions.events import Told
from backend.actions.family import Procedure
from backend.domain.errors import SuixingError
from backend.domain.events import Method
from bot.agreement import consent_step
from bot.buttons import Button, Screen, rows_of
from bot.dates import date_step, days_around
from bot.dialogs import Conversation, Given, Move, Pressed, Step, again, enter, finish, go
from bot.membership import members_only, person_of
from bot.news import not_taken, receipt, take_receipt
from bot.products import (
    LASTING,
    UNKNOWN,
    Lasts,
    day_question,
    lasts_step,
    method_buttons,
    method_names,
)
from bot.viewer import Viewer

_LONGEST_AGO_DAYS = 6 * 366
_END = "end"
# What is taken out has a day on which that was done; other follow-ups simply stop.
_REMOVABLE = (Method.IUD, Method.IMPLANT)


async def to_method(_viewer: Viewer, _answers: Answers) -> Move:
    """Once she agrees, ask what it was."""
    return go("method")


async def leave(viewer: Viewer, _answers: Answers) -> Move:
    """Without her consent nothing is kept."""
    return enter("home", hint=viewer._("All right. Nothing was kept."))


async def ask_method(viewer: Viewer, _answers: Answers) -> Screen:
    """Ask what it was; what is followed up already can be ended."""
    _ = viewer._
    view = await family.look(person_of(viewer), now=viewer.now)
    rows = rows_of(method_buttons(viewer, view.sex))
    rows += tuple((_end_button(viewer, procedure),) for procedure in view.procedures)
    text = _("What would you like to be followed up? You need not explain anything.")
    return Screen(text, rows=rows, is_protected=True)


def _end_button(viewer: Viewer, procedure: Procedure) -> Button:
    _, name = viewer._, method_names(viewer)[procedure.method]
    label = (
        _("🔕 Taken out: {method}") if procedure.method in _REMOVABLE else _("🔕 Stop: {method}")
    )
    return Button(label.format(method=name), f"{_END}{procedure.episode}")


async def take_method(viewer: Viewer, _answers: Answers, given: Given) -> Move:
    """Ask for the day, or end a follow-up."""
    if isinstance(given, Pressed) and given.value in frozenset(Method):
        return go("day", method=given.value, ends="")
    if isinstance(given, Pressed) and given.value.startswith(_END):
        view = await family.look(person_of(viewer), now=viewer.now)
        wanted = given.value.removeprefix(_END)
        found = [item for item in view.procedures if str(item.episode) == wanted]
        return await _end(viewer, found[0]) if found else Move()
    return again(viewer._("Please press one of the buttons."))


async def _end(viewer: Viewer, procedure: Procedure) -> Move:
    """Ask when it was taken out; a follow-up of anything else is simply forgotten."""
    if procedure.method in _REMOVABLE:
        return go("day", method=procedure.method, ends="yes")
    told = Told(now=viewer.now)
    if procedure.method in events.SUPPLIES:
        await events.stop_method(person_of(viewer), told, method=procedure.method, on=viewer.today)
    else:
        await events.take_back(person_of(viewer), procedure.episode, told)
    return finish("recorded", said="ended", episode="")


def _ask_day(viewer: Viewer, answers: Answers) -> str:
    if answers["ends"]:
        return viewer._("When was it taken out?")
    return day_question(viewer, Method(answers["method"]))


async def take_day(viewer: Viewer, answers: Answers, day: date | str) -> Move:
    """Keep it, or its end; of some things one is asked how long they last."""
    assert isinstance(day, date), "the question offers nothing but days"
    if answers["method"] in LASTING and not answers["ends"]:
        return go("lasts", on=day.isoformat())
    return await _keep(viewer, answers, day)


async def _keep(viewer: Viewer, answers: Answers, on: date, lasts: Lasts = UNKNOWN) -> Move:
    """Keep it, or its end, and plan the follow-ups anew."""
    person_id, told, method = person_of(viewer), Told(now=viewer.now), Method(answers["method"])
    try:
        if answers["ends"]:
            kept = await events.stop_method(person_id, told, method=method, on=on)
        else:
            kept = await events.record_method(
                person_id, told, method=method, on=on, rods=lasts.rods, lasts_months=lasts.months
            )
    except SuixingError as error:
        return not_taken(viewer, error)
    said = "ended" if answers["ends"] else "kept"
    return finish("recorded", said=said, episode=str(kept.episode))


async def ask_recorded(viewer: Viewer, answers: Answers) -> Screen:
    """The receipt, without naming what it was."""
    _ = viewer._
    if answers["said"] == "ended":
        return receipt(viewer, answers, _("Noted. These follow-ups have stopped."))
    text = _("Noted. I will remind you quietly when a follow-up is due.")
    return receipt(viewer, answers, text)


CONVERSATION = members_only(
    Conversation(
        "procedure",
        (
            Step("method", ask_method, take_method),
            consent_step("consent", agreed=to_method, refused=leave),
            date_step("day", _ask_day, reach=days_around(_LONGEST_AGO_DAYS, 0), take=take_day),
            lasts_step(_keep),
            Step("recorded", ask_recorded, take_receipt),
        ),
        counted=("method", "day"),
    )
)
