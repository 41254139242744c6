"""Broadcasts: an officer writes one, chooses for whom, hands it in, and holds it in her hands."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from backend.actions import audit, people
from backend.actions.audience import reach_of
from backend.actions.broadcast_run import (
    ANSWERED,
    advance,
    ask_others,
    begin,
    keep_counts,
    others,
    progress_of,
    requeue_failed,
    tell_officer,
)
from backend.actions.people import Village
from backend.actions.recall import recall_broadcast
from backend.domain.access import Actor, NotAllowed, Role
from backend.domain.broadcasts import (
    FARTHEST_DAYS,
    FIRST_LANGUAGE,
    LIFE,
    Act,
    BroadcastRefused,
    Progress,
    Reach,
    Refusal,
    State,
    next_state,
)
from backend.store.models import Broadcast, BroadcastText, BroadcastVillage
from backend.store.sql import execute, in_transaction

_LISTED = 20


@dataclass(frozen=True, slots=True)
class BroadcastView:
    """A broadcast as an officer of its township sees it; `texts` by language."""

    broadcast_id: int
    township: Village
    state: State
    texts: Mapping[str, str]
    picture: str | None
    village_codes: tuple[str, ...]
    locale: str | None
    goes_at: datetime | None
    written_by: int
    reach: Reach | None
    progress: Progress

    @property
    def text(self) -> str:
        """The words in the language every broadcast has, empty while unwritten."""
        return self.texts.get(FIRST_LANGUAGE, "")


@dataclass(frozen=True, slots=True)
class Copy:
    """What one reader is sent."""

    township: str
    text: str
    picture: str | None


def office_of(actor: Actor) -> str:
    """The township the officer works for; raises NotAllowed to anybody else."""
    for held in actor.held:
        if held.role is Role.OFFICER:
            return held.region_code
    raise NotAllowed


async def fetch_for(actor: Actor, broadcast_id: int) -> BroadcastView:
    """Show a broadcast to an officer of its township; raises NotAllowed to anybody else."""
    row = await Broadcast.get_or_none(id=broadcast_id)
    if row is None or not _is_office(actor, row.region_code):
        raise NotAllowed
    return await _view(row)


async def fetch_draft(actor: Actor, broadcast_id: int) -> BroadcastView:
    """A draft of this officer's own; raises NotAllowed or BroadcastRefused."""
    view = await fetch_for(actor, broadcast_id)
    if view.written_by != actor.person_id:
        raise NotAllowed
    next_state(Act.WRITE, view.state)
    return view


async def list_for(actor: Actor) -> list[BroadcastView]:
    """The township's newest broadcasts that were handed in."""
    rows = Broadcast.filter(region_code=office_of(actor)).exclude(state=State.DRAFT.value)
    return [await _view(row) for row in await rows.order_by("-id").limit(_LISTED)]


async def count_to_confirm(actor: Actor) -> int:
    """How many broadcasts of colleagues wait for this officer to look at them."""
    rows = Broadcast.filter(region_code=office_of(actor), state=State.WAITING.value)
    return await rows.exclude(written_by=actor.person_id).count()


async def submit(
    actor: Actor, broadcast_id: int, *, goes_at: datetime | None, now: datetime
) -> State:
    """Hand it in, to go at a moment (None: now); above 200 readers another officer is asked first.

    Raises BroadcastRefused for one that is incomplete, reaches nobody, or is not a draft any
    more, and for a moment gone by or more than 60 days ahead.
    """
    if goes_at is not None and not now <= goes_at <= now + timedelta(days=FARTHEST_DAYS):
        raise BroadcastRefused(reason=Refusal.WRONG_TIME)
    async with in_transaction():
        view = await fetch_draft(actor, broadcast_id)
        _check_complete(view)
        counted = await reach_of(broadcast_id, today=now.date())
        if not counted.reachable:
            raise BroadcastRefused(reason=Refusal.NOBODY)
        await _act(actor, broadcast_id, counted.submitting, now=now)
        await execute(
            "UPDATE broadcast SET goes_at = $1, confirmed_by = NULL WHERE id = $2",
            *(goes_at or now, broadcast_id),
        )
        if counted.needs_second_person:
            await ask_others(broadcast_id, now=now)
            return State.WAITING
        return await _begin_if_due(broadcast_id, goes_at or now, now=now)


async def confirm(actor: Actor, broadcast_id: int, *, now: datetime) -> State:
    """Let another officer's broadcast go; raises BroadcastRefused to the one who wrote it."""
    async with in_transaction():
        view = await fetch_for(actor, broadcast_id)
        if view.written_by == actor.person_id:
            raise BroadcastRefused(reason=Refusal.SAME_PERSON)
        await _act(actor, broadcast_id, Act.CONFIRM, now=now)
        await Broadcast.filter(id=broadcast_id).update(confirmed_by=actor.person_id)
        await tell_officer(view.written_by, broadcast_id, ANSWERED, now=now)
        return await _begin_if_due(broadcast_id, view.goes_at or now, now=now)


