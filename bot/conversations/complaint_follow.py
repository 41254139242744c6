"""With a receipt: look a complaint up, add to it, take it back, rate the answer."""

from backend.actions import complaint_progress
from backend.actions.complaint_progress import Progress
from backend.actions.dialogs import Answers
from backend.domain.complaints import Deed, DeedRefused, Rating
from backend.domain.desk import ReceiptUnknown
from backend.domain.receipts import read_receipt
from backend.texts.complaints import (
    counted,
    deadline_text,
    rating_name,
    receipt_line,
    reply_text,
    state_name,
)
from backend.texts.services import format_day
from bot.buttons import Button, Screen
from bot.conversations.complaint_pieces import parts_of, sealed
from bot.dialogs import Attached, Conversation, Given, Move, Pressed, Step, Typed, again, enter, go
from bot.typed import YES, meant
from bot.viewer import Viewer

_ADD, _WITHDRAW, _FOLD, _OTHER = "add", "withdraw", "fold", "other"
_SIGNS = {Rating.GOOD: "😊", Rating.FAIR: "😐", Rating.AGAIN: "🔁"}


async def ask_view(viewer: Viewer, answers: Answers) -> Screen:
    """Show where it stands, or ask for the receipt."""
    _ = viewer._
    if not answers.get("value"):
        return Screen(_("Please type the 16 digits of your receipt."))
    progress = await _found(viewer, answers)
    if progress is None:
        return Screen(_unknown(viewer), rows=((Button(_("✏️ Another receipt"), _OTHER),),))
    return Screen(
        "\n".join(_lines(viewer, progress)),
        rows=_rows(viewer, progress),
        is_page=True,
        is_protected=True,
    )


async def take_view(viewer: Viewer, answers: Answers, given: Given) -> Move:
    """Take a receipt, a rating, or go on to add or take back."""
    if given == Pressed(_OTHER):
        return Move(answers={"value": ""})
    if given == Pressed(_FOLD):
        return enter("folded")
    if given in (Pressed(_ADD), Pressed(_WITHDRAW)):
        assert isinstance(given, Pressed)
        return go(given.value)
    if isinstance(given, Pressed) and given.value in frozenset(Rating):
        return await _rated(viewer, answers, Rating(given.value))
    receipt = read_receipt(given.text) if isinstance(given, Typed) else None
    if receipt is None:
        return again(viewer._("A receipt has 16 digits. Please look at each of them once more."))
    return Move(answers={"value": receipt}, wipes=True)


async def ask_add(viewer: Viewer, answers: Answers) -> Screen:
    """Ask for what is to be added; every message is sealed at once."""
    _ = viewer._
    progress = await _found(viewer, answers)
    if progress is None:
        return Screen(_unknown(viewer), rows=((Button(_("🔎 Where it stands"), "view"),),))
    lines = (
        _("What would you like to add? Write, send photos, or speak."),
        _("So far: {pieces}.").format(pieces=counted(progress.counts, _, viewer.n_)),
    )
    return Screen("\n".join(lines), rows=((Button(_("✅ That is all"), "view"),),), is_page=True)


async def take_add(viewer: Viewer, answers: Answers, given: Given) -> Move:
    """Seal what comes, and take it out of the chat."""
    if isinstance(given, Pressed):
        return go("view")
    progress, parts = await _found(viewer, answers), parts_of(given)
    if progress is None or not parts:
        hint = viewer._("This did not arrive whole. Please send it once more.")
        return Move(hint=hint, wipes=isinstance(given, Attached))
    return Move(hint=await sealed(viewer, progress.complaint_id, parts), wipes=True)


async def ask_withdraw(viewer: Viewer, answers: Answers) -> Screen:
    """Ask once whether it is to be taken back."""
    _ = viewer._
    text = _("Take it back? All you sent is erased, and nobody asks why.")
    buttons = (Button(_("↩️ Yes, take it back"), YES), Button(_("No, leave it in"), "keep"))
    return Screen(f"{receipt_line(answers['value'], _)}\n{text}", rows=(buttons,), is_page=True)


