"""What the messages of the outbox say: discreet words, and a button that opens the rest."""

from backend.actions import tasks
from backend.actions.budget import DIGEST_TEMPLATE
from backend.actions.delivery import Message
from backend.actions.desk import told_receipt
from backend.actions.moves import NEWS_TEMPLATE
from backend.actions.tasks import ALERT_TEMPLATE
from backend.actions.unreached import unreached_in
from backend.texts.complaints import desk_news_text, news_text
from backend.texts.moves import move_news_text
from backend.texts.reminders import (
    registration_confirmed_text,
    registration_refused_text,
    reminder_text,
)
from backend.texts.tasks import alert_text, digest_text
from bot.buttons import Button, Screen
from bot.dues import due_of, words_of
from bot.office_pushes import OFFICE_TEMPLATES
from bot.send import Template
from bot.viewer import Viewer

_OPEN = "open"


async def reminder(viewer: Viewer, message: Message) -> Screen:
    """Only that there is something new, unless she asked to see at once what it is.

    Protected from the start, as the button shows the rest in this very message.
    """
    view = None
    if viewer.person_id is not None:
        view = await due_of(viewer, {"reference": message.reference})
    title = words_of(viewer, view).title if view and not viewer.visitor.hides_content else None
    is_daily = view is not None and view.asked == "dose"
    text = reminder_text(viewer._, title=title, is_daily=is_daily)
    return _push(text, viewer._("👀 Have a look"))


async def digest(viewer: Viewer, _message: Message) -> Screen:
    """How much a cadre has to do today, and the way there; no name and no health word."""
    actor = viewer.visitor.actor
    assert actor is not None, "a digest goes to a cadre"
    counts = await tasks.summary(actor, now=viewer.now)
    unreached = await unreached_in(actor, now=viewer.now)
    missed, stopped = len(unreached.missed), len(unreached.stopped)
    text = digest_text(counts, viewer._, viewer.n_, missed=missed, stopped=stopped)
    return _push(text, viewer._("📋 Today's tasks"))


async def cadre_alert(viewer: Viewer, _message: Message) -> Screen:
    """Something a cadre cannot leave until tomorrow, without saying what."""
    return _push(alert_text(viewer._), viewer._("👀 Have a look"))


async def move_news(viewer: Viewer, _message: Message) -> Screen:
    """Her report of a move has gone on."""
    return _push(move_news_text(viewer._), viewer._("👀 Have a look"))


async def registration_confirmed(viewer: Viewer, _message: Message) -> Screen:
    """The cadre knows her: from now on she is reminded."""
    text = registration_confirmed_text(viewer._)
    return _push(text, viewer._("Open the menu"))


async def registration_refused(viewer: Viewer, _message: Message) -> Screen:
    """The cadre of that village does not know her: another village may be chosen."""
    text = registration_refused_text(viewer._)
    return _push(text, viewer._("Choose a village"))


async def complaint_answer(viewer: Viewer, message: Message) -> Screen:
    """Only that there is something new; the button knows the receipt, as nothing here keeps it."""
    receipt = told_receipt(message.reference)
    button = Button(viewer._("👀 Have a look"), receipt, opens="complaint_follow")
    return Screen(news_text(viewer._), rows=((button,),), is_protected=True)


async def desk_news(viewer: Viewer, _message: Message) -> Screen:
    """The desk has something new or soon due, to be looked at with a key and not in the chat."""
    return Screen(desk_news_text(viewer._))


def _push(text: str, label: str) -> Screen:
    return Screen(text, rows=((Button(label, _OPEN),),), is_protected=True)


TEMPLATES: dict[str, Template] = {
    **OFFICE_TEMPLATES,
    "reminder": reminder,
    DIGEST_TEMPLATE: digest,
    ALERT_TEMPLATE: cadre_alert,
    NEWS_TEMPLATE: move_news,
    "registration_confirmed": registration_confirmed,
    "registration_refused": registration_refused,
    "complaint_answer": complaint_answer,
    "desk_news": desk_news,
}
