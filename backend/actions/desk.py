"""The desk's side: list, open and answer complaints with a private key that never stays here."""

import asyncio
import base64
import json
import secrets
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from backend.actions import complaint_progress, complaints, delivery, desk_keys
from backend.actions.complaint_progress import Progress
from backend.actions.complaints import piece_place, random_id
from backend.actions.holidays import is_workday
from backend.domain.complaints import CONTENT, Case, Category, Deed, Kind, Piece, State
from backend.domain.delivery import Kind as MessageKind
from backend.domain.desk import ReceiptUnknown
from backend.domain.receipts import read_receipt
from backend.store.crypto import keys
from backend.store.models import ComplaintReading, ComplaintReply
from backend.store.sealing import (
    ReceiptKey,
    open_letter,
    public_of,
    read_public,
    receipt_key,
    reseal,
)
from backend.store.sql import execute, in_transaction

_TOLD_FOR = timedelta(days=30)
_TEMPLATE = "complaint_answer"
_REFERENCE = "send/reference/complaint"
_DAY_OF = {
    Deed.ACCEPT: "accepted_on",
    Deed.EXTEND: "extended_on",
    Deed.ANSWER: "answered_on",
    Deed.DECLINE: "closed_on",
    Deed.CLOSE: "closed_on",
}


@dataclass(frozen=True, slots=True)
class Header:
    """What a complaint is."""

    kind: Kind
    category: Category | None
    is_named: bool
    about: str | None


@dataclass(frozen=True, slots=True)
class Listed:
    """A complaint in the desk's list; `due_on` is the last day of the clock that runs."""

    receipt: str
    header: Header
    state: State
    received_on: date
    due_on: date | None


@dataclass(frozen=True, slots=True)
class Part:
    """Something the complainant sent."""

    kind: Piece
    content: bytes
    added_on: date


@dataclass(frozen=True, slots=True)
class Reading:
    """Who opened it, on which day."""

    holder: str
    read_on: date


@dataclass(frozen=True, slots=True)
class Opened:
    """A complaint as the desk reads it."""

    progress: Progress
    header: Header
    contact: str | None
    parts: tuple[Part, ...]
    readings: tuple[Reading, ...]


async def list_for(private_key: bytes) -> list[Listed]:
    """The complaints that a key opens: coercion first, then the next due.

    Withdrawn ones left nothing to open.
    """
    key_id = await desk_keys.find_key(public_of(private_key))
    rows = await execute(
        "SELECT c.id FROM complaint c JOIN complaint_recipient r ON r.complaint_id = c.id"
        " WHERE r.desk_key_id = $1 AND c.state <> 'draft' ORDER BY c.received_on, c.id",
        key_id or 0,
    )
    listed = [await _listed(row["id"], key_id or 0, private_key) for row in rows]
    return sorted(listed, key=_urgency)


def _urgency(one: Listed) -> tuple[bool, date, date]:
    is_coercion = one.header.category is Category.COERCED and one.due_on is not None
    return not is_coercion, one.due_on or date.max, one.received_on


async def open_complaint(receipt: str, private_key: bytes, *, now: datetime) -> Opened:
    """Read a complaint and note that this key did; raises ReceiptUnknown.

    A key it is not sealed to gets the same refusal as a receipt that does not exist.
    """
    async with in_transaction():
        progress, _key, key_id = await _found(receipt, private_key)
        parts = await _parts(progress.complaint_id, key_id, private_key)
        await _note_reading(progress.complaint_id, key_id, now=now)
        contact = next((part.content for part in parts if part.kind is Piece.CONTACT), None)
        return Opened(
            progress=progress,
            header=_header(parts),
            contact=contact.decode() if contact else None,
            parts=tuple(part for part in parts if part.kind in CONTENT),
            readings=await _readings(progress.complaint_id),
        )


async def deal(receipt: str, private_key: bytes, deed: Deed, *, text: str, now: datetime) -> Case:
    """Accept, extend, answer, decline or close, and have the complainant told in her chat.

    Return how it stands then. Raises ReceiptUnknown or DeedRefused.
    """
    async with in_transaction():
        progress, key, key_id = await _found(receipt, private_key)
        state = progress.case.after(deed)
        await _write(progress.complaint_id, deed, state, now=now)
        await _reply(progress.complaint_id, deed, key.close(text), now=now)
        parts = await _parts(progress.complaint_id, key_id, private_key)
        chat = next(part.content for part in parts if part.kind is Piece.CHAT)
        await _tell(int(chat), progress.receipt, now=now)
        return await complaints.case_of(progress.complaint_id)