async def take_withdraw(viewer: Viewer, answers: Answers, given: Given) -> Move:
    """Take it back, or leave it."""
    if meant(given) != Pressed(YES):
        return go("view")
    try:
        await complaint_progress.withdraw(answers["value"], chat_id=viewer.chat_id, now=viewer.now)
    except ReceiptUnknown:
        return Move("view", hint=_unknown(viewer), forgets=True)
    except DeedRefused:
        return Move("view", hint=_too_late(viewer), forgets=True)
    return Move("view", forgets=True)


async def _rated(viewer: Viewer, answers: Answers, rating: Rating) -> Move:
    _ = viewer._
    try:
        await complaint_progress.rate(
            answers["value"], rating, chat_id=viewer.chat_id, now=viewer.now
        )
    except (ReceiptUnknown, DeedRefused):
        return again(_too_late(viewer))
    if rating is Rating.AGAIN:
        return again(_("It is looked at once more. You may add what is still wrong."))
    return again(_("Thank you for telling us."))


async def _found(viewer: Viewer, answers: Answers) -> Progress | None:
    try:
        return await complaint_progress.look_up(
            answers.get("value", ""), chat_id=viewer.chat_id, now=viewer.now
        )
    except ReceiptUnknown:
        return None


def _lines(viewer: Viewer, progress: Progress) -> list[str]:
    """Receipt, state, clocks, and what the desk said; nothing of what she wrote."""
    _, case = viewer._, progress.case
    lines = [
        receipt_line(progress.receipt, _),
        _("Handed in: {day}").format(day=format_day(case.received_on, _)),
        _("It is: {state}").format(state=state_name(case.state, _)),
    ]
    if progress.counts:
        lines.append(_("It holds: {pieces}").format(pieces=counted(progress.counts, _, viewer.n_)))
    if deadline := deadline_text(case, progress.due_on, progress.answer_by, _):
        lines.append(f"⏳ {deadline}")
    lines += [
        f"\n{reply_text(reply.deed, reply.said_on, reply.text, _)}" for reply in progress.replies
    ]
    if progress.may(Deed.RATE):
        lines.append("\n" + _("Are you satisfied with the answer?"))
    return lines


def _rows(viewer: Viewer, progress: Progress) -> tuple[tuple[Button, ...], ...]:
    _ = viewer._
    rows: list[tuple[Button, ...]] = []
    if progress.may(Deed.RATE):
        ratings = [
            rating
            for rating in Rating
            if rating is not Rating.AGAIN or progress.may(Deed.ASK_REVIEW)
        ]
        labels = [Button(f"{_SIGNS[one]} {rating_name(one, _)}", one) for one in ratings]
        rows += [tuple(labels[:2]), *((label,) for label in labels[2:])]
    changes = []
    if progress.may(Deed.ADD):
        changes.append(Button(_("➕ Add to it"), _ADD))
    if progress.may(Deed.WITHDRAW):
        changes.append(Button(_("↩️ Withdraw it"), _WITHDRAW))
    rows += [tuple(changes)] if changes else []
    return (*rows, (Button(_("🙈 Fold this away"), _FOLD),))


def _unknown(viewer: Viewer) -> str:
    """The one refusal, whether there is none like it or too many were tried."""
    return viewer._(
        "I cannot find this receipt now. Please look at the digits; after 5 tries wait 15 minutes."
    )


def _too_late(viewer: Viewer) -> str:
    return viewer._("That cannot be done any more. Here is where it stands.")


CONVERSATION = Conversation(
    "complaint_follow",
    (
        Step("view", ask_view, take_view),
        Step("add", ask_add, take_add, takes_files=True, fetches_files=True),
        Step("withdraw", ask_withdraw, take_withdraw),
    ),
)
