"""How far broadcasts got: confirmed, watched, held, stopped, sent again, and who was reached."""

from typing import get_args

from backend.actions import broadcast_drafts, broadcasts, recipients
from backend.actions.broadcasts import BroadcastView
from backend.actions.dialogs import Answers
from backend.actions.recipients import Group, Page
from backend.domain.broadcasts import State
from backend.texts.broadcasts import (
    copy_text,
    excerpt,
    group_name,
    moment_text,
    progress_text,
    reach_text,
    state_icon,
    state_name,
)
from bot.buttons import Button, Screen, rows_of
from bot.dialogs import Conversation, Given, Move, Pressed, Step, again, enter, go
from bot.membership import actor_of
from bot.offices import broadcast_step, officers_only, to_check
from bot.typed import NO, YES, meant
from bot.viewer import Viewer

_LONGEST_SHOWN, _LONGEST_LABEL = 600, 12
_GROUPS: tuple[Group, ...] = get_args(Group)


async def ask_list(viewer: Viewer, _answers: Answers) -> Screen:
    """The newest broadcasts, each with its state."""
    _ = viewer._
    views = await broadcasts.list_for(actor_of(viewer))
    if not views:
        text = _("No notice has been sent yet. Press “Write a notice” to begin.")
        return Screen(text, rows=((Button(_("📢 Write a notice"), "write"),),), is_page=True)
    buttons = [Button(_label(view), str(view.broadcast_id)) for view in views]
    text = _("📊 Notices. Press one to look at it.")
    return Screen(text, rows=rows_of(buttons, width=1), is_page=True)


async def take_list(viewer: Viewer, _answers: Answers, given: Given) -> Move:
    """Open one, or write one."""
    if given == Pressed("write"):
        return enter("broadcast")
    if isinstance(given, Pressed) and given.value.isdigit():
        return go("item", reference=given.value)
    return again(viewer._("Please press one of the buttons."))


async def ask_item(viewer: Viewer, _answers: Answers, view: BroadcastView) -> Screen:
    """Show where it stands, and what can be done now."""
    _ = viewer._
    lines = [state_name(view.state, _)]
    if view.goes_at:
        lines.append(moment_text(view.goes_at.astimezone(viewer.now.tzinfo), _))
    counted = view.reach or await broadcast_drafts.reach(
        actor_of(viewer), view.broadcast_id, now=viewer.now
    )
    lines.append(reach_text(counted, _))
    if view.reach:
        lines.append(progress_text(view.progress, _))
    text = excerpt(view.text, longest=_LONGEST_SHOWN)
    lines += ["———", copy_text(view.township.name, text)]
    return Screen("\n".join(lines), rows=rows_of(_buttons(viewer, view)), is_page=True)


async def take_item(viewer: Viewer, _answers: Answers, view: BroadcastView, given: Given) -> Move:
    """Do what was pressed; what is for good is asked once more."""
    _ = viewer._
    value = given.value if isinstance(given, Pressed) else ""
    officer, number, now = actor_of(viewer), view.broadcast_id, viewer.now
    match value:
        case "confirm":
            await broadcasts.confirm(officer, number, now=now)
            return Move(toast=_("Confirmed."))
        case "return":
            await broadcasts.give_back(officer, number, now=now)
            return to_check(number) if _is_own(viewer, view) else go("list", toast=_("Given back."))
        case "edit" if _is_own(viewer, view):
            return to_check(number)
        case "pause":
            await broadcasts.pause(officer, number, now=now)
        case "resume":
            await broadcasts.resume(officer, number, now=now)
        case "retry":
            count = await broadcasts.retry_failed(officer, number, now=now)
            said = viewer.n_("{n} is sent again.", "{n} are sent again.", count)
            return Move(toast=said.format(n=count))
        case "sample":
            await broadcast_drafts.send_sample(officer, number, viewer.chat_id, now=now)
            return Move(toast=_("It is on its way to you."))
        case "stop" | "names":
            return go(value)
        case "refresh":
            return Move(toast=_("This is how it stands now."))
        case _:
            return again(_("Please press one of the buttons."))
    return Move()


async def ask_stop(viewer: Viewer, _answers: Answers, view: BroadcastView) -> Screen:
    """Ask once before it is stopped for good."""
    _ = viewer._
    text = _("Stop it for good? {n} would then get nothing.").format(n=f"{view.progress.waiting:,}")
    return Screen(text, rows=((Button(_("⏹ Yes, stop it"), YES), Button(_("Go on sending"), NO)),))


