"""What the office's broadcasts look like, and what its officers are told of them."""

from backend.actions import broadcasts
from backend.actions.broadcast_run import ANSWERED, TEMPLATE, WAITING
from backend.actions.delivery import Message
from backend.actions.grouping import Shared
from backend.texts.broadcasts import answered_text, copy_text, waiting_text
from bot.buttons import Button, Screen
from bot.send import Template
from bot.viewer import Viewer

# Of thousands of copies many are written at once.
_COPIES = Shared(broadcasts.copy_of)


async def broadcast(viewer: Viewer, message: Message) -> Screen:
    """The office's news in her language, with a small way out; a sample names its language."""
    number, _colon, locale = message.reference.partition(":")
    copy = await _COPIES.get(int(number), locale or viewer.visitor.locale)
    assert copy is not None, "a broadcast with copies keeps its words"
    stop = Button(viewer._("🔕 No more notices"), opens="news", keeps_message=True)
    text = copy_text(copy.township, copy.text)
    return Screen(text, rows=((stop,),), picture=copy.picture)


async def broadcast_waiting(viewer: Viewer, _message: Message) -> Screen:
    """An officer is asked to look at a colleague's broadcast."""
    return _told(viewer, waiting_text(viewer._))


async def broadcast_answered(viewer: Viewer, _message: Message) -> Screen:
    """Whoever wrote a broadcast hears that it was answered, or is done."""
    return _told(viewer, answered_text(viewer._))


def _told(viewer: Viewer, text: str) -> Screen:
    return Screen(text, rows=((Button(viewer._("👀 Have a look"), "open"),),))


OFFICE_TEMPLATES: dict[str, Template] = {
    TEMPLATE: broadcast,
    WAITING: broadcast_waiting,
    ANSWERED: broadcast_answered,
}