async def pass_on(receipt: str, private_key: bytes, to_public_key: str) -> None:
    """Let one more key open a complaint, as when its reader leaves.

    Raises ReceiptUnknown, DeskKeyWrong for a key the desk does not have, and DeskKeyExcluded when
    its holder is named in the complaint.
    """
    async with in_transaction():
        progress, _key, key_id = await _found(receipt, private_key)
        to_id = await desk_keys.check_recipient(to_public_key, progress.complaint_id)
        rows = await execute(
            "SELECT piece_id, sealed_key FROM complaint_piece_key"
            " WHERE complaint_id = $1 AND desk_key_id = $2",
            *(progress.complaint_id, key_id),
        )
        public = read_public(to_public_key)
        for row in rows:
            await execute(
                "INSERT INTO complaint_piece_key (id, piece_id, complaint_id, desk_key_id,"
                " sealed_key) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
                *(random_id(), row["piece_id"], progress.complaint_id, to_id),
                reseal(row["sealed_key"], private_key, public),
            )
        await execute(
            "INSERT INTO complaint_recipient (id, complaint_id, desk_key_id)"
            " VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
            *(random_id(), progress.complaint_id, to_id),
        )


def told_receipt(reference: str) -> str:
    """The receipt that a message of the outbox is about."""
    return keys().unseal(base64.urlsafe_b64decode(reference), _REFERENCE)


async def _found(receipt: str, private_key: bytes) -> tuple[Progress, ReceiptKey, int]:
    """The complaint of a receipt, if this key opens it; raises ReceiptUnknown otherwise."""
    digits = read_receipt(receipt)
    if digits is None:
        raise ReceiptUnknown
    key = await asyncio.to_thread(receipt_key, digits)
    complaint_id = await complaint_progress.find(key)
    key_id = await desk_keys.find_key(public_of(private_key))
    rows = await execute(
        "SELECT 1 AS one FROM complaint_recipient WHERE complaint_id = $1 AND desk_key_id = $2",
        *(complaint_id or 0, key_id or 0),
    )
    if complaint_id is None or key_id is None or not rows:
        raise ReceiptUnknown
    return await complaint_progress.progress_of(complaint_id, digits, key), key, key_id


async def _parts(complaint_id: int, key_id: int, private_key: bytes) -> list[Part]:
    rows = await execute(
        "SELECT p.kind, p.box, p.added_on, k.sealed_key FROM complaint_piece p"
        " JOIN complaint_piece_key k ON k.piece_id = p.id"
        " WHERE p.complaint_id = $1 AND k.desk_key_id = $2 ORDER BY p.place",
        *(complaint_id, key_id),
    )
    parts = []
    for row in rows:
        kind = Piece(row["kind"])
        content = open_letter(
            row["box"], row["sealed_key"], private_key, piece_place(complaint_id, kind)
        )
        parts.append(Part(kind, content, date.fromisoformat(str(row["added_on"]))))
    return parts


def _header(parts: list[Part]) -> Header:
    held = json.loads(next(part.content for part in parts if part.kind is Piece.HEADER))
    category = Category(held["category"]) if held["category"] else None
    return Header(Kind(held["kind"]), category, held["is_named"], held["about"])


async def _listed(complaint_id: int, key_id: int, private_key: bytes) -> Listed:
    case = await complaints.case_of(complaint_id)
    parts = await _parts(complaint_id, key_id, private_key)
    receipt = next(part.content for part in parts if part.kind is Piece.RECEIPT)
    return Listed(
        receipt=receipt.decode(),
        header=_header(parts),
        state=case.state,
        received_on=case.received_on,
        due_on=case.due_on(is_workday),
    )


async def _note_reading(complaint_id: int, key_id: int, *, now: datetime) -> None:
    await execute(
        "INSERT INTO complaint_reading (id, complaint_id, desk_key_id, read_on)"
        " VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
        *(random_id(), complaint_id, key_id, now.date()),
    )


async def _readings(complaint_id: int) -> tuple[Reading, ...]:
    rows = await ComplaintReading.filter(complaint_id=complaint_id).order_by("read_on", "id")
    names = await desk_keys.holders([row.desk_key_id for row in rows])
    return tuple(Reading(names[row.desk_key_id], row.read_on) for row in rows)


async def _write(complaint_id: int, deed: Deed, state: State, *, now: datetime) -> None:
    await execute(
        f"UPDATE complaint SET state = $1, {_DAY_OF[deed]} = $2 WHERE id = $3",
        *(state.value, now.date(), complaint_id),
    )


async def _reply(complaint_id: int, deed: Deed, box: bytes, *, now: datetime) -> None:
    place = await ComplaintReply.filter(complaint_id=complaint_id).count() + 1
    await ComplaintReply.create(
        id=random_id(),
        complaint_id=complaint_id,
        deed=deed.value,
        place=place,
        box=box,
        said_on=now.date(),
    )


async def _tell(chat_id: int, receipt: str, *, now: datetime) -> None:
    """Queue the word that there is something new; the row knows the chat and nothing readable."""
    reference = base64.urlsafe_b64encode(keys().seal(receipt, _REFERENCE)).decode()
    await delivery.enqueue(
        f"complaint:{secrets.token_hex(16)}",
        MessageKind.COMPLAINT_ANSWER,
        chat_id,
        _TEMPLATE,
        now=now,
        reference=reference,
        life=_TOLD_FOR,
    )
