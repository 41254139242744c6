"""The home screen: a greeting, what is due, and the keys below the chat."""

from backend.actions import people, schedule
from backend.actions.dialogs import Answers
from backend.actions.reminders import DueView
from backend.texts import services
from backend.texts.greetings import greet
from backend.texts.reminders import booked_text, time_left
from bot.buttons import Button, Screen
from bot.commands.openings import home_keys
from bot.conversations.stop import resumed
from bot.dialogs import Conversation, Given, Move, Pressed, Step, enter
from bot.membership import person_of
from bot.viewer import Viewer


async def ask_home(viewer: Viewer, _answers: Answers) -> Screen:
    """Greet, and say how many things are due; who is not in, or has stopped, is shown the way."""
    if viewer.person_id is None:
        return _way_in(viewer)
    if viewer.visitor.state == "stopped":
        return _way_back(viewer)
    _ = viewer._
    lines = [greet(await people.addressed(viewer.person_id), viewer.now.hour, _)]
    if viewer.visitor.person_state == "waiting":
        lines.append(_("Your village cadre has yet to confirm you."))
    lines += await _due_lines(viewer)
    return Screen(
        "\n".join(lines),
        keys=home_keys(_),
        is_page=True,
        is_protected=not viewer.visitor.hides_content,
    )


async def take_home(viewer: Viewer, _answers: Answers, given: Given) -> Move:
    """Open the way in, or say kindly that words were not understood."""
    if given == Pressed("register"):
        return enter("welcome")
    if given == Pressed("resume"):
        return await resumed(viewer)
    return enter("home", hint=viewer._("I did not understand that. Please choose below."))


async def _due_lines(viewer: Viewer) -> list[str]:
    """How many things are due, and the most urgent one for her who does not hide content."""
    views = await schedule.my_schedule(person_of(viewer), now=viewer.now)
    due = [view for view in views if view.is_open and view.asked != "dose"]
    if not due:
        return [viewer._("Nothing to do today.")]
    count = viewer.n_("{n} thing to do.", "{n} things to do.", len(due)).format(n=len(due))
    return [count] if viewer.visitor.hides_content else [count, _one_line(viewer, due[0])]


def _one_line(viewer: Viewer, view: DueView) -> str:
    _ = viewer._
    title = services.words(view.due.rule, _, view.due.occurrence).title
    if view.booked_on:
        when = booked_text(_, view.booked_on, viewer.today)
    else:
        when = time_left(_, viewer.n_, closes_on=view.due.closes_on, today=viewer.today)
    return _("{title}: {when}").format(title=title, when=when)


def _way_in(viewer: Viewer) -> Screen:
    _ = viewer._
    return Screen(
        _("Hello. To get reminders of free check-ups and services, register first."),
        rows=((Button(_("📝 Register myself"), "register"),),),
        is_page=True,
    )


def _way_back(viewer: Viewer) -> Screen:
    _ = viewer._
    return Screen(
        _("All messages are stopped. Shall I remind you again?"),
        rows=((Button(_("🔔 Start again"), "resume"),),),
        is_page=True,
    )


CONVERSATION = Conversation("home", (Step("home", ask_home, take_home),))
