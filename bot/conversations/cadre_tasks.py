"""Today's tasks of a cadre, or of an officer where no cadre can do them; overdue first."""

from backend.actions import tasks
from backend.actions.dialogs import Answers
from backend.actions.tasks import Agenda, TaskView
from backend.actions.unreached import unreached_in
from backend.domain.access import Role
from backend.domain.tasks import TaskKind
from backend.texts.tasks import counts_text, missed_text, since_text, stopped_text, what_text
from bot.buttons import Button, Screen, rows_of
from bot.dialogs import Conversation, Given, Move, Pressed, Step, again, enter
from bot.membership import actor_of, staff_only
from bot.viewer import Viewer

_A_PAGE = 6
_MOST_NAMES = 10
_SIGNS = "①②③④⑤⑥"
_ORDER, _MORE, _SEARCH, _LIST = "order", "more", "search", "list"


async def ask_list(viewer: Viewer, answers: Answers) -> Screen:
    """Say how the day stands and list what is due, a page at a time."""
    _ = viewer._
    agenda = await _agenda(viewer, answers)
    lines = [f"📋 {counts_text(agenda.counts, _)}"]
    lines += await _unreached_lines(viewer)
    if not agenda.page:
        lines.append(_("Nothing to do today."))
    home = ""
    for sign, task in zip(_SIGNS, agenda.page, strict=False):
        if not answers.get(_ORDER) and home_line(viewer, task) != home:
            home = home_line(viewer, task)
            lines.append(f"\n{home}")
        lines.append(f"{sign} {task_line(viewer, task)}")
    buttons = [
        Button(sign, str(task.task_id)) for sign, task in zip(_SIGNS, agenda.page, strict=False)
    ]
    order = _("🏠 By household") if answers.get(_ORDER) else _("⏱ By urgency")
    tools = [Button(order, _ORDER)] if agenda.page else []
    if Role.CADRE in viewer.visitor.roles:
        tools.append(Button(_("🔍 Find a person"), _SEARCH))
    if agenda.total > _A_PAGE:
        tools.append(Button(_("More ›"), _MORE))
    return Screen(
        "\n".join(lines),
        rows=(*rows_of(buttons, width=3), *rows_of(tools)),
        is_protected=True,
        is_page=True,
    )


async def _unreached_lines(viewer: Viewer) -> list[str]:
    """Who was not reached since yesterday's digest, so that a word in person can make up for it."""
    unreached = await unreached_in(actor_of(viewer), now=viewer.now)
    said = (
        (missed_text, unreached.missed),
        (stopped_text, unreached.stopped),
    )
    return [
        f"{text(len(names), viewer.n_)}\n{viewer._(', ').join(names[:_MOST_NAMES])}"
        for text, names in said
        if names
    ]


async def take_list(viewer: Viewer, answers: Answers, given: Given) -> Move:
    """Open a task, turn the page, or change the order."""
    value = given.value if isinstance(given, Pressed) else ""
    if value == _SEARCH:
        return enter("cadre_search")
    if value == _ORDER:
        return Move(answers={_ORDER: "" if answers.get(_ORDER) else "1", "from": "0"})
    if value == _MORE:
        return Move(answers={"from": str(int(answers.get("from", "0")) + _A_PAGE)})
    if not value.isdecimal():
        return again(viewer._("Please press one of the buttons."))
    task = await tasks.find(actor_of(viewer), int(value), now=viewer.now)
    if task.kind is TaskKind.REGISTRATION:
        return enter("cadre_registrations", "one", trail=("list",), person=str(task.person_id))
    return enter("cadre_task", task=value)


async def _agenda(viewer: Viewer, answers: Answers) -> Agenda:
    """The page on view; behind the last one comes the first."""
    first = int(answers.get("from", "0"))
    is_by_urgency = bool(answers.get(_ORDER))
    actor = actor_of(viewer)
    agenda = await tasks.agenda(
        actor, first=first, limit=_A_PAGE, is_by_urgency=is_by_urgency, now=viewer.now
    )
    if agenda.page or not agenda.total:
        return agenda
    return await tasks.agenda(
        actor, first=first % _A_PAGE, limit=_A_PAGE, is_by_urgency=is_by_urgency, now=viewer.now
    )


def home_line(viewer: Viewer, task: TaskView) -> str:
    """The household; for an officer, who has several villages, with the village."""
    home = task.household or viewer._("No household")
    if Role.OFFICER in viewer.visitor.roles and task.village:
        return f"🏠 {task.village} {home}"
    return f"🏠 {home}"


def task_line(viewer: Viewer, task: TaskView) -> str:
    """A task in one line: who, what, since when; a mark where it is overdue."""
    _ = viewer._
    late = "❗" if task.due_on < viewer.today else ""
    since = since_text(task.opened_on, viewer.today, _, viewer.n_)
    return f"{late}{task.name or '—'} · {what_text(task.kind, task.reason, _)} · {since}"


# An officer works on what no cadre can do.
CONVERSATION = staff_only(Role.CADRE, Role.OFFICER)(
    Conversation("cadre_tasks", (Step(_LIST, ask_list, take_list),))
)
