"""What the conversations about family news share: taking news back, and news not taken."""

from backend.actions import events
from backend.actions.dialogs import Answers
from backend.actions.events import Told
from backend.domain.access import Underage
from backend.domain.errors import EventRefused, SuixingError
from backend.domain.events import EventProblem
from backend.texts.errors import explain_error
from backend.texts.services import problem_text
from bot.buttons import Button, Screen
from bot.dialogs import Given, Move, Pressed, enter
from bot.dues import after_move, after_row
from bot.membership import person_of
from bot.viewer import Viewer

_UNDO = "undo"


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
