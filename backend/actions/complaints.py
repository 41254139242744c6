"""Taking complaints in: every part is sealed to the desk's keys in the moment it comes.

Nothing here can be read back: neither this server nor whoever copies its database holds a key that
opens a piece. No row knows a person, and none knows more than the day.
"""

import asyncio
import json
import secrets
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from backend.actions import desk_keys
from backend.actions.holidays import is_workday
from backend.domain.complaints import (
    CONTENT,
    MOST_PIECES,
    URGENT,
    Case,
    Category,
    Deed,
    DeedRefused,
    Kind,
    Piece,
    State,
)
from backend.domain.desk import NOBODY, About
from backend.domain.receipts import receipt_of
from backend.store.models import Complaint, ComplaintPiece, ComplaintPieceKey, ComplaintRecipient
from backend.store.sealing import receipt_key, seal_to
from backend.store.sql import as_date, execute, in_transaction

_DRAFT_KEPT = timedelta(days=2)
_KEPT = timedelta(days=3 * 366)
_ID_BITS = 62
_RECEIPTS = 10**15
_SENT = tuple(kind.value for kind in CONTENT)
# What goes with a complaint, children first.
_PARTS = (
    "complaint_piece_key",
    "complaint_piece",
    "complaint_reply",
    "complaint_reading",
    "complaint_recipient",
)


@dataclass(frozen=True, slots=True)
class Subject:
    """What somebody wants to say, of what kind, about whom, and whether under her name."""

    kind: Kind
    category: Category | None = None
    about: About = NOBODY
    is_named: bool = False


@dataclass(frozen=True, slots=True)
class Filed:
    """What the complainant is given: the receipt, and the days by which she hears of it."""

    receipt: str
    notice_by: date
    answer_by: date


async def begin(subject: Subject, *, now: datetime) -> int:
    """Begin a draft, seal what it is about, and return its id; raises DeskClosed.

    Who can open it is decided here and for good, before any of its content comes.
    """
    async with in_transaction():
        chosen = await desk_keys.choose(subject.about, subject.category)
        accused = await desk_keys.accused_among_staff(subject.about)
        draft = await Complaint.create(
            id=random_id(),
            state=State.DRAFT.value,
            accused_blind=" ".join(accused),
            is_urgent=subject.category in URGENT,
            erase_on=now.date() + _DRAFT_KEPT,
        )
        await ComplaintRecipient.bulk_create(
            ComplaintRecipient(id=random_id(), complaint_id=draft.id, desk_key_id=key.key_id)
            for key in chosen
        )
        await seal_piece(draft.id, Piece.HEADER, _header(subject), now=now)
    return int(draft.id)


async def add_piece(complaint_id: int, kind: Piece, content: bytes, *, now: datetime) -> None:
    """Seal what somebody sent into her complaint; raises DeedRefused when it takes nothing more."""
    async with in_transaction():
        case = await case_of(complaint_id)
        case.after(Deed.ADD)
        if sum((await counts(complaint_id)).values()) >= MOST_PIECES:
            raise DeedRefused(deed=Deed.ADD.value, state=case.state.value)
        await seal_piece(complaint_id, kind, content, now=now)


async def counts(complaint_id: int) -> dict[Piece, int]:
    """How many texts, photos and voice messages there are; what is in them cannot be told."""
    rows = await execute(
        "SELECT kind, count(*) AS n FROM complaint_piece WHERE complaint_id = $1"
        " AND kind IN ($2, $3, $4) GROUP BY kind",
        *(complaint_id, *_SENT),
    )
    return {Piece(row["kind"]): row["n"] for row in rows}


async def is_draft(complaint_id: int) -> bool:
    """Whether a draft is still there to be continued."""
    return await Complaint.exists(id=complaint_id, state=State.DRAFT.value)


async def drop_draft(complaint_id: int) -> None:
    """Erase a draft that is not to be handed in."""
    async with in_transaction():
        if await is_draft(complaint_id):
            await erase_complaint(complaint_id)


