"""Where each chat stands, as a row: any process can show the same screen and take the next step."""

import json
from dataclasses import dataclass, field, replace
from datetime import datetime

from backend.actions import delivery
from backend.actions.delivery import Message
from backend.actions.leave import SCREEN_TEMPLATE
from backend.domain.delivery import Kind
from backend.store.crypto import keys
from backend.store.ids import new_id
from backend.store.sealed import place_of
from backend.store.sql import Row, execute, in_shared_transaction

Answers = dict[str, str]
_COLUMNS = "id, chat_id, name, step, answers_sealed, version, shown_version, message_id"


@dataclass(frozen=True, slots=True)
class DialogState:
    """A chat's open screen: conversation, step, answers so far, and the way back.

    `version` grows by one with every step; `shown_version` is the one last put on the phone, in
    the message `message_id`. `row_id` is the row's, None before there is one.
    """

    chat_id: int
    name: str
    step: str
    answers: Answers = field(default_factory=dict)
    trail: tuple[str, ...] = ()
    hint: str | None = None
    version: int = 0
    shown_version: int = 0
    message_id: int | None = None
    row_id: int | None = None

    def moved(self, **changes: object) -> "DialogState":
        """Return the state after a step, with its new version."""
        return replace(self, version=self.version + 1, **changes)  # type: ignore[arg-type]

    def shown_in(self, message_id: int | None) -> "DialogState":
        """Return the state with the message that is to show it."""
        return replace(self, message_id=message_id)


async def load(chat_id: int) -> DialogState | None:
    """Return where the chat stands, or None before its first screen."""
    rows = await execute(f"SELECT {_COLUMNS} FROM dialog WHERE chat_id = $1", chat_id)
    return _state(rows[0]) if rows else None


async def save(state: DialogState, *, now: datetime) -> bool:
    """Write the state if the row is still at the version before it; False when it is not."""
    if state.row_id is None:
        return await _enter(state, now=now)
    rows = await execute(
        "UPDATE dialog SET name = $1, step = $2, answers_sealed = $3, version = $4,"
        " message_id = $5, updated_at = $6 WHERE id = $7 AND version = $8 RETURNING id",
        *(state.name, state.step, _sealed(state, state.row_id), state.version),
        *(state.message_id, now, state.row_id, state.version - 1),
    )
    return bool(rows)


async def _enter(state: DialogState, *, now: datetime) -> bool:
    """Write a chat's first state; False when another process has just done so."""
    row_id = new_id()
    rows = await execute(
        "INSERT INTO dialog (id, chat_id, name, step, answers_sealed, version, shown_version,"
        " message_id, updated_at) VALUES ($1, $2, $3, $4, $5, $6, 0, $7, $8)"
        " ON CONFLICT (chat_id) DO NOTHING RETURNING id",
        *(row_id, state.chat_id, state.name, state.step, _sealed(state, row_id)),
        *(state.version, state.message_id, now),
    )
    return bool(rows)


def _state(row: Row) -> DialogState:
    sealed = row["answers_sealed"]
    held = keys().unseal(bytes(sealed), place_of("dialog", "answers", row["id"])) if sealed else ""
    told = json.loads(held or "{}")
    return DialogState(
        chat_id=row["chat_id"],
        name=row["name"],
        step=row["step"],
        answers=told.get("answers", {}),
        trail=tuple(told.get("trail", ())),
        hint=told.get("hint"),
        version=row["version"],
        shown_version=row["shown_version"],
        message_id=row["message_id"],
        row_id=row["id"],
    )


def _sealed(state: DialogState, row_id: int) -> bytes:
    told = {"answers": state.answers, "trail": state.trail, "hint": state.hint}
    held = json.dumps(told, ensure_ascii=False)
    return keys().seal(held, place_of("dialog", "answers", row_id))


async def mark_shown(state: DialogState) -> None:
    """Note that the open message was edited to show this state."""
    async with in_shared_transaction():
        await delivery.mark_shown(state.chat_id, state.version, state.message_id)


async def show_anew(state: DialogState, *, now: datetime) -> None:
    """Queue the screen as a new message, in the transaction that changed it."""
    await _queue(_key(state), state.chat_id, str(state.version), now=now)


async def show_now(state: DialogState, *, owner_id: int, now: datetime) -> Message | None:
    """Enter the screen as a new message that its owner sends once this transaction is committed.

    None where it was entered before.
    """
    return await delivery.enter_intended(
        _key(state),
        Kind.SCREEN,
        state.chat_id,
        SCREEN_TEMPLATE,
        owner_id=owner_id,
        now=now,
        reference=str(state.version),
    )


def _key(state: DialogState) -> str:
    return f"screen:{state.chat_id}:{state.version}"


async def show_lost(*, now: datetime, since: datetime, before: datetime) -> int:
    """Queue once more the screens changed in [since, before) that never reached the phone.

    That is after a call whose fate is unclear: a question asked twice is better than silence.
    """
    rows = await execute(
        "SELECT d.chat_id, d.version FROM dialog d WHERE d.shown_version < d.version"
        " AND d.updated_at >= $1 AND d.updated_at < $2 AND NOT EXISTS ("
        "  SELECT 1 FROM send s WHERE s.chat_id = d.chat_id AND s.template = $3"
        "  AND s.reference = CAST(d.version AS TEXT) AND s.state IN ('queued', 'claimed', 'hold'))",
        *(since, before, SCREEN_TEMPLATE),
    )
    queued = 0
    for row in rows:
        key = f"screen:{row['chat_id']}:{row['version']}:again"
        queued += await _queue(key, row["chat_id"], str(row["version"]), now=now)
    return queued


async def _queue(key: str, chat_id: int, version: str, *, now: datetime) -> bool:
    return await delivery.enqueue(
        key, Kind.SCREEN, chat_id, SCREEN_TEMPLATE, now=now, reference=version
    )
