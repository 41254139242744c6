"""The home screen: a greeting, what is due, and the keys below the chat."""

from collections.abc import Awaitable, Callable

from backend.actions import broadcasts, people, schedule, tasks
from backend.actions.dialogs import Answers
from backend.actions.reminders import DueView
from backend.domain.access import Role
from backend.texts import services
from backend.texts.greetings import greet
from backend.texts.reminders import booked_text, time_left
from backend.texts.tasks import counts_text
from bot.buttons import Button, Screen
from bot.commands.boards import BOARDS, Board, boards_of, home_keys
from bot.conversations.stop import resumed
from bot.dialogs import Conversation, Given, Move, Pressed, Step, enter
from bot.membership import actor_of, person_of
from bot.typed import tells_of_loss
from bot.viewer import Viewer


async def ask_home(viewer: Viewer, _answers: Answers) -> Screen:
    """Show the board of the first role held; who is not in, or has stopped, is shown the way."""
    if viewer.person_id is None:
        return _way_in(viewer)
    if viewer.visitor.state == "stopped":
        return _way_back(viewer)
    return await _board_screen(viewer, boards_of(viewer)[0])


async def _board_screen(viewer: Viewer, board: Board) -> Screen:
    """Greet, and say what is to be done in this role."""
    hello = greet(await people.addressed(person_of(viewer)), viewer.now.hour, viewer._)
    lines = [hello, *await _LINES[board.role](viewer)]
    return Screen(
        "\n".join(lines),
        keys=home_keys(viewer, board),
        is_page=True,
        is_protected=not viewer.visitor.hides_content,
    )


def _board_step(board: Board) -> Step:
    """The step that shows one board; who does not hold its role sees the first one."""

    async def ask(viewer: Viewer, answers: Answers) -> Screen:
        is_held = viewer.person_id is not None and board in boards_of(viewer)
        if not is_held or viewer.visitor.state == "stopped":
            return await ask_home(viewer, answers)
        return await _board_screen(viewer, board)

    return Step(board.name, ask, take_home)


async def take_home(viewer: Viewer, _answers: Answers, given: Given) -> Move:
    """Open the way in, or say kindly that words were not understood."""
    if given == Pressed("register"):
        return enter("welcome")
    if given == Pressed("resume"):
        return await resumed(viewer)
    if viewer.person_id is not None and tells_of_loss(given):
        return enter("family", "changed")
    return enter("home", hint=viewer._("I did not understand that. Please choose below."))


async def _office_lines(viewer: Viewer) -> list[str]:
    """How many notices of colleagues and tasks wait for this officer; the board has no key left."""
    lines = []
    if count := await broadcasts.count_to_confirm(actor_of(viewer)):
        waiting = viewer.n_("{n} notice to confirm.", "{n} notices to confirm.", count)
        lines.append(waiting.format(n=count))
    counts = await tasks.summary(actor_of(viewer), now=viewer.now)
    if counts.today:
        lines.append(f"{counts_text(counts, viewer._)} › /tasks")
    return lines or [viewer._("Nothing to do today.")]


async def _grid_lines(viewer: Viewer) -> list[str]:
    """How much is to be done in the grid today."""
    actor = viewer.visitor.actor
    assert actor is not None, "the board is a cadre's"
    return [counts_text(await tasks.summary(actor, now=viewer.now), viewer._)]


async def _due_lines(viewer: Viewer) -> list[str]:
    """How many things are due, and the most urgent one for her who does not hide content."""
    waiting = viewer.visitor.person_state == "waiting"
    lines = [viewer._("Your village cadre has yet to confirm you.")] if waiting else []
    views = await schedule.my_schedule(person_of(viewer), now=viewer.now)
    due = [view for view in views if view.is_open and view.asked != "dose"]
    if not due:
        return [*lines, viewer._("Nothing to do today.")]
    count = viewer.n_("{n} thing to do.", "{n} things to do.", len(due)).format(n=len(due))
    return (
        [*lines, count]
        if viewer.visitor.hides_content
        else [*lines, count, _one_line(viewer, due[0])]
    )


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


_LINES: dict[Role, Callable[[Viewer], Awaitable[list[str]]]] = {
    Role.OFFICER: _office_lines,
    Role.CADRE: _grid_lines,
    Role.RESIDENT: _due_lines,
}

CONVERSATION = Conversation(
    "home", (Step("home", ask_home, take_home), *(_board_step(board) for board in BOARDS))
)
