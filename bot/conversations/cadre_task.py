"""One task of a cadre's: answered with a press or two, and taken back within ten minutes."""

from collections.abc import Awaitable
from datetime import date

from backend.actions import moves, people, task_answers, tasks
from backend.actions.dialogs import Answers
from backend.actions.task_answers import Given as Kept
from backend.actions.tasks import TaskView
from backend.domain.access import Role
from backend.domain.errors import NotOwed
from backend.domain.tasks import (
    LATEST_DAYS,
    Answered,
    DayNotOffered,
    NotReached,
    TaskKind,
    TaskOver,
    TaskState,
    UndoTooLate,
)
from backend.texts.errors import explain_error
from backend.texts.moves import direction_text
from backend.texts.services import format_day, words
from backend.texts.tasks import answered_text, not_reached_text
from bot.buttons import Button, Screen, rows_of
from bot.conversations.cadre_tasks import home_line, task_line
from bot.dates import date_step, days_around
from bot.dialogs import Conversation, Given, Move, Pressed, Step, again, enter, finish, go
from bot.membership import actor_of, staff_only
from bot.viewer import Viewer

TASKS = "tasks"
_TOLD, _UNDO = "told", "undo"
_HAD_WITHIN_DAYS = 60


async def ask_task(viewer: Viewer, answers: Answers) -> Screen:
    """Say what it is, about whom, why and since when; the number is shown only when asked for."""
    _ = viewer._
    task = await tasks.find(actor_of(viewer), int(answers["task"]), now=viewer.now)
    if task.state is not TaskState.OPEN:
        text = _("This is settled already. Here is what is open now.")
        return Screen(text, rows=((Button(_("📋 Today's tasks"), TASKS),),), is_page=True)
    lines = [task_line(viewer, task), *await _details(viewer, task)]
    if answers.get("contact"):
        lines.append(f"👤 {answers['contact']}")
    buttons = (
        Button(_("✅ Done"), "done"),
        Button(_("📵 Not reached"), "unreached"),
        Button(_("🙅 Does not want it"), "declined"),
        Button(_("🚚 Has moved"), "moved"),
        Button(_("⏰ Another day"), "later"),
        Button(_("📞 Show the number"), "contact"),
    )
    return Screen("\n".join(lines), rows=rows_of(buttons), is_protected=True, is_page=True)


async def _details(viewer: Viewer, task: TaskView) -> list[str]:
    """The household, the service or move it is about, and how often it was tried."""
    _ = viewer._
    lines = [home_line(viewer, task)]
    if task.rule and task.closes_on:
        title = words(task.rule, _, task.occurrence).title
        until = _("It can be done until {closes}.").format(closes=format_day(task.closes_on, _))
        lines.append(f"{title}. {until}")
    if task.move_report_id:
        move = await moves.find_for(actor_of(viewer), task.move_report_id)
        where = direction_text(
            move.direction, _, from_place=move.from_place, to_place=move.to_place
        )
        lines.append(f"{where} · {format_day(move.moves_on, _)}")
    if task.tries:
        tried = viewer.n_("Tried {n} time.", "Tried {n} times.", task.tries)
        lines.append(tried.format(n=task.tries))
    return lines


async def take_task(viewer: Viewer, answers: Answers, given: Given) -> Move:
    """Keep the answer, ask what it takes, or show the number and note that it was shown."""
    task_id, actor = int(answers["task"]), actor_of(viewer)
    value = given.value if isinstance(given, Pressed) else ""
    if value in ("unreached", "later"):
        return go(value)
    if value == TASKS:
        return enter("cadre_tasks")
    task = await tasks.find(actor, task_id, now=viewer.now)
    if value == "contact":
        return await _shown(viewer, task)
    if value == "done" and task.kind is TaskKind.VISIT:
        return go("had")
    if value == "moved":
        person = str(task.person_id)
        return enter("move", "direction", person=person, task=str(task_id))
    if value == "done":
        return await _answered(viewer, task_answers.done(actor, task_id, now=viewer.now), value)
    if value == "declined":
        declined = task_answers.declined(actor, task_id, now=viewer.now)
        return await _answered(viewer, declined, value)
    return again(viewer._("Please press one of the buttons."))


