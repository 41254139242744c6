"""What is kept of a person: shown in full to herself, and erased when she wants it gone."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import structlog
from tortoise.exceptions import BaseORMException

from backend.actions import audit
from backend.actions.delivery import shut_chat
from backend.actions.recall import recall_everything
from backend.store.crypto import keys
from backend.store.models import Person
from backend.store.sealed import place_of
from backend.store.sql import Row, as_date, as_datetime, execute, in_transaction

logger = structlog.get_logger(__name__)

REFLECTION = timedelta(days=7)
_RETENTION = timedelta(days=3 * 366)
_BATCH = 100

# Tables erased with a person, by the column that names her; children of none of them.
ERASED = {
    "life_event": "person_id",
    "due_service": "person_id",
    "service_record": "person_id",
    "topic_choice": "person_id",
    "dose_log": "person_id",
    "task_answer": "person_id",
    "task": "person_id",
    "handover": "person_id",
    "move_report": "person_id",
    "visit": "person_id",
    "send": "person_id",
    "invite": "person_id",
    "account": "person_id",
}
# Tables kept as proof for three years; they hold no more than her number, a purpose or a role.
KEPT = frozenset({"consent", "role_grant", "audit_entry"})

# What an export shows of each table, the person's own row apart; no inner numbers.
SHOWN = {
    "consent": "purpose, text_version, given_at, refused_at, withdrawn_at",
    "life_event": "kind, on_date, lmp_on, edd_on, edd_source, mode, method, rule, rods,"
    " lasts_months, reported_at",
    "due_service": "rule, opens_on, due_on, closes_on, state, anchor, anchor_on, remind_on,"
    " booked_on, done_on",
    "service_record": "rule, occurrence, given_on, reported_at",
    "topic_choice": "topic, choice, chosen_at",
    "dose_log": "on_date, answer, reason, answered_at",
    "task": "kind, reason, state, opened_at, closed_at",
    "task_answer": "answer, reason, answered_at, undone_at",
    "move_report": "number, direction, from_code, to_code, moves_on, expected_stay, with_spouse,"
    " child_count, has_plan, contact, state, reported_at, ended_at",
    "handover": "state, recipient_code, data_types, consented_at, sent_at, answered_at, closed_at",
    "visit": "way, on_date, made_at",
    "send": "kind, template, purpose, due_at, state, finished_at",
    "invite": "role, created_at, expires_at, used_at, revoked_at",
    "account": "tg_id, locale, state, started_at, state_at",
    "role_grant": "role, region_code, granted_at, ended_at",
}
# Columns of those tables that are kept encrypted and shown open.
SEALED = {
    "move_report": ("from_place", "to_place", "remarks"),
    "handover": ("recipient", "reason"),
    "visit": ("note",),
}

Plain = str | int | bool | None
Export = dict[str, list[dict[str, Plain]]]


@dataclass(frozen=True, slots=True)
class ErasureDay:
    """The day on which everything of hers is erased unless she changes her mind."""

    erase_on: date


async def export(person_id: int, *, now: datetime) -> Export:
    """Everything kept of a person: a list of plain rows for each table, dates as ISO text."""
    async with in_transaction():
        found: Export = {"person": [await _person(person_id)]}
        for table in SHOWN:
            found[table] = await _rows(table, person_id)
        entries = await audit.about(person_id, limit=10_000)
        found["audit_entry"] = [
            {"at": entry.at.isoformat(), "action": entry.action, "detail": entry.detail}
            for entry in entries
        ]
        await audit.append("exported", actor_id=person_id, subject_id=person_id, now=now)
    return found


async def request_erasure(person_id: int, *, now: datetime) -> ErasureDay:
    """Erase everything in seven days; every message stops at once."""
    erase_on = now.date() + REFLECTION
    async with in_transaction():
        await execute(
            "UPDATE person SET erase_on = $1, updated_at = $2 WHERE id = $3",
            *(erase_on, now, person_id),
        )
        await recall_everything(person_id, now=now)
        for chat_id in await _chats(person_id):
            await shut_chat(chat_id, "stopped", now=now)
        await audit.append("erasure_asked", actor_id=person_id, subject_id=person_id, now=now)
    return ErasureDay(erase_on)


async def erasure_day(person_id: int) -> date | None:
    """The day on which everything of hers will be erased, if she asked for it."""
    rows = await execute("SELECT erase_on FROM person WHERE id = $1", person_id)
    return as_date(rows[0]["erase_on"]) if rows else None


async def keep_after_all(person_id: int, *, now: datetime) -> None:
    """Take the wish to be erased back; messages go on, unless she had said STOP before."""
    async with in_transaction():
        kept = await execute(
            "UPDATE person SET erase_on = NULL, updated_at = $1"
            " WHERE id = $2 AND erase_on IS NOT NULL RETURNING id",
            *(now, person_id),
        )
        if kept:
            await execute(
                "UPDATE account SET state = 'active', state_at = $1"
                " WHERE person_id = $2 AND state = 'stopped' AND stopped_at IS NULL",
                *(now, person_id),
            )
            await audit.append("erasure_undone", actor_id=person_id, subject_id=person_id, now=now)


async def erase_due(*, now: datetime) -> int:
    """Erase everyone whose day has come, each in one transaction; return how many.

    Where one fails, that is logged and the others are erased all the same.
    """
    rows = await execute(
        f"SELECT id FROM person WHERE erase_on <= $1 ORDER BY id LIMIT {_BATCH}", now.date()
    )
    return sum([await _carefully_erased(row["id"], now=now) for row in rows])


async def _carefully_erased(person_id: int, *, now: datetime) -> bool:
    try:
        await erase(person_id, now=now)
    except BaseORMException as error:
        logger.error("erasure_failed", person_id=person_id, error=type(error).__name__)
        return False
    return True


async def erase(person_id: int, *, now: datetime) -> None:
    """Erase a person: every row of hers, and all but the number of her own row.

    Proof of consent and of who looked stays three years, by that number alone (`domain.md` 10).
    """
    async with in_transaction():
        for chat_id in await _chats(person_id):
            await execute("DELETE FROM dialog WHERE chat_id = $1", chat_id)
            await execute("DELETE FROM send WHERE chat_id = $1", chat_id)
        for table, column in ERASED.items():
            await execute(f"DELETE FROM {table} WHERE {column} = $1", person_id)
        await _unlink(person_id, now=now)
        await _blank(person_id, now=now)
        await audit.append("erased", subject_id=person_id, now=now)


async def forget_proofs(*, now: datetime) -> int:
    """Delete the consents of erased persons once three years have passed; return how many."""
    rows = await execute(
        "DELETE FROM consent WHERE person_id IN (SELECT id FROM person WHERE state = 'erased'"
        " AND updated_at < $1) RETURNING id",
        now - _RETENTION,
    )
    return len(rows)


async def _rows(table: str, person_id: int) -> list[dict[str, Plain]]:
    """The rows of a table that are hers, encrypted columns opened."""
    sealed = SEALED.get(table, ())
    columns = ", ".join((SHOWN[table], *(f"{name}_sealed" for name in sealed), "id AS row_id"))
    rows = await execute(
        f"SELECT {columns} FROM {table} WHERE person_id = $1 ORDER BY id", person_id
    )
    return [_plain(_opened(table, row)) for row in rows]


def _opened(table: str, row: Row) -> dict[str, object]:
    shown = dict(row)
    row_id: int = shown.pop("row_id")
    for name in SEALED.get(table, ()):
        held = shown.pop(f"{name}_sealed")
        shown[name] = keys().unseal(bytes(held), place_of(table, name, row_id)) if held else None
    return shown


async def _chats(person_id: int) -> list[int]:
    rows = await execute("SELECT tg_id FROM account WHERE person_id = $1", person_id)
    return [row["tg_id"] for row in rows]


async def _unlink(person_id: int, *, now: datetime) -> None:
    """Take her out of what belongs to others."""
    await execute("UPDATE household SET cadre_id = NULL WHERE cadre_id = $1", person_id)
    await execute("UPDATE task SET cadre_id = NULL WHERE cadre_id = $1", person_id)
    await execute("UPDATE person SET claim_of_id = NULL WHERE claim_of_id = $1", person_id)
    await execute(
        "UPDATE role_grant SET ended_at = $1 WHERE person_id = $2 AND ended_at IS NULL",
        *(now, person_id),
    )


async def _blank(person_id: int, *, now: datetime) -> None:
    row = await Person.get(id=person_id)
    blank = Person(
        id=person_id,
        village_code=f"{row.village_code[:9]}000",
        state="erased",
        created_at=now,
        updated_at=now,
    )
    await blank.save(force_update=True)


async def _person(person_id: int) -> dict[str, Plain]:
    row = await Person.get(id=person_id)
    kept: dict[str, object] = {
        "name": row.name,
        "phone": row.phone,
        "id_number": row.id_number,
        "remarks": row.remarks,
        "registered_place": row.registered_place,
    }
    columns = (
        "state, village_code, registered_code, sex, birth_date, birth_year, locale, calendar,"
        " enrolled_on, reminder_minute, folic_acid_minute, quiet_from_minute, quiet_to_minute,"
        " hides_content, voice_first, registration_number, erase_on, created_at, updated_at"
    )
    rows = await execute(f"SELECT {columns} FROM person WHERE id = $1", person_id)
    return _plain(kept | rows[0])


def _plain(row: Mapping[str, object] | Row) -> dict[str, Plain]:
    """A row with nothing but text, numbers and None, alike from both databases."""
    return {name: _plain_value(name, value) for name, value in row.items()}


def _plain_value(name: str, value: object) -> Plain:
    if value is None:
        return None
    if name == "at" or name.endswith("_at"):
        moment = as_datetime(value)
        return moment.isoformat() if moment else None
    if isinstance(value, date):
        return value.isoformat()
    if name in ("hides_content", "voice_first", "with_spouse", "has_plan"):
        return bool(value)
    return value if isinstance(value, str | int) else str(value)
