"""What somebody with a receipt can do: look a complaint up, add to it, take it back, rate it."""

import asyncio
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from backend.actions import complaints
from backend.actions.holidays import is_workday
from backend.domain.complaints import Case, Deed, Piece, Rating
from backend.domain.desk import ReceiptUnknown
from backend.domain.receipts import read_receipt
from backend.store.crypto import keys
from backend.store.models import ComplaintReply, ReceiptGuess
from backend.store.sealing import ReceiptKey, receipt_key
from backend.store.sql import execute, in_transaction

MOST_GUESSES = 5
GUESS_WINDOW = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Reply:
    """Something the desk did, and what it said with it."""

    deed: Deed
    text: str
    said_on: date


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a complaint stands, for whoever has its receipt."""

    complaint_id: int
    receipt: str
    case: Case
    due_on: date | None
    answer_by: date | None
    counts: dict[Piece, int]
    replies: tuple[Reply, ...]
    rating: Rating | None

    def may(self, deed: Deed) -> bool:
        """Whether she can do this with it now."""
        return self.case.may(deed)


async def look_up(text: str, *, chat_id: int, now: datetime) -> Progress:
    """Return where the complaint with this receipt stands; raises ReceiptUnknown.

    After five receipts that do not exist, a chat gets the same refusal for 15 minutes, whatever
    it asks for.
    """
    receipt = read_receipt(text)
    if receipt is None or await _is_shut(chat_id, now=now):
        raise ReceiptUnknown
    key = await asyncio.to_thread(receipt_key, receipt)
    complaint_id = await find(key)
    if complaint_id is None:
        await ReceiptGuess.create(chat_blind=_blind(chat_id), guessed_at=now)
        raise ReceiptUnknown
    return await progress_of(complaint_id, receipt, key)


async def add(receipt: str, kind: Piece, content: bytes, *, chat_id: int, now: datetime) -> None:
    """Add something to a complaint; raises ReceiptUnknown or DeedRefused."""
    progress = await look_up(receipt, chat_id=chat_id, now=now)
    await complaints.add_piece(progress.complaint_id, kind, content, now=now)


async def withdraw(receipt: str, *, chat_id: int, now: datetime) -> None:
    """Take a complaint back: all that was said is erased; raises ReceiptUnknown or DeedRefused."""
    progress = await look_up(receipt, chat_id=chat_id, now=now)
    state = progress.case.after(Deed.WITHDRAW)
    async with in_transaction():
        await complaints.erase_pieces(progress.complaint_id)
        await execute(
            "UPDATE complaint SET state = $1, closed_on = $2, accused_blind = '' WHERE id = $3",
            *(state.value, now.date(), progress.complaint_id),
        )


async def rate(receipt: str, rating: Rating, *, chat_id: int, now: datetime) -> None:
    """Rate the answer, or ask for a review of it; raises ReceiptUnknown or DeedRefused."""
    progress = await look_up(receipt, chat_id=chat_id, now=now)
    is_again = rating is Rating.AGAIN
    state = progress.case.after(Deed.ASK_REVIEW if is_again else Deed.RATE)
    column = "review_on" if is_again else "closed_on"
    await execute(
        f"UPDATE complaint SET state = $1, rating = $2, {column} = $3 WHERE id = $4",
        *(state.value, rating.value, now.date(), progress.complaint_id),
    )


async def find(key: ReceiptKey) -> int | None:
    """The complaint of a receipt, or None."""
    rows = await execute("SELECT id FROM complaint WHERE receipt_digest = $1", key.digest)
    return rows[0]["id"] if rows else None


async def progress_of(complaint_id: int, receipt: str, key: ReceiptKey) -> Progress:
    """Where a complaint stands, with the replies that its receipt opens."""
    case = await complaints.case_of(complaint_id)
    rated = await execute("SELECT rating FROM complaint WHERE id = $1", complaint_id)
    rows = await ComplaintReply.filter(complaint_id=complaint_id).order_by("place")
    return Progress(
        complaint_id=complaint_id,
        receipt=receipt,
        case=case,
        due_on=case.due_on(is_workday),
        answer_by=case.answer_by(is_workday),
        counts=await complaints.counts(complaint_id),
        replies=tuple(Reply(Deed(row.deed), key.open(row.box), row.said_on) for row in rows),
        rating=Rating(rated[0]["rating"]) if rated[0]["rating"] else None,
    )


async def forget_guesses(*, now: datetime) -> int:
    """Forget wrong receipts that shut nobody out any more."""
    rows = await execute(
        "DELETE FROM receipt_guess WHERE guessed_at <= $1 RETURNING id", now - GUESS_WINDOW
    )
    return len(rows)


async def _is_shut(chat_id: int, *, now: datetime) -> bool:
    rows = await execute(
        "SELECT count(*) AS n FROM receipt_guess WHERE chat_blind = $1 AND guessed_at > $2",
        *(_blind(chat_id), now - GUESS_WINDOW),
    )
    wrong: int = rows[0]["n"]
    return wrong >= MOST_GUESSES


def _blind(chat_id: int) -> str:
    return keys().blind("receipt_guess", str(chat_id))
