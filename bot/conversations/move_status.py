"""Where a reported move stands; it can be looked at again and taken back."""

from backend.actions import moves
from backend.actions.dialogs import Answers
from backend.actions.moves import MoveView
from backend.domain.access import NotAllowed
from backend.domain.moves import Direction, MoveRefused
from backend.texts.errors import explain_error
from backend.texts.moves import (
    direction_text,
    handover_text,
    number_text,
    recipient_name,
    state_text,
    stay_text,
    who_text,
)
from backend.texts.services import format_day
from bot.buttons import Button, Screen, rows_of
from bot.dialogs import Conversation, Given, Move, Pressed, Step, again, enter, go
from bot.membership import members_only, person_of
from bot.typed import NO, YES, meant
from bot.viewer import Viewer

_WITHDRAW, _LOOK = "withdraw", "look"


async def _held(viewer: Viewer, answers: Answers) -> MoveView | None:
    try:
        return await moves.find(person_of(viewer), int(answers.get("report") or 0))
    except NotAllowed:
        return None


async def ask_status(viewer: Viewer, answers: Answers) -> Screen:
    """The number, what was reported, and what has become of it; the receipt right after it."""
    _ = viewer._
    move = await _held(viewer, answers)
    if move is None:
        return Screen(_("There is no such report of yours."), is_page=True)
    number = number_text(move.number)
    lines = [
        _("✅ Reported. Your number is {number}.").format(number=number)
        if answers.get("filed")
        else f"📄 {number}",
        *_described(viewer, move),
        state_text(move.state, _),
    ]
    if move.handover and move.recipient:
        recipient = recipient_name(move.recipient.name, _, is_here=bool(move.recipient.code))
        lines.append(handover_text(move.handover, recipient, _))
    buttons = [Button(_("🔄 How it stands"), _LOOK)]
    if move.is_live:
        buttons.append(Button(_("↩ Take it back"), _WITHDRAW))
    return Screen("\n".join(lines), rows=rows_of(buttons), is_protected=True, is_page=True)


def _described(viewer: Viewer, move: MoveView) -> list[str]:
    _ = viewer._
    where = direction_text(move.direction, _, from_place=move.from_place, to_place=move.to_place)
    who = who_text(_, viewer.n_, with_spouse=move.with_spouse, child_count=move.child_count)
    facts = [format_day(move.moves_on, _), who]
    if move.direction is not Direction.WITHIN:
        facts.insert(1, stay_text(move.stay, _))
    return [where, " · ".join(facts)]


async def take_status(viewer: Viewer, _answers: Answers, given: Given) -> Move:
    """Look again, or ask whether to take it back."""
    if given == Pressed(_LOOK):
        return Move(answers={"filed": ""}, toast=viewer._("This is the newest."))
    if given == Pressed(_WITHDRAW):
        return go("withdraw")
    return again(viewer._("Please press one of the buttons."))


async def ask_withdraw(viewer: Viewer, _answers: Answers) -> Screen:
    """Ask once."""
    _ = viewer._
    rows = ((Button(_("↩ Take it back"), YES), Button(_("Leave it"), NO)),)
    return Screen(_("Take this report back? Nothing is handed over then."), rows=rows)


async def take_withdraw(viewer: Viewer, answers: Answers, given: Given) -> Move:
    """Take it back at once."""
    given = meant(given)
    if given not in (Pressed(YES), Pressed(NO)):
        return again(viewer._("Please press yes or no."))
    if given == Pressed(YES):
        try:
            await moves.withdraw(person_of(viewer), int(answers["report"]), now=viewer.now)
        except (MoveRefused, NotAllowed) as error:
            return enter("home", hint=explain_error(error, viewer._))
    return enter("move_status", report=answers["report"])


CONVERSATION = members_only(
    Conversation(
        "move_status",
        (
            Step("status", ask_status, take_status),
            Step("withdraw", ask_withdraw, take_withdraw),
        ),
    )
)
