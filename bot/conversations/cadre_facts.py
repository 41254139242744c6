"""What somebody without a phone tells her cadre: a pregnancy, a birth, or a change."""

from collections.abc import Awaitable
from datetime import date

from backend.actions import visits
from backend.actions.dialogs import Answers
from backend.domain.access import Role
from backend.domain.gestation import Dating, Source, dated_by_lmp, dated_by_transfer
from bot.buttons import Button, Screen
from bot.conversations.cadre_visit import kept, whose
from bot.conversations.transfer import AGES, ask_age
from bot.dates import date_step, days_around
from bot.dialogs import Conversation, Given, Move, Pressed, Step, again, enter, go
from bot.membership import actor_of, staff_only
from bot.typed import NO, YES, meant
from bot.viewer import Viewer

_DUE, _TRANSFER = "due", "transfer"
_LMP_WITHIN_DAYS, _DUE_WITHIN_DAYS, _BIRTH_WITHIN_DAYS = 300, 280, 365


def _ask_lmp(viewer: Viewer, _answers: Answers) -> str:
    return viewer._("When did her last period begin?")


def _by_due_date(viewer: Viewer) -> tuple[Button, ...]:
    return (Button(viewer._("She knows the due date"), _DUE),)


async def take_lmp(viewer: Viewer, answers: Answers, day: date | str) -> Move:
    """Keep the pregnancy by its last period, or ask for the due date."""
    if not isinstance(day, date):
        return go("due")
    dating = dated_by_lmp(day, viewer.today)
    return await kept(viewer, answers, _pregnancy(viewer, answers, dating))


def _ask_due(viewer: Viewer, _answers: Answers) -> str:
    return viewer._("When is the baby due?")


async def take_due(viewer: Viewer, answers: Answers, day: date | str) -> Move:
    """Keep the pregnancy by its due date, or ask for the day of the transfer instead."""
    if not isinstance(day, date):
        return go("transfer")
    dating = Dating(Source.CLINICIAN, day, viewer.today)
    return await kept(viewer, answers, _pregnancy(viewer, answers, dating))


def _by_transfer(viewer: Viewer) -> tuple[Button, ...]:
    return (Button(viewer._("Embryo transfer"), _TRANSFER),)


def _ask_transfer(viewer: Viewer, _answers: Answers) -> str:
    return viewer._("When was the transfer?")


async def take_transfer(_viewer: Viewer, _answers: Answers, day: date | str) -> Move:
    """Ask for the embryo's age."""
    return go("age", transferred=str(day))


async def take_age(viewer: Viewer, answers: Answers, given: Given) -> Move:
    """Keep the pregnancy by its transfer."""
    if not isinstance(given, Pressed) or given.value not in AGES:
        return again(viewer._("Please press one of the buttons."))
    transferred_on = date.fromisoformat(answers["transferred"])
    dating = dated_by_transfer(transferred_on, int(given.value), viewer.today)
    return await kept(viewer, answers, _pregnancy(viewer, answers, dating))


def _pregnancy(viewer: Viewer, answers: Answers, dating: Dating) -> Awaitable[object]:
    return visits.record_pregnancy(actor_of(viewer), whose(answers), dating=dating, now=viewer.now)


def _ask_birth(viewer: Viewer, _answers: Answers) -> str:
    return viewer._("On which day was the baby born?")


async def take_birth(viewer: Viewer, answers: Answers, day: date | str) -> Move:
    """Keep the birth."""
    assert isinstance(day, date), "the question offers nothing but days"
    birth = visits.record_birth(actor_of(viewer), whose(answers), on=day, now=viewer.now)
    return await kept(viewer, answers, birth)


async def ask_changed(viewer: Viewer, _answers: Answers) -> Screen:
    """One quiet step; no reason is asked of anybody."""
    _ = viewer._
    rows = ((Button(_("🔕 Stop these reminders"), YES), Button(_("Leave it"), NO)),)
    text = _(
        "No reason is needed. Stop what is about pregnancy and the baby?"
        " Her own checks after a birth stay."
    )
    return Screen(text, rows=rows, is_protected=True)


async def take_changed(viewer: Viewer, answers: Answers, given: Given) -> Move:
    """End it at once, with every task about it."""
    given = meant(given)
    if given == Pressed(NO):
        return enter("cadre_visit", person=answers["person"])
    if given != Pressed(YES):
        return again(viewer._("Please press yes or no."))
    ended = visits.end_pregnancy(actor_of(viewer), whose(answers), now=viewer.now)
    return await kept(viewer, answers, ended)


CONVERSATION = staff_only(Role.CADRE)(
    Conversation(
        "cadre_facts",
        (
            date_step(
                "pregnancy",
                _ask_lmp,
                reach=days_around(_LMP_WITHIN_DAYS, 0),
                take=take_lmp,
                extras=_by_due_date,
            ),
            date_step(
                "due",
                _ask_due,
                reach=days_around(14, _DUE_WITHIN_DAYS),
                take=take_due,
                extras=_by_transfer,
            ),
            date_step(
                "transfer",
                _ask_transfer,
                reach=days_around(_LMP_WITHIN_DAYS, 0),
                take=take_transfer,
            ),
            Step("age", ask_age, take_age),
            date_step(
                "birth", _ask_birth, reach=days_around(_BIRTH_WITHIN_DAYS, 0), take=take_birth
            ),
            Step("changed", ask_changed, take_changed),
        ),
    )
)
