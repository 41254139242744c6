"""What the conversations about family news share: taking news back, and news not taken."""

from backend.actions import events
from backend.actions.dialogs import Answers
from backend.actions.events import Pregnancy, Told
from backend.domain.access import Underage
from backend.domain.errors import EventRefused, SuixingError
from backend.domain.events import EventProblem
from backend.domain.gestation import gestational_days, texts_have_ended, weeks_and_days
from backend.texts.errors import explain_error
from backend.texts.services import format_day, problem_text, words
from bot.buttons import Button, Screen
from bot.dialogs import Given, Move, Pressed, enter
from bot.dues import after_move, after_row
from bot.membership import person_of
from bot.viewer import Viewer

_UNDO = "undo"


def pregnancy_text(viewer: Viewer, pregnancy: Pregnancy) -> str:
    """Weeks and due date; past 42 weeks only a kind question."""
    _ = viewer._
    if texts_have_ended(pregnancy.lmp_on, viewer.today):
        return words("overdue", _).what
    weeks, days = weeks_and_days(gestational_days(pregnancy.lmp_on, viewer.today))
    return _("🤰 Week {weeks}+{days}. Due on {due}.").format(
        weeks=weeks, days=days, due=format_day(pregnancy.due_on, _)
    )


def receipt(viewer: Viewer, answers: Answers, text: str, *more: Button) -> Screen:
    """The receipt of news: what may follow, and a way to take the news back."""
    rows = [*((button,) for button in more), after_row(viewer)]
    if answers.get("episode"):
        rows.append((undo_button(viewer),))
    return Screen(text, rows=tuple(rows), is_protected=True, is_page=True)


def undo_button(viewer: Viewer) -> Button:
    """The button that takes back what was just told."""
    return Button(viewer._("↩️ That was a slip"), _UNDO)


async def take_receipt(viewer: Viewer, answers: Answers, given: Given) -> Move:
    """Take the news back, or go on to the schedule, or fold the message."""
    if given == Pressed(_UNDO) and answers.get("episode"):
        told = Told(now=viewer.now)
        await events.take_back(person_of(viewer), int(answers["episode"]), told)
        return enter("family", hint=viewer._("Taken back. All is as it was before."))
    lost = viewer._("I did not understand that. Please choose below.")
    return after_move(given) or enter("home", hint=lost)


def not_taken(viewer: Viewer, error: SuixingError) -> Move:
    """Where news leads that cannot be kept; under 18 it is a human being who helps."""
    if isinstance(error, Underage):
        return enter("cadre_help", "young")
    return enter("family", hint=why_not(viewer, error))


def why_not(viewer: Viewer, error: SuixingError) -> str:
    """What to say of news that cannot be kept."""
    if isinstance(error, EventRefused):
        return problem_text(EventProblem(error.problem), viewer._)
    return explain_error(error, viewer._)