async def _shown(viewer: Viewer, task: TaskView) -> Move:
    opened = await people.open_contact(actor_of(viewer), task.person_id, now=viewer.now)
    none = viewer._("no number")
    return Move(answers={"contact": f"{opened.name or '—'} {opened.phone or none}"})


def _ask_had(viewer: Viewer, _answers: Answers) -> str:
    return viewer._("When did she have it? If you have just told her, press the last button.")


def _only_told(viewer: Viewer) -> tuple[Button, ...]:
    return (Button(viewer._("Told her, not yet had"), _TOLD),)


async def take_had(viewer: Viewer, answers: Answers, day: date | str) -> Move:
    """Close the visit: she was told, and perhaps has had the service on a day."""
    had_on = day if isinstance(day, date) else None
    done = task_answers.done(actor_of(viewer), int(answers["task"]), had_on=had_on, now=viewer.now)
    return await _answered(viewer, done, Answered.DONE)


async def ask_unreached(viewer: Viewer, _answers: Answers) -> Screen:
    """Ask why she was not reached."""
    _ = viewer._
    buttons = [Button(not_reached_text(reason, _), reason) for reason in NotReached]
    return Screen(_("What happened?"), rows=rows_of(buttons, width=3))


async def take_unreached(viewer: Viewer, answers: Answers, given: Given) -> Move:
    """Try again in three days, at most three times."""
    if not isinstance(given, Pressed) or given.value not in frozenset(NotReached):
        return again(viewer._("Please press one of the buttons."))
    kept = task_answers.not_reached(
        actor_of(viewer), int(answers["task"]), NotReached(given.value), now=viewer.now
    )
    return await _answered(viewer, kept, Answered.UNREACHABLE)


def _ask_later(viewer: Viewer, _answers: Answers) -> str:
    return viewer._("On which day shall I remind you again?")


async def take_later(viewer: Viewer, answers: Answers, day: date | str) -> Move:
    """Put the task off."""
    assert isinstance(day, date), "the question offers nothing but days"
    kept = task_answers.reschedule(actor_of(viewer), int(answers["task"]), day, now=viewer.now)
    return await _answered(viewer, kept, Answered.RESCHEDULED)


async def _answered(viewer: Viewer, keeping: Awaitable[Kept], answer: str) -> Move:
    """Keep an answer and show what became of the task, or say why it could not be kept."""
    try:
        kept = await keeping
    except (TaskOver, NotOwed, DayNotOffered) as error:
        return enter("cadre_tasks", hint=explain_error(error, viewer._))
    on = kept.due_on.isoformat() if kept.due_on else ""
    return finish("answered", answer=str(kept.answer_id), said=answer, on=on)


async def ask_answered(viewer: Viewer, answers: Answers) -> Screen:
    """The receipt, and ten minutes to take it back."""
    _ = viewer._
    on = date.fromisoformat(answers["on"]) if answers.get("on") else None
    day = format_day(on, _) if on else None
    text = answered_text(Answered(answers["said"]), _, again_on=day)
    if answers.get("number"):
        text = f"{text} {answers['number']}"
    buttons = (Button(_("↩ Undo (10 minutes)"), _UNDO), Button(_("📋 Today's tasks"), TASKS))
    return Screen(text, rows=(buttons,), is_protected=True, is_page=True)


async def take_answered(viewer: Viewer, answers: Answers, given: Given) -> Move:
    """Take the answer back, or go on."""
    if given != Pressed(_UNDO):
        return enter("cadre_tasks")
    try:
        task_id = await task_answers.undo(actor_of(viewer), int(answers["answer"]), now=viewer.now)
    except UndoTooLate as error:
        return again(explain_error(error, viewer._))
    return enter("cadre_task", hint=viewer._("Taken back."), task=str(task_id))


# An officer works on what no cadre can do.
CONVERSATION = staff_only(Role.CADRE, Role.OFFICER)(
    Conversation(
        "cadre_task",
        (
            Step("task", ask_task, take_task),
            date_step(
                "had",
                _ask_had,
                reach=days_around(_HAD_WITHIN_DAYS, 0),
                take=take_had,
                extras=_only_told,
            ),
            Step("unreached", ask_unreached, take_unreached),
            date_step("later", _ask_later, reach=days_around(-1, LATEST_DAYS), take=take_later),
            Step("answered", ask_answered, take_answered),
        ),
    )
)
