"""Moves: reported by whoever moves or by her cadre, followed, and taken back."""

from dataclasses import dataclass
from datetime import date, datetime

from backend.actions import audit, events, move_run, people, tasks
from backend.actions.counters import next_number
from backend.actions.notices import tell
from backend.actions.reminders import DueView
from backend.actions.schedule import my_schedule
from backend.domain.access import Act, Actor, NotAllowed
from backend.domain.errors import WrongValue
from backend.domain.moves import (
    HANDED_OVER,
    HANDOVER_TEXT_VERSION,
    LIVE,
    Contact,
    Direction,
    HandoverState,
    MoveRefused,
    MoveState,
    Stay,
    days_offered,
    may_become,
)
from backend.domain.people import Rejection
from backend.domain.tasks import TaskKind
from backend.store.ids import new_id
from backend.store.models import Handover, MoveReport, Person
from backend.store.sql import execute, in_transaction

NEWS_TEMPLATE = "move_news"


@dataclass(frozen=True, slots=True)
class Place:
    """A village of this township by its code, or anywhere else by its name alone."""

    name: str
    code: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What is said of a move; `place` is the other one: where to, or for coming in where from."""

    direction: Direction
    place: Place | None = None
    moves_on: date
    stay: Stay = Stay.UNKNOWN
    with_spouse: bool = False
    child_count: int = 0
    remarks: str | None = None


@dataclass(frozen=True, slots=True)
class Filed:
    """A report that was kept; `number` is told as M-0087."""

    report_id: int
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveView:
    """A report as she or her cadre sees it."""

    report_id: int
    person_id: int
    number: int
    direction: Direction
    from_place: str | None
    to_place: str | None
    moves_on: date
    stay: Stay
    with_spouse: bool
    child_count: int
    contact: Contact
    state: MoveState
    handover: HandoverState | None
    recipient: Place | None

    @property
    def is_live(self) -> bool:
        """Whether it goes on and can be taken back."""
        return self.state in LIVE


async def plan_of(person_id: int, *, now: datetime) -> list[DueView]:
    """What of her plan would be handed over: the services she is still owed."""
    return [view for view in await my_schedule(person_id, now=now) if view.asked == "visit"]


async def report_own(
    person_id: int, report: Report, *, now: datetime, recipient: Place | None = None
) -> Filed:
    """Keep what she reports of her own move and give her cadre a task.

    With a `recipient`, she agreed that her name, phone and what she is owed go there, and nowhere
    else. Raises WrongValue for a village nobody knows, MoveRefused for a day not offered.
    """
    async with in_transaction():
        row = await _keep(person_id, report, by=person_id, contact=Contact.CHAT, now=now)
        if recipient is not None:
            await _consent(row, recipient, now=now)
        kind = TaskKind.HANDOVER if recipient else TaskKind.MOVE
        key = f"move:{row.id}"
        await tasks.open_task(kind, person_id, dedup_key=key, move_report_id=row.id, now=now)
        await move_run.note_moves(now=now, report_id=row.id)
    return Filed(row.id, row.number)


async def report_for(actor: Actor, person_id: int, report: Report, *, now: datetime) -> Filed:
    """Keep what a cadre knows of a move; it counts as received. Raises NotAllowed.

    Nothing is handed over by it: that takes her own consent.
    """
    async with in_transaction():
        await people.check_access(actor, person_id, Act.WORK)
        row = await _keep(person_id, report, by=actor.person_id, contact=Contact.CALL, now=now)
        await execute("UPDATE move_report SET state = 'received' WHERE id = $1", row.id)
        await move_run.note_moves(now=now, report_id=row.id)
    return Filed(row.id, row.number)


async def latest(person_id: int) -> MoveView | None:
    """Her newest report that goes on, or None."""
    rows = await execute(
        "SELECT id FROM move_report WHERE person_id = $1 AND state IN ('reported', 'received')"
        " ORDER BY number DESC LIMIT 1",
        person_id,
    )
    return await _view(rows[0]["id"]) if rows else None


async def find(person_id: int, report_id: int) -> MoveView:
    """One of her reports; raises NotAllowed for anyone else's."""
    view = await _view(report_id)
    if view is None or view.person_id != person_id:
        raise NotAllowed
    return view


async def find_for(actor: Actor, report_id: int) -> MoveView:
    """A report about somebody of the actor's grid; raises NotAllowed otherwise."""
    view = await _view(report_id)
    if view is None:
        raise NotAllowed
    await people.check_access(actor, view.person_id, Act.WORK)
    return view


