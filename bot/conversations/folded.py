"""What stays of a message that was folded away: nothing that tells what it was about."""

from backend.actions.dialogs import Answers
from bot.buttons import Button, Screen
from bot.dialogs import Conversation, Given, Move, Pressed, Step, enter
from bot.viewer import Viewer


async def ask_folded(viewer: Viewer, _answers: Answers) -> Screen:
    """Say only that it was folded, and offer the schedule."""
    _ = viewer._
    rows = ((Button(_("📅 My schedule"), "schedule"),),)
    return Screen(_("Folded away."), rows=rows, is_page=True)


async def take_folded(viewer: Viewer, _answers: Answers, given: Given) -> Move:
    """Open the schedule, or say kindly that words were not understood."""
    if given == Pressed("schedule"):
        return enter("schedule")
    return enter("home", hint=viewer._("I did not understand that. Please choose below."))


CONVERSATION = Conversation("folded", (Step("folded", ask_folded, take_folded),))
