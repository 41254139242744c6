"""The home screen: a greeting, what is due, and the keys below the chat."""

from backend.actions import accounts, schedule
from backend.actions.dialogs import Answers
from bot.buttons import Button, Screen
from bot.commands.openings import home_keys
from bot.dialogs import Conversation, Given, Move, Pressed, Step, enter
from bot.viewer import Viewer

_NOON, _EVENING = 12, 18


async def ask_home(viewer: Viewer, _answers: Answers) -> Screen:
    """Greet by honorific and say how many things are due; strangers are shown the way in."""
    _ = viewer._
    if viewer.person_id is None:
        return Screen(
            _("Hello. To get reminders of free check-ups and services, register first."),
            rows=((Button(_("Register"), "register"),),),
            is_page=True,
        )
    greeting = _greeting(viewer, await accounts.honorific(viewer.person_id, viewer.words._))
    count = await schedule.count_due(viewer.person_id, viewer.now)
    due = (
        viewer.n_("{n} thing to do.", "{n} things to do.", count).format(n=count)
        if count
        else _("Nothing to do today.")
    )
    return Screen(f"{greeting}\n{due}", keys=home_keys(_), is_page=True)


async def take_home(viewer: Viewer, _answers: Answers, given: Given) -> Move:
    """Open registration, or say kindly that words were not understood."""
    if given == Pressed("register"):
        return enter("register")
    return enter("home", hint=viewer._("I did not understand that. Please choose below."))


def _greeting(viewer: Viewer, name: str) -> str:
    _ = viewer._
    hour = viewer.now.hour
    if hour < _NOON:
        return _("Good morning, {name}.").format(name=name)
    if hour < _EVENING:
        return _("Good afternoon, {name}.").format(name=name)
    return _("Good evening, {name}.").format(name=name)


CONVERSATION = Conversation("home", (Step("home", ask_home, take_home),))
