"""The work items of cadres: opened by what residents ask for, listed for those who look after."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from backend.actions.delivery import enqueue
from backend.actions.grids import at_hand, chats_of_cadres, chats_of_officers
from backend.actions.people import check_access
from backend.domain.access import Act, Actor, NotAllowed
from backend.domain.delivery import Kind as MessageKind
from backend.domain.people import mask_name
from backend.domain.quiet_hours import at_minute
from backend.domain.tasks import (
    URGENT,
    Counts,
    Standing,
    TaskKind,
    TaskState,
    by_household,
    by_urgency,
    counted,
)
from backend.store.crypto import keys
from backend.store.sealed import place_of
from backend.store.sql import (
    Row,
    among,
    as_date,
    as_datetime,
    execute,
    in_transaction,
    listed,
    marks,
)

ALERT_TEMPLATE = "cadre_alert"
_ALERT_LIFE = timedelta(days=2)
_COLUMNS = """
    t.id, t.kind, t.reason, t.state, t.due_on, t.tries, t.opened_at, t.closed_at,
    t.due_service_id, t.move_report_id, t.person_id, p.name_sealed, p.phone_sealed,
    p.registration_number, h.number AS household, d.rule, d.occurrence, d.closes_on,
    m.number AS move_number, r.name AS village
"""
_FROM = """
    task t JOIN person p ON p.id = t.person_id LEFT JOIN household h ON h.id = p.household_id
    LEFT JOIN due_service d ON d.id = t.due_service_id
    LEFT JOIN move_report m ON m.id = t.move_report_id
    LEFT JOIN region r ON r.code = p.village_code
"""


@dataclass(frozen=True, slots=True)
class TaskView:
    """A task as its cadre sees it; the name is masked.

    `rule` and `occurrence` name the due service it is about, which can be done until
    `closes_on`; `number` is that of a registration or a move. `opened_on` is a civil day.
    """

    task_id: int
    kind: TaskKind
    reason: str | None
    state: TaskState
    person_id: int
    name: str | None
    household: str | None
    village: str | None
    opened_on: date
    due_on: date
    tries: int
    has_phone: bool
    rule: str | None = None
    occurrence: int = 1
    closes_on: date | None = None
    due_service_id: int | None = None
    move_report_id: int | None = None
    number: int | None = None


@dataclass(frozen=True, slots=True)
class Agenda:
    """A grid's counts, how many tasks are due by today, and one page of them in order."""

    counts: Counts
    total: int
    page: tuple[TaskView, ...]


async def open_task(
    kind: TaskKind,
    person_id: int,
    *,
    now: datetime,
    dedup_key: str,
    reason: str | None = None,
    due_service_id: int | None = None,
    move_report_id: int | None = None,
) -> int | None:
    """Open a task for the cadre of a person's household, else for her village.

    What cannot wait is told the cadre at once, and where no cadre but she herself has a chat, the
    officers. Return its id, or None when the same one was opened before.
    """
    async with in_transaction():
        rows = await execute(
            "INSERT INTO task (person_id, village_code, cadre_id, kind, reason, due_service_id,"
            " move_report_id, dedup_key, state, due_on, tries, opened_at)"
            " SELECT p.id, p.village_code, h.cadre_id, $2, $3, $4, $5, $6, 'open', $7, 0, $8"
            " FROM person p LEFT JOIN household h ON h.id = p.household_id WHERE p.id = $1"
            " ON CONFLICT (dedup_key) DO NOTHING RETURNING id",
            *(person_id, kind.value, reason, due_service_id, move_report_id, dedup_key),
            *(now.date(), now),
        )
        if rows:
            await _alert(rows[0]["id"], kind, person_id, now=now)
    return rows[0]["id"] if rows else None


async def close_tasks(person_id: int, kind: TaskKind, state: TaskState, *, now: datetime) -> None:
    """Close every open task of one kind about a person."""
    await execute(
        "UPDATE task SET state = $1, closed_at = $2"
        " WHERE person_id = $3 AND kind = $4 AND state = 'open'",
        *(state.value, now, person_id, kind.value),
    )


async def cancel_tasks_about(due_ids: Collection[int], *, now: datetime) -> None:
    """Cancel the open tasks about due services that are no longer owed."""
    if due_ids:
        await execute(
            "UPDATE task SET state = 'cancelled', closed_at = $1 WHERE state = 'open'"
            f" AND {among('due_service_id', 2)}",
            *(now, listed(due_ids)),
        )


async def cancel_visits_about(due_ids: Collection[int], *, now: datetime) -> frozenset[int]:
    """Cancel the open visits to tell of due services, and return the ids of those not told of."""
    rows = await execute(
        "UPDATE task SET state = 'cancelled', closed_at = $1 WHERE state = 'open'"
        f" AND kind = '{TaskKind.VISIT}' AND {among('due_service_id', 2)} RETURNING due_service_id",
        *(now, listed(due_ids)),
    )
    return frozenset(row["due_service_id"] for row in rows)


async def cancel_tasks_of_move(move_report_id: int, *, now: datetime) -> None:
    """Cancel the open tasks about a move that was taken back."""
    await execute(
        "UPDATE task SET state = 'cancelled', closed_at = $1"
        " WHERE move_report_id = $2 AND state = 'open'",
        *(now, move_report_id),
    )


