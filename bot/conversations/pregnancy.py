"""A pregnancy, if she likes to tell it: its own consent, the last period or the due date."""

from datetime import date, timedelta

from backend.actions import events
from backend.actions.dialogs import Answers
from backend.actions.events import Pregnancy, Told
from backend.domain.consent import Purpose
from backend.domain.errors import SuixingError
from backend.domain.events import EventProblem
from backend.domain.gestation import (
    PREGNANCY_DAYS,
    Dating,
    LmpCheck,
    Source,
    check_lmp,
    dated_by_lmp,
    gestational_days,
)
from backend.domain.preparing import PREPARING_DAYS
from backend.texts.services import format_day, problem_text
from bot.agreement import consent_step, has_agreed
from bot.buttons import Button, Screen
from bot.dates import FORGOTTEN, date_step, days_around
from bot.dialogs import Conversation, Given, Move, Pressed, Step, again, enter, finish, go
from bot.membership import members_only, person_of
from bot.news import not_taken, pregnancy_text, receipt, take_receipt
from bot.typed import NO, YES, meant
from bot.typed_dates import read_weeks
from bot.viewer import Viewer

_LATER, _TRANSFER = "later", "transfer"
_LONGEST_DAYS = 330
_OVERDUE_DAYS = 40


async def to_period(_viewer: Viewer, _answers: Answers) -> Move:
    """Once she agrees, ask for her last period."""
    return go("period")


async def leave(viewer: Viewer, _answers: Answers) -> Move:
    """Without her consent nothing is kept."""
    return enter("home", hint=viewer._("All right. Nothing was kept."))


def _ask_period(viewer: Viewer, _answers: Answers) -> str:
    return viewer._("When did your last period begin?")


def _period_extras(viewer: Viewer) -> tuple[Button, ...]:
    _ = viewer._
    forgotten = Button(_("Don't know. I have a due date"), FORGOTTEN)
    return forgotten, Button(_("Skip this"), _LATER)


def _by_weeks(text: str, today: date) -> date | None:
    """The last period of her who types how many weeks she is pregnant; she is asked to confirm."""
    days = read_weeks(text)
    return today - timedelta(days) if days is not None else None


async def take_period(viewer: Viewer, answers: Answers, day: date | str) -> Move:
    """Go on to check the dates, or ask for the due date instead."""
    if day == FORGOTTEN:
        return go("due")
    if day == _LATER:
        return await leave(viewer, answers)
    return go("confirm", lmp=str(day), edd="")


def _ask_due(viewer: Viewer, _answers: Answers) -> str:
    return viewer._("Which due date did the doctor name?")


def _due_extras(viewer: Viewer) -> tuple[Button, ...]:
    _ = viewer._
    return Button(_("I had an embryo transfer"), _TRANSFER), Button(_("Skip this"), _LATER)


async def take_due(viewer: Viewer, answers: Answers, day: date | str) -> Move:
    """Go on to check the dates, or ask for the day of the transfer instead."""
    if day == _LATER:
        return await leave(viewer, answers)
    if day == _TRANSFER:
        return enter("transfer")
    return go("confirm", edd=str(day), lmp="", source=Source.CLINICIAN)


async def ask_confirm(viewer: Viewer, answers: Answers) -> Screen:
    """Show weeks and due date, and ask whether they are right."""
    _, dating = viewer._, _dating(viewer, answers)
    if check_lmp(dating.lmp, viewer.today) is LmpCheck.ASK:
        text = problem_text(EventProblem.ASK_PREGNANCY_LONG, _)
    else:
        text = pregnancy_text(viewer, Pregnancy(0, dating.lmp, dating.due_on))
        if answers["lmp"]:
            # Said back, so that a day and a month taken for each other are seen.
            day = format_day(dating.lmp, _)
            text = _("Last period: {day}\n{dates}").format(day=day, dates=text)
        text = _("{dates}\nIs that right?").format(dates=text)
    rows = ((Button(_("✅ That is right"), YES), Button(_("✏️ Change it"), NO)),)
    return Screen(text, rows=rows, is_protected=True)


async def take_confirm(viewer: Viewer, answers: Answers, given: Given) -> Move:
    """Keep the pregnancy, or go back to the dates."""
    given = meant(given)
    if given == Pressed(NO):
        return go("due" if answers["edd"] else "period")
    if given != Pressed(YES):
        return again(viewer._("Please press yes or no."))
    told = Told(now=viewer.now, is_confirmed=True)
    try:
        recorded = await events.record_pregnancy(
            person_of(viewer), told, dating=_dating(viewer, answers)
        )
    except SuixingError as error:
        return not_taken(viewer, error)
    return finish("recorded", episode=str(recorded.episode))


def _dating(viewer: Viewer, answers: Answers) -> Dating:
    """The dating her answers make; a due date she knows is a clinician's word."""
    if answers["lmp"]:
        return dated_by_lmp(date.fromisoformat(answers["lmp"]), viewer.today)
    return Dating(Source(answers["source"]), date.fromisoformat(answers["edd"]), viewer.today)


async def ask_recorded(viewer: Viewer, answers: Answers) -> Screen:
    """The receipt with the dates that count, and folic acid on offer while it helps."""
    _ = viewer._
    current = await events.current_pregnancy(person_of(viewer), now=viewer.now)
    if current is None:
        return receipt(viewer, answers, _("Noted."))
    text = _("Noted. Your due date is {due}. I will remind you when a check is due.").format(
        due=format_day(current.due_on, _)
    )
    if _dating(viewer, answers).due_on != current.due_on:
        stays = _("The due date from your doctor goes first and stays.")
        text = f"{text}\n{stays}"
    is_early = gestational_days(current.lmp_on, viewer.today) <= PREPARING_DAYS
    if is_early and not await has_agreed(viewer, Purpose.FOLIC_ACID):
        return receipt(viewer, answers, text, Button(_("🌱 Folic acid too"), "folic_acid"))
    return receipt(viewer, answers, text)


async def take_recorded(viewer: Viewer, answers: Answers, given: Given) -> Move:
    """Ask for the consent to folic acid if she wants it, or go on."""
    if given == Pressed("folic_acid"):
        return go("folic_acid", purpose=Purpose.FOLIC_ACID)
    return await take_receipt(viewer, answers, given)


async def to_recorded(_viewer: Viewer, _answers: Answers) -> Move:
    """Back to the receipt, whatever she answered."""
    return finish("recorded")


CONVERSATION = members_only(
    Conversation(
        "pregnancy",
        (
            date_step(
                "period",
                _ask_period,
                reach=days_around(_LONGEST_DAYS, 0),
                take=take_period,
                extras=_period_extras,
                reads=_by_weeks,
            ),
            consent_step("consent", agreed=to_period, refused=leave),
            date_step(
                "due",
                _ask_due,
                reach=days_around(_OVERDUE_DAYS, PREGNANCY_DAYS),
                take=take_due,
                extras=_due_extras,
            ),
            Step("confirm", ask_confirm, take_confirm),
            Step("recorded", ask_recorded, take_recorded),
            consent_step("folic_acid", agreed=to_recorded, refused=to_recorded),
        ),
        counted=("period", "confirm"),
    )
)
