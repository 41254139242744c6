"""Stopping all messages: asked once, done at once, and as easily taken up again."""

from backend.actions import accounts, mydata
from backend.actions.dialogs import Answers
from bot.buttons import Button, Screen
from bot.commands.openings import opening_of
from bot.dialogs import Conversation, Given, Move, Pressed, Step, Typed, again, enter, finish
from bot.typed import NO, YES, meant
from bot.viewer import Viewer

_SOME = "some"


async def ask_stop(viewer: Viewer, _answers: Answers) -> Screen:
    """Ask once whether everything is to stop."""
    _ = viewer._
    some = (Button(_("Stop only some"), _SOME),) if viewer.person_id else ()
    rows = ((Button(_("⏹ Stop all"), YES), Button(_("Do not stop"), NO)), some)
    return Screen(
        _("Stop all messages? I will not remind you of anything then."),
        rows=tuple(row for row in rows if row),
        is_page=True,
    )


async def take_stop(viewer: Viewer, _answers: Answers, given: Given) -> Move:
    """Stop at once; saying a stop word again is a yes."""
    given = meant(given)
    if given == Pressed(YES) or _says_stop(given):
        await accounts.stop_all(viewer.chat_id, now=viewer.now)
        return finish("stopped")
    if given == Pressed(_SOME):
        return enter("settings", "kinds", trail=("menu",))
    if given == Pressed(NO):
        return enter("home", hint=viewer._("All right, everything stays as it is."))
    return again(viewer._("Please press one of the buttons."))


async def ask_stopped(viewer: Viewer, _answers: Answers) -> Screen:
    """Say that it is done, and how to come back."""
    _ = viewer._
    return Screen(
        _("All messages are stopped. If you want them again, send /start."),
        rows=((Button(_("🔔 Start again"), "resume"),),),
        is_page=True,
    )


async def take_stopped(viewer: Viewer, _answers: Answers, given: Given) -> Move:
    """Take messages up again when asked."""
    if meant(given) in (Pressed("resume"), Pressed(YES)):
        return await resumed(viewer)
    if _says_stop(given):
        return Move()
    return again(viewer._("Please press one of the buttons."))


async def resumed(viewer: Viewer) -> Move:
    """Take messages up again; what was missed meanwhile is not sent afterwards.

    Who asked for everything to be deleted is first asked whether to keep it.
    """
    if viewer.person_id and await mydata.erasure_day(viewer.person_id):
        return enter("erase")
    await accounts.resume(viewer.chat_id, now=viewer.now)
    return enter("home", hint=viewer._("Welcome back. I will remind you again from now on."))


def _says_stop(given: Given) -> bool:
    return isinstance(given, Typed) and opening_of(given.text) == enter("stop")


CONVERSATION = Conversation(
    "stop",
    (
        Step("ask", ask_stop, take_stop),
        Step("stopped", ask_stopped, take_stopped),
    ),
)
