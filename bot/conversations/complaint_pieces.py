"""The complaint itself: words, photos and voice, each sealed as it comes, then handed in."""

from backend.actions import complaints
from backend.actions.dialogs import Answers
from backend.domain.complaints import DeedRefused, Piece
from backend.texts.complaints import counted, receipt_line
from backend.texts.services import format_day
from bot.attached import DOCUMENT
from bot.buttons import Button, Screen
from bot.conversations.complaints import COUNTED
from bot.dialogs import (
    CANCEL,
    Attached,
    Conversation,
    Given,
    Move,
    Pressed,
    Shared,
    Step,
    Typed,
    enter,
    go,
)
from bot.viewer import Viewer

_READY, _MORE, _HAND_IN = "ready", "more", "hand_in"
_FOLLOW = "complaint_follow"


async def ask_contact(viewer: Viewer, _answers: Answers) -> Screen:
    """Ask somebody whom the office does not know for name and phone."""
    _ = viewer._
    text = _("Please type your name and phone number. I seal them apart.")
    return Screen(text)


async def take_contact(viewer: Viewer, answers: Answers, given: Given) -> Move:
    """Seal how to reach her."""
    if given == Pressed(CANCEL):
        return await dropped(viewer, answers)
    text = given.phone if isinstance(given, Shared) else getattr(given, "text", "")
    if not text:
        return Move(hint=viewer._("Please type your name and phone number."))
    hint = await sealed(viewer, int(answers["draft"]), [(Piece.CONTACT, text.encode())])
    return Move("pieces", hint=hint, forgets=True, wipes=True)


async def ask_pieces(viewer: Viewer, answers: Answers) -> Screen:
    """Ask for whatever there is to say, and count what has come."""
    _ = viewer._
    found = await complaints.counts(int(answers["draft"]))
    lines = (
        _("Please tell me: write, send photos, or hold the microphone and speak."),
        _("I seal each message at once and take it out of this chat."),
        _("So far: {pieces}.").format(pieces=counted(found, _, viewer.n_)),
    )
    ready = ((Button(_("✅ That is all"), _READY),),) if found else ()
    return Screen("\n".join(lines), rows=ready)


async def take_pieces(viewer: Viewer, answers: Answers, given: Given) -> Move:
    """Seal what comes, and take it out of the chat."""
    if given == Pressed(CANCEL):
        return await dropped(viewer, answers)
    if given == Pressed(_READY) and await complaints.counts(int(answers["draft"])):
        return go("check")
    parts = parts_of(given)
    if not parts:
        return Move(hint=_not_understood(viewer, given), wipes=isinstance(given, Attached))
    return Move(hint=await sealed(viewer, int(answers["draft"]), parts), wipes=True)


async def ask_check(viewer: Viewer, answers: Answers) -> Screen:
    """Count what will be handed in: it is sealed, so it cannot be shown again."""
    _ = viewer._
    found = await complaints.counts(int(answers["draft"]))
    lines = (
        _("Hand it in? It holds: {pieces}.").format(pieces=counted(found, _, viewer.n_)),
        _("It is sealed, so I cannot show it again. You can take it back later."),
    )
    rows = ((Button(_("📮 Hand it in"), _HAND_IN), Button(_("✏️ Add something"), _MORE)),)
    return Screen("\n".join(lines), rows=rows)


async def take_check(viewer: Viewer, answers: Answers, given: Given) -> Move:
    """Hand it in, or add to it, or let it be; words sent here are added as well."""
    if given == Pressed(CANCEL):
        return await dropped(viewer, answers)
    if given == Pressed(_HAND_IN):
        return await _handed_in(viewer, int(answers["draft"]))
    if isinstance(given, Pressed):
        return go("pieces")
    move = await take_pieces(viewer, answers, given)
    return Move("pieces", hint=move.hint, wipes=move.wipes)