async def hand_in(complaint_id: int, chat_id: int, *, now: datetime) -> Filed:
    """Hand a draft in: seal the chat that is to be told, and give its receipt.

    Raises DeedRefused for a draft without content, or handed in before.
    """
    receipt = receipt_of(secrets.randbelow(_RECEIPTS))
    found_by = await asyncio.to_thread(receipt_key, receipt)
    async with in_transaction():
        case = await case_of(complaint_id)
        state = case.after(Deed.HAND_IN)
        if not await counts(complaint_id):
            raise DeedRefused(deed=Deed.HAND_IN.value, state=case.state.value)
        await seal_piece(complaint_id, Piece.CHAT, str(chat_id).encode(), now=now)
        await seal_piece(complaint_id, Piece.RECEIPT, receipt.encode(), now=now)
        await execute(
            "UPDATE complaint SET state = $1, receipt_digest = $2, received_on = $3, erase_on = $4"
            " WHERE id = $5",
            *(state.value, found_by.digest, now.date(), now.date() + _KEPT, complaint_id),
        )
    filed = Case(state, now.date())
    notice_by, answer_by = filed.due_on(is_workday), filed.answer_by(is_workday)
    assert notice_by is not None, "its clock began to run"
    assert answer_by is not None, "its clock began to run"
    return Filed(receipt, notice_by, answer_by)


async def case_of(complaint_id: int) -> Case:
    """A complaint's state and days; raises DeedRefused for one that is gone."""
    rows = await execute("SELECT * FROM complaint WHERE id = $1", complaint_id)
    if not rows:
        raise DeedRefused(deed="", state="")
    row = rows[0]
    return Case(
        state=State(row["state"]),
        received_on=as_date(row["received_on"]) or date.min,
        accepted_on=as_date(row["accepted_on"]),
        extended_on=as_date(row["extended_on"]),
        answered_on=as_date(row["answered_on"]),
        review_on=as_date(row["review_on"]),
    )


async def seal_piece(complaint_id: int, kind: Piece, content: bytes, *, now: datetime) -> None:
    """Seal one part to everyone the complaint is sealed to."""
    rows = await execute(
        "SELECT desk_key_id FROM complaint_recipient WHERE complaint_id = $1", complaint_id
    )
    held = await desk_keys.public_keys([row["desk_key_id"] for row in rows])
    letter = seal_to(content, held, piece_place(complaint_id, kind))
    last = await execute(
        "SELECT max(place) AS place FROM complaint_piece WHERE complaint_id = $1", complaint_id
    )
    piece = await ComplaintPiece.create(
        id=random_id(),
        complaint_id=complaint_id,
        kind=kind.value,
        place=(last[0]["place"] or 0) + 1,
        box=letter.box,
        added_on=now.date(),
    )
    await ComplaintPieceKey.bulk_create(
        ComplaintPieceKey(
            id=random_id(),
            piece_id=piece.id,
            complaint_id=complaint_id,
            desk_key_id=key_id,
            sealed_key=sealed_key,
        )
        for key_id, sealed_key in letter.keys.items()
    )


def piece_place(complaint_id: int, kind: Piece) -> str:
    """What a sealed part is bound to."""
    return f"complaint_piece/{kind.value}/{complaint_id}"


async def erase_pieces(complaint_id: int) -> None:
    """Erase everything that was said in a complaint and in reply to it."""
    for table in _PARTS:
        await execute(f"DELETE FROM {table} WHERE complaint_id = $1", complaint_id)


async def erase_complaint(complaint_id: int) -> None:
    """Erase a complaint with all its parts."""
    await erase_pieces(complaint_id)
    await execute("DELETE FROM complaint WHERE id = $1", complaint_id)


async def forget(*, now: datetime) -> int:
    """Erase abandoned drafts after two days, and everything else after three years."""
    rows = await execute("SELECT id FROM complaint WHERE erase_on <= $1", now.date())
    for row in rows:
        async with in_transaction():
            await erase_complaint(row["id"])
    return len(rows)


async def forget_notices() -> int:
    """Erase what told a chat of an answer, once it is sent or given up."""
    rows = await execute(
        "DELETE FROM send WHERE kind = 'complaint_answer' AND finished_at IS NOT NULL RETURNING id"
    )
    return len(rows)


def random_id() -> int:
    """Return an id that tells nothing, not even when."""
    return secrets.randbits(_ID_BITS) + 1


def _header(subject: Subject) -> bytes:
    """What the desk reads first."""
    held = {
        "kind": subject.kind.value,
        "category": subject.category.value if subject.category else None,
        "is_named": subject.is_named,
        "about": subject.about.words or subject.about.unit,
    }
    return json.dumps(held, ensure_ascii=False).encode()