async def agenda(
    actor: Actor, *, now: datetime, first: int = 0, limit: int = 6, is_by_urgency: bool = False
) -> Agenda:
    """What is an actor's to do by today, overdue first, by household or by urgency."""
    held = await _standings(actor, now=now)
    due = [task for task in held if task.state is TaskState.OPEN and task.due_on <= now.date()]
    ordered = by_urgency(due) if is_by_urgency else by_household(due)
    shown = [task.task_id for task in ordered[first : first + limit]]
    return Agenda(counted(held, now.date()), len(due), tuple(await _views(shown, now=now)))


async def summary(actor: Actor, *, now: datetime) -> Counts:
    """The counts of what is an actor's to do."""
    return counted(await _standings(actor, now=now), now.date())


async def find(actor: Actor, task_id: int, *, now: datetime) -> TaskView:
    """Show one task of an actor's grid; raises NotAllowed, also where there is no such task."""
    views = await _views([task_id], now=now)
    if not views:
        raise NotAllowed
    await check_access(actor, views[0].person_id, Act.WORK)
    return views[0]


async def open_tasks_of(actor: Actor, person_id: int, *, now: datetime) -> list[TaskView]:
    """The open tasks about a person of an actor's grid; raises NotAllowed."""
    await check_access(actor, person_id, Act.WORK)
    rows = await execute(
        "SELECT id FROM task WHERE person_id = $1 AND state = 'open' ORDER BY due_on, id", person_id
    )
    return await _views([row["id"] for row in rows], now=now)


async def _standings(actor: Actor, *, now: datetime) -> list[Standing]:
    """The tasks at an actor's hand that are open or were done this week."""
    monday = now.date() - timedelta(days=now.weekday())
    condition, values = at_hand(actor, after=1)
    rows = await execute(
        "SELECT t.id, t.kind, t.state, t.due_on, t.person_id, t.closed_at,"
        " p.village_code || ' ' || h.number AS household"
        " FROM task t JOIN person p ON p.id = t.person_id"
        " LEFT JOIN household h ON h.id = p.household_id"
        f" WHERE (t.state = 'open' OR (t.state = 'done' AND t.closed_at >= $1)) AND {condition}",
        *(at_minute(monday, 0, now.tzinfo), *values),
    )
    return [_standing(row, now) for row in rows]


def _standing(row: Row, now: datetime) -> Standing:
    closed_at = as_datetime(row["closed_at"])
    return Standing(
        task_id=row["id"],
        kind=TaskKind(row["kind"]),
        state=TaskState(row["state"]),
        due_on=as_date(row["due_on"]) or now.date(),
        person_id=row["person_id"],
        household=row["household"],
        closed_on=closed_at.astimezone(now.tzinfo).date() if closed_at else None,
    )


async def _views(task_ids: Collection[int], *, now: datetime) -> list[TaskView]:
    """The tasks of these ids, in their order."""
    if not task_ids:
        return []
    rows = await execute(
        f"SELECT {_COLUMNS} FROM {_FROM} WHERE t.id IN ({marks(len(task_ids))})", *task_ids
    )
    found = {row["id"]: _view(row, now) for row in rows}
    return [found[task_id] for task_id in task_ids if task_id in found]


def _view(row: Row, now: datetime) -> TaskView:
    opened_at = as_datetime(row["opened_at"])
    assert opened_at is not None, "the column is not nullable"
    is_registration = row["kind"] == TaskKind.REGISTRATION
    return TaskView(
        task_id=row["id"],
        kind=TaskKind(row["kind"]),
        reason=row["reason"],
        state=TaskState(row["state"]),
        person_id=row["person_id"],
        name=masked_name(row),
        household=row["household"],
        village=row["village"],
        opened_on=opened_at.astimezone(now.tzinfo).date(),
        due_on=as_date(row["due_on"]) or now.date(),
        tries=row["tries"],
        has_phone=row["phone_sealed"] is not None,
        rule=row["rule"],
        occurrence=row["occurrence"] or 1,
        closes_on=as_date(row["closes_on"]) if row["rule"] else None,
        due_service_id=row["due_service_id"],
        move_report_id=row["move_report_id"],
        number=row["registration_number"] if is_registration else row["move_number"],
    )


def masked_name(row: Row) -> str | None:
    """The masked name of a row that has `person_id` and `name_sealed`."""
    sealed = row["name_sealed"]
    if not sealed:
        return None
    return mask_name(keys().unseal(bytes(sealed), place_of("person", "name", row["person_id"])))


async def _alert(task_id: int, kind: TaskKind, person_id: int, *, now: datetime) -> None:
    told = await chats_of_cadres(person_id)
    if not told and kind is not TaskKind.REGISTRATION:
        told = await chats_of_officers(person_id)
    elif kind not in URGENT:
        return
    for row in told:
        await enqueue(
            f"task:{task_id}:{row['person_id']}",
            MessageKind.ALERT,
            row["tg_id"],
            ALERT_TEMPLATE,
            now=now,
            reference=str(task_id),
            person_id=row["person_id"],
            life=_ALERT_LIFE,
        )
