"""What is said of a loss: what would stop, and what has; a mother's own checks stay hers."""

from backend.actions import schedule
from backend.domain.calendar import Anchor, Reason
from backend.domain.consent import Purpose
from bot.membership import person_of
from bot.viewer import Viewer


async def what_stays(viewer: Viewer) -> str:
    """A line on what a stop after a birth would and would not end; empty where that is all."""
    _ = viewer._
    if not await _has_own_checks(viewer, Anchor.BIRTH, Anchor.DISCHARGE):
        return ""
    return "\n" + _(
        "Reminders about the baby and contraception after birth would stop; your own checks stay."
    )


async def what_stopped(viewer: Viewer) -> str:
    """That it has stopped; nothing more."""
    _ = viewer._
    if await _has_own_checks(viewer, Reason.DELIVERY):
        return _(
            "These have stopped. Your own checks stay, and you may say no to them."
            " Take good care of yourself; we are here when you need us."
        )
    return _("It has all stopped. Take good care of yourself; we are here when you need us.")


async def _has_own_checks(viewer: Viewer, *counted_from: Anchor | Reason) -> bool:
    """Whether she has checks of her own before her that are counted from one of these."""
    owed = await schedule.my_schedule(person_of(viewer), now=viewer.now)
    reasons = [view.due.why.anchor for view in owed if view.due.topic == Purpose.MATERNAL]
    return any(reason in counted_from for reason in reasons)
