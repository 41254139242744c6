"""What the button of a message from the outbox opens."""

from backend.actions.broadcast_run import ANSWERED, WAITING
from backend.actions.budget import DIGEST_TEMPLATE
from backend.actions.delivery import Sent
from backend.actions.moves import NEWS_TEMPLATE
from backend.actions.recall import REMINDER_TEMPLATE
from backend.actions.tasks import ALERT_TEMPLATE
from bot.dialogs import Move, enter
from bot.dues import due_of, opening_of
from bot.viewer import Viewer

_OPENINGS = {
    DIGEST_TEMPLATE: enter("cadre_tasks"),
    "registration_refused": enter("correct", "village"),
}


async def opened_by(viewer: Viewer, sent: Sent) -> Move:
    """The conversation a message announced; the menu where it announced nothing more."""
    if sent.template == ALERT_TEMPLATE:
        return enter("cadre_task", task=sent.reference)
    if sent.template == NEWS_TEMPLATE:
        return enter("move_status", report=sent.reference)
    if sent.template in (WAITING, ANSWERED):
        return enter("broadcast_progress", "item", trail=("list",), reference=sent.reference)
    if sent.template != REMINDER_TEMPLATE or viewer.person_id is None:
        return _OPENINGS.get(sent.template, enter("home"))
    view = await due_of(viewer, {"reference": sent.reference})
    return opening_of(view) if view else enter("schedule")