async def withdraw(person_id: int, report_id: int, *, now: datetime) -> None:
    """Take her report back with the task about it; a handover is closed. Raises MoveRefused."""
    async with in_transaction():
        view = await find(person_id, report_id)
        await _become(view, MoveState.WITHDRAWN, now=now)
        await execute(
            "UPDATE handover SET state = 'closed', closed_at = $1"
            " WHERE move_report_id = $2 AND state IN ('draft', 'consented')",
            *(now, report_id),
        )
        await tasks.cancel_tasks_of_move(report_id, now=now)
        await events.take_back(person_id, report_id, events.Told(now=now))
        await audit.append("move_withdrawn", actor_id=person_id, subject_id=person_id, now=now)


async def receive(report_id: int, *, now: datetime) -> None:
    """Note that her cadre has taken the report up, and tell her; a second time changes nothing."""
    async with in_transaction():
        view = await _view(report_id)
        if view is None or view.state is not MoveState.REPORTED:
            return
        await _become(view, MoveState.RECEIVED, now=now)
        await tell(view.person_id, NEWS_TEMPLATE, reference=str(report_id), now=now)


async def _keep(
    person_id: int, report: Report, *, by: int, contact: Contact, now: datetime
) -> MoveReport:
    first, last = days_offered(report.direction, now.date())
    if not first <= report.moves_on <= last:
        raise MoveRefused
    place = await _known(report.place)
    village = await people.village((await Person.get(id=person_id)).village_code)
    here = Place(village.name, village.code)
    if report.direction is Direction.WITHIN:
        place = Place(place.name if place else village.name, village.code)
    start, end = (place, here) if report.direction is Direction.IN else (here, place)
    owed = await plan_of(person_id, now=now)
    row = MoveReport(
        id=new_id(),
        person_id=person_id,
        number=await next_number("move"),
        direction=report.direction.value,
        from_code=start.code if start else None,
        to_code=end.code if end else None,
        code_version=str(now.year),
        moves_on=report.moves_on,
        expected_stay=report.stay.value,
        with_spouse=report.with_spouse,
        child_count=report.child_count,
        has_plan=bool(owed),
        next_due_service_id=owed[0].due_id if owed else None,
        contact=contact.value,
        state=MoveState.REPORTED.value,
        reported_by=by,
        reported_at=now,
    )
    row.from_place = start.name if start else None
    row.to_place = end.name if end else None
    row.remarks = report.remarks
    await row.save(force_create=True)
    await audit.append("move_reported", actor_id=by, subject_id=person_id, now=now)
    return row


async def _known(place: Place | None) -> Place | None:
    """The place, under the name of its village where it has a code; raises WrongValue."""
    if place is None or place.code is None:
        return place
    known = {village.code: village.name for village in await people.villages()}
    if place.code not in known:
        raise WrongValue(reason=Rejection.VILLAGE_UNKNOWN)
    return Place(known[place.code], place.code)


async def _consent(report: MoveReport, recipient: Place, *, now: datetime) -> None:
    """Keep her consent to the handover: the recipient and exactly what goes there."""
    row = Handover(
        id=new_id(),
        person_id=report.person_id,
        move_report_id=report.id,
        state=HandoverState.CONSENTED.value,
        recipient_code=recipient.code,
        data_types=",".join(HANDED_OVER),
        text_version=HANDOVER_TEXT_VERSION,
        consented_at=now,
    )
    row.recipient = recipient.name
    await row.save(force_create=True)
    await audit.append(
        "handover_consented",
        actor_id=report.person_id,
        subject_id=report.person_id,
        detail=f"{recipient.code or 'elsewhere'} {row.data_types}",
        now=now,
    )


async def _become(view: MoveView, to: MoveState, *, now: datetime) -> None:
    if not may_become(view.state, to):
        raise MoveRefused
    ended_at = None if to in LIVE else now
    await execute(
        "UPDATE move_report SET state = $1, ended_at = $2 WHERE id = $3",
        *(to.value, ended_at, view.report_id),
    )


async def _view(report_id: int) -> MoveView | None:
    row = await MoveReport.get_or_none(id=report_id)
    if row is None:
        return None
    handover = await Handover.get_or_none(move_report_id=report_id)
    return MoveView(
        report_id=row.id,
        person_id=row.person_id,
        number=row.number,
        direction=Direction(row.direction),
        from_place=row.from_place,
        to_place=row.to_place,
        moves_on=row.moves_on,
        stay=Stay(row.expected_stay),
        with_spouse=row.with_spouse,
        child_count=row.child_count,
        contact=Contact(row.contact),
        state=MoveState(row.state),
        handover=HandoverState(handover.state) if handover else None,
        recipient=_recipient(handover),
    )


def _recipient(handover: Handover | None) -> Place | None:
    if handover is None:
        return None
    return Place(handover.recipient or "", handover.recipient_code)