async def give_back(actor: Actor, broadcast_id: int, *, now: datetime) -> None:
    """Make it a draft again before anything has gone; its writer hears of it from another."""
    async with in_transaction():
        view = await fetch_for(actor, broadcast_id)
        await _act(actor, broadcast_id, Act.RETURN, now=now)
        if view.written_by != actor.person_id:
            await tell_officer(view.written_by, broadcast_id, ANSWERED, now=now)


async def pause(actor: Actor, broadcast_id: int, *, now: datetime) -> None:
    """Hold back what has not gone, from the next claim on."""
    await fetch_for(actor, broadcast_id)
    async with in_transaction():
        await _act(actor, broadcast_id, Act.PAUSE, now=now)


async def resume(actor: Actor, broadcast_id: int, *, now: datetime) -> None:
    """Go on where it was held; what waits has its full time again."""
    await fetch_for(actor, broadcast_id)
    async with in_transaction():
        await _act(actor, broadcast_id, Act.RESUME, now=now)
        await execute(
            "UPDATE send SET expires_at = $1 WHERE broadcast_id = $2 AND state = 'queued'",
            *(now + LIFE, broadcast_id),
        )


async def stop(actor: Actor, broadcast_id: int, *, now: datetime) -> None:
    """End it for good; what has not gone never goes."""
    await fetch_for(actor, broadcast_id)
    async with in_transaction():
        await _act(actor, broadcast_id, Act.STOP, now=now)
        await recall_broadcast(broadcast_id, now=now)
        await keep_counts(broadcast_id, now=now)


async def retry_failed(actor: Actor, broadcast_id: int, *, now: datetime) -> int:
    """Send again what surely did not arrive and may arrive now; return how many.

    Raises BroadcastRefused when there is none.
    """
    await fetch_for(actor, broadcast_id)
    async with in_transaction():
        await _act(actor, broadcast_id, Act.RETRY, now=now)
        count = await requeue_failed(broadcast_id, now=now)
        if not count:
            raise BroadcastRefused(reason=Refusal.NOTHING_FAILED)
    return count


async def has_other_officer(actor: Actor, broadcast_id: int) -> bool:
    """Whether there is somebody else who could confirm it."""
    await fetch_for(actor, broadcast_id)
    return bool(await others(broadcast_id))


async def copy_of(broadcast_id: int, locale: str) -> Copy | None:
    """What a reader of a language is sent: her language's words, else the first language's."""
    rows = await execute(
        "SELECT b.picture, t.text, coalesce(r.name, '') AS township FROM broadcast b"
        " JOIN broadcast_text t ON t.broadcast_id = b.id AND t.locale IN ($2, $3)"
        " LEFT JOIN region r ON r.code = b.region_code"
        " WHERE b.id = $1 ORDER BY CASE WHEN t.locale = $2 THEN 0 ELSE 1 END LIMIT 1",
        *(broadcast_id, locale, FIRST_LANGUAGE),
    )
    row = rows[0] if rows else None
    return Copy(row["township"], row["text"], row["picture"]) if row else None


def _is_office(actor: Actor, region_code: str) -> bool:
    return any(held.role is Role.OFFICER and held.region_code == region_code for held in actor.held)


async def _view(row: Broadcast) -> BroadcastView:
    texts = await BroadcastText.filter(broadcast_id=row.id).order_by("id")
    villages = await BroadcastVillage.filter(broadcast_id=row.id).order_by("village_code")
    live = await progress_of(row.id)
    kept = Progress(row.sent or 0, 0, row.failed or 0, row.unknown or 0, row.cancelled or 0)
    return BroadcastView(
        broadcast_id=row.id,
        township=await people.village(row.region_code),
        state=State(row.state),
        texts={one.locale: one.text for one in texts},
        picture=row.picture,
        village_codes=tuple(one.village_code for one in villages),
        locale=row.locale,
        goes_at=row.goes_at,
        written_by=row.written_by,
        reach=_reach_kept(row, live if live.total >= kept.total else kept),
        progress=live if live.total >= kept.total else kept,
    )


def _reach_kept(row: Broadcast, progress: Progress) -> Reach | None:
    if row.targets is None or row.opted_out is None or row.unbound is None:
        return None
    return Reach(row.targets, row.opted_out, row.unbound, progress.total)


def _check_complete(view: BroadcastView) -> None:
    if not view.text:
        raise BroadcastRefused(reason=Refusal.TEXT_MISSING)
    if not view.village_codes:
        raise BroadcastRefused(reason=Refusal.NO_VILLAGES)


async def _act(actor: Actor, broadcast_id: int, act: Act, *, now: datetime) -> None:
    """Take it to its next state and note who did; raises BroadcastRefused where it may not."""
    if not await advance(broadcast_id, act):
        raise BroadcastRefused(reason=Refusal.STATE)
    await audit.append(
        f"broadcast_{act}", actor_id=actor.person_id, detail=str(broadcast_id), now=now
    )


async def _begin_if_due(broadcast_id: int, goes_at: datetime, *, now: datetime) -> State:
    if goes_at > now:
        return State.QUEUED
    return State.SENDING if await begin(broadcast_id, now=now) else State.WAITING