async def _handed_in(viewer: Viewer, draft_id: int) -> Move:
    try:
        filed = await complaints.hand_in(draft_id, viewer.chat_id, now=viewer.now)
    except DeedRefused:
        return enter("home", hint=gone(viewer))
    days = {
        "notice_by": format_day(filed.notice_by, viewer._),
        "answer_by": format_day(filed.answer_by, viewer._),
    }
    return Move("done", answers={"receipt": filed.receipt, **days}, forgets=True, wipes=True)


async def ask_done(viewer: Viewer, answers: Answers) -> Screen:
    """The receipt and the days by which she hears; its buttons never grow old."""
    _ = viewer._
    receipt = answers["receipt"]
    days = _("You hear whether it is taken up by {notice_by}, and get an answer by {answer_by}.")
    lines = (
        _("✅ Handed in and sealed."),
        receipt_line(receipt, _),
        _("Copy the number onto paper and show it to nobody."),
        days.format(notice_by=answers["notice_by"], answer_by=answers["answer_by"]),
    )
    rows = (
        (Button(_("🔎 Where it stands"), receipt, opens=_FOLLOW),),
        (
            Button(_("➕ Add to it"), receipt, opens=f"{_FOLLOW}.add"),
            Button(_("↩️ Withdraw it"), receipt, opens=f"{_FOLLOW}.withdraw"),
        ),
        (Button(_("🙈 Fold this away"), opens="folded"),),
    )
    return Screen("\n".join(lines), rows=rows, is_page=True)


async def take_done(viewer: Viewer, _answers: Answers, _given: Given) -> Move:
    """Whatever is said after the receipt ends at the menu."""
    return enter("home", hint=viewer._("I did not understand that. Please choose below."))


def parts_of(given: Given) -> list[tuple[Piece, bytes]]:
    """What is to be sealed of a message: its words, and its photo or voice; nothing it lacks."""
    if isinstance(given, Typed):
        return [(Piece.TEXT, given.text.encode())] if given.text else []
    if isinstance(given, Shared):
        return [(Piece.TEXT, given.phone.encode())]
    if not isinstance(given, Attached) or given.content is None or given.kind == DOCUMENT:
        return []
    caption = [(Piece.TEXT, given.caption.encode())] if given.caption else []
    return [(Piece(given.kind), given.content), *caption]


async def sealed(viewer: Viewer, complaint_id: int, parts: list[tuple[Piece, bytes]]) -> str:
    """Seal the parts and return what to say of it."""
    try:
        for kind, content in parts:
            await complaints.add_piece(complaint_id, kind, content, now=viewer.now)
    except DeedRefused:
        return viewer._("No more can be added here.")
    return viewer._("✅ Sealed, and taken out of this chat.")


async def dropped(viewer: Viewer, answers: Answers) -> Move:
    """Erase the draft and go home."""
    await complaints.drop_draft(int(answers["draft"]))
    return enter("home", hint=viewer._("Nothing was handed in, and all of it is erased."))


def _not_understood(viewer: Viewer, given: Given) -> str:
    _ = viewer._
    if isinstance(given, Attached) and given.kind == DOCUMENT:
        return _("I cannot take this kind of file. Please send a photo of it.")
    if isinstance(given, Attached):
        return _("This did not arrive whole. Please send it once more.")
    return _("Please write, or send a photo or a voice message.")


def gone(viewer: Viewer) -> str:
    """What to say of a draft that is no longer there."""
    return viewer._("This one is no longer open. Please begin again.")


CONVERSATION = Conversation(
    "complaint_pieces",
    (
        Step("contact", ask_contact, take_contact, takes_cancel=True),
        Step(
            "pieces",
            ask_pieces,
            take_pieces,
            takes_files=True,
            fetches_files=True,
            takes_cancel=True,
        ),
        Step(
            "check", ask_check, take_check, takes_files=True, fetches_files=True, takes_cancel=True
        ),
        Step("done", ask_done, take_done, stays=True),
    ),
    counted=COUNTED,
)
