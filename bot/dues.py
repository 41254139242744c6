"""A due service on a screen: which one, what to say once it is over, and what opens it."""

from backend.actions import reminders
from backend.actions.dialogs import Answers
from backend.actions.reminders import DueView
from backend.domain.errors import NotOwed
from backend.domain.schedule import State
from backend.texts.phrases import Words
from backend.texts.reminders import over_text
from backend.texts.services import words_for
from bot.buttons import Button, Screen
from bot.dialogs import Given, Move, Pressed, enter
from bot.membership import person_of
from bot.viewer import Viewer

SCHEDULE, FOLDED, DONE = "schedule", "folded", "done"


async def due_of(viewer: Viewer, answers: Answers) -> DueView | None:
    """The due service a conversation is about, None where there is no such thing of hers."""
    due_id = due_id_of(answers)
    try:
        return await reminders.open_reminder(person_of(viewer), due_id, now=viewer.now)
    except NotOwed:
        return None


def due_id_of(answers: Answers) -> int:
    """The number of the due service; 0, which is nobody's, where there is none."""
    reference = answers.get("reference", "")
    return int(reference) if reference.isdecimal() else 0


def words_of(viewer: Viewer, view: DueView) -> Words:
    """The words of a due service in the viewer's language."""
    return words_for(view.due, viewer._)


def opening_of(view: DueView) -> Move:
    """The conversation in which a due service is looked at and answered."""
    reference = str(view.due_id)
    if view.asked == "dose" or (view.asked == "question" and view.due.topic == "folic_acid"):
        return enter("folic_acid", reference=reference)
    if view.asked == "question":
        return enter("family", "changed", reference=reference)
    return enter("checkup", reference=reference)


def over_screen(viewer: Viewer, view: DueView | None) -> Screen:
    """What is shown of a due service that is over; a visit may still be told afterwards."""
    state = view.due.state if view else State.CANCELLED
    rows: tuple[tuple[Button, ...], ...] = (after_row(viewer),)
    if view and view.asked == "visit" and state is State.CLOSED:
        rows = ((Button(viewer._("✅ Done already"), DONE),), *rows)
    return Screen(over_text(state, viewer._), rows=rows, is_protected=True, is_page=True)


def after_row(viewer: Viewer) -> tuple[Button, Button]:
    """What is always offered once something is said: the schedule, or to fold the message."""
    _ = viewer._
    return Button(_("📅 My schedule"), SCHEDULE), Button(_("🙈 Fold away"), FOLDED)


def after_move(given: Given) -> Move | None:
    """Where a button of `after_row` leads; None for anything else."""
    if given in (Pressed(SCHEDULE), Pressed(FOLDED)):
        return enter(SCHEDULE if given == Pressed(SCHEDULE) else FOLDED)
    return None
