"""The office's own news: a reader says no to it in two presses, and yes again in one."""

from backend.actions import news
from backend.actions.dialogs import Answers
from bot.buttons import Button, Screen
from bot.dialogs import Conversation, Given, Move, Pressed, Step, again, enter, finish
from bot.membership import members_only, person_of
from bot.typed import NO, YES, meant
from bot.viewer import Viewer


async def ask_news(viewer: Viewer, _answers: Answers) -> Screen:
    """Ask whether news is to stop, or to come again, as it stands."""
    _ = viewer._
    if await news.is_wanted(person_of(viewer)):
        text = _("Stop the township's notices? Your own reminders still come.")
        buttons = (Button(_("🔕 No more notices"), NO), Button(_("Keep them"), YES))
    else:
        text = _("You get no notices from the township. Would you like them again?")
        buttons = (Button(_("🔔 Yes, send them"), YES), Button(_("No, thanks"), NO))
    return Screen(text, rows=(buttons,), is_page=True)


async def take_news(viewer: Viewer, _answers: Answers, given: Given) -> Move:
    """Keep her answer at once."""
    answer = meant(given)
    if answer not in (Pressed(YES), Pressed(NO)):
        return again(viewer._("Please press one of the buttons."))
    is_wanted = answer == Pressed(YES)
    await news.want(person_of(viewer), is_wanted=is_wanted, now=viewer.now)
    return finish("kept")


async def ask_kept(viewer: Viewer, _answers: Answers) -> Screen:
    """Say what holds from now on, and how to change it."""
    _ = viewer._
    if await news.is_wanted(person_of(viewer)):
        return Screen(
            _("✅ The township's notices come to you."),
            rows=((Button(_("Open the menu"), "home"),),),
            is_page=True,
        )
    return Screen(
        _("✅ No more notices from the township. Your own reminders still come."),
        rows=((Button(_("🔔 Send them after all"), YES), Button(_("Open the menu"), "home")),),
        is_page=True,
    )


async def take_kept(viewer: Viewer, _answers: Answers, given: Given) -> Move:
    """Let her change her mind, or go home."""
    if given == Pressed(YES):
        await news.want(person_of(viewer), is_wanted=True, now=viewer.now)
        return finish("kept")
    if given == Pressed("home"):
        return enter("home")
    return enter("home", hint=viewer._("I did not understand that. Please choose below."))


CONVERSATION = members_only(
    Conversation("news", (Step("news", ask_news, take_news), Step("kept", ask_kept, take_kept)))
)