async def take_stop(viewer: Viewer, _answers: Answers, view: BroadcastView, given: Given) -> Move:
    """Stop it, or leave it as it is."""
    answer = meant(given)
    if answer == Pressed(YES):
        await broadcasts.stop(actor_of(viewer), view.broadcast_id, now=viewer.now)
    elif answer != Pressed(NO):
        return again(viewer._("Please press one of the buttons."))
    return go("item")


async def ask_names(viewer: Viewer, answers: Answers, view: BroadcastView) -> Screen:
    """A page of who was reached or not; names are masked until opened."""
    _ = viewer._
    group, number = _place(answers)
    page = await recipients.page_of(
        actor_of(viewer),
        view.broadcast_id,
        group,
        number,
        opened={int(one) for one in answers.get("opened", "").split()},
    )
    lines = [group_name(group, _)]
    lines += [f"{one.name or '—'} · {one.village}" for one in page.recipients]
    if not page.recipients:
        lines.append(_("Nobody."))
    rows = _name_rows(viewer, page, group)
    return Screen("\n".join(lines), rows=rows, is_page=True, is_protected=True)


async def take_names(viewer: Viewer, answers: Answers, view: BroadcastView, given: Given) -> Move:
    """Turn a leaf, look at another group, or open the names of this page."""
    group, number = _place(answers)
    value = given.value if isinstance(given, Pressed) else ""
    if value == "open":
        officer, now = actor_of(viewer), viewer.now
        ids = await recipients.open_page(officer, view.broadcast_id, group, number, now=now)
        return Move(answers={"opened": " ".join(map(str, ids))})
    if value in _GROUPS:
        return Move(answers={"group": value, "page": "0", "opened": ""})
    if value in ("older", "newer"):
        number = max(0, number + (1 if value == "older" else -1))
        return Move(answers={"page": str(number), "opened": ""})
    return again(viewer._("Please press one of the buttons."))


def _place(answers: Answers) -> tuple[Group, int]:
    """The group and the page on view."""
    named = answers.get("group", "sent")
    group = next((one for one in _GROUPS if one == named), _GROUPS[0])
    return group, int(answers.get("page", "0"))


def _name_rows(viewer: Viewer, page: Page, group: Group) -> tuple[tuple[Button, ...], ...]:
    _ = viewer._
    leaves = [Button("◀", "newer")] if page.number else []
    leaves += [Button("▶", "older")] if page.has_more else []
    opening = [Button(_("👁 Show the names"), "open")] if page.recipients else []
    others = [Button(group_name(one, _), one) for one in _GROUPS if one != group]
    return tuple(row for row in (tuple(leaves), tuple(opening), *rows_of(others)) if row)


def _is_own(viewer: Viewer, view: BroadcastView) -> bool:
    return view.written_by == viewer.person_id


def _label(view: BroadcastView) -> str:
    return f"{state_icon(view.state)} {excerpt(view.text, longest=_LONGEST_LABEL)}"


def _buttons(viewer: Viewer, view: BroadcastView) -> list[Button]:
    """What can be done with it now, by this officer."""
    _ = viewer._
    back = _("↩️ Back to writing") if _is_own(viewer, view) else _("↩️ Give it back")
    confirm = [] if _is_own(viewer, view) else [Button(_("✅ Let it go out"), "confirm")]
    sample = Button(_("👀 Send it to me"), "sample")
    refresh, names = Button(_("🔄 Refresh"), "refresh"), Button(_("📋 Names"), "names")
    stop = Button(_("⏹ Stop"), "stop")
    failed = [Button(_("🔁 Send failed again"), "retry")] if view.progress.failed else []
    edit = [Button(_("✏️ Go on writing"), "edit")] if _is_own(viewer, view) else []
    held: dict[State, list[Button]] = {
        State.DRAFT: edit,
        State.WAITING: [*confirm, Button(back, "return"), sample],
        State.QUEUED: [Button(back, "return"), sample],
        State.SENDING: [refresh, Button(_("⏸ Pause"), "pause"), stop, names, *failed],
        State.PAUSED: [Button(_("▶ Go on"), "resume"), stop, names],
        State.DONE: [names, *failed],
        State.STOPPED: [names],
    }
    return held.get(view.state, [])


CONVERSATION = officers_only(
    Conversation(
        "broadcast_progress",
        (
            Step("list", ask_list, take_list),
            broadcast_step("item", ask_item, take_item),
            broadcast_step("stop", ask_stop, take_stop),
            broadcast_step("names", ask_names, take_names),
        ),
    )
)
