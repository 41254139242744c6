"""Writing a broadcast: its words by language, a picture, for which villages and readers."""

from collections.abc import Iterable
from datetime import datetime

from backend.actions import people
from backend.actions.audience import reach_of
from backend.actions.broadcast_run import TEMPLATE
from backend.actions.broadcasts import BroadcastView, fetch_draft, fetch_for, office_of
from backend.actions.delivery import enqueue
from backend.actions.people import Village
from backend.domain.access import Actor, NotAllowed, Role
from backend.domain.broadcasts import Reach, State, check_text
from backend.domain.delivery import Kind
from backend.store.ids import new_id
from backend.store.models import Broadcast, BroadcastText, BroadcastVillage
from backend.store.sql import in_transaction


async def draft_of(actor: Actor) -> BroadcastView | None:
    """The broadcast this officer has begun and not handed in, if any."""
    row = await Broadcast.filter(written_by=actor.person_id, state=State.DRAFT.value).first()
    return await fetch_for(actor, row.id) if row else None


async def start(actor: Actor, *, now: datetime) -> BroadcastView:
    """Begin a broadcast to every village of the officer's; an earlier draft is thrown away."""
    code = office_of(actor)
    async with in_transaction():
        await Broadcast.filter(written_by=actor.person_id, state=State.DRAFT.value).delete()
        row = await Broadcast.create(
            id=new_id(),
            region_code=code,
            state=State.DRAFT.value,
            written_by=actor.person_id,
            created_at=now,
        )
        await _set_villages(row.id, [village.code for village in await villages_of(actor)])
    return await fetch_for(actor, row.id)


async def villages_of(actor: Actor) -> list[Village]:
    """The villages an officer may write to, by code."""
    return [one for one in await people.villages() if actor.holds(Role.OFFICER, one.code)]


async def write(actor: Actor, broadcast_id: int, locale: str, text: str) -> None:
    """Keep the words in one language; raises BroadcastRefused when empty or too long."""
    view = await fetch_draft(actor, broadcast_id)
    text = check_text(text, has_picture=view.picture is not None)
    await BroadcastText.update_or_create(
        broadcast_id=broadcast_id, locale=locale, defaults={"text": text}
    )


async def drop_language(actor: Actor, broadcast_id: int, locale: str) -> None:
    """Take back the words in one language."""
    await fetch_draft(actor, broadcast_id)
    await BroadcastText.filter(broadcast_id=broadcast_id, locale=locale).delete()


async def choose_picture(actor: Actor, broadcast_id: int, picture: str | None) -> None:
    """Keep Telegram's name for a picture, or none; raises BroadcastRefused if a text is too long.

    Words under a picture are limited to a quarter of what a message may hold.
    """
    view = await fetch_draft(actor, broadcast_id)
    for text in view.texts.values():
        check_text(text, has_picture=picture is not None)
    await Broadcast.filter(id=broadcast_id).update(picture=picture)


async def choose_villages(actor: Actor, broadcast_id: int, codes: Iterable[str]) -> None:
    """Write to these villages; raises NotAllowed for one outside the officer's township."""
    await fetch_draft(actor, broadcast_id)
    chosen = sorted(set(codes))
    if not all(actor.holds(Role.OFFICER, code) for code in chosen):
        raise NotAllowed
    async with in_transaction():
        await BroadcastVillage.filter(broadcast_id=broadcast_id).delete()
        await _set_villages(broadcast_id, chosen)


async def choose_locale(actor: Actor, broadcast_id: int, locale: str | None) -> None:
    """Write to those of one language only, or to everybody."""
    await fetch_draft(actor, broadcast_id)
    await Broadcast.filter(id=broadcast_id).update(locale=locale)


async def reach(actor: Actor, broadcast_id: int, *, now: datetime) -> Reach:
    """Count whom it is for and whom it can reach, as things stand."""
    await fetch_for(actor, broadcast_id)
    return await reach_of(broadcast_id, today=now.date())


async def send_sample(actor: Actor, broadcast_id: int, chat_id: int, *, now: datetime) -> None:
    """Send the officer herself exactly what readers will get, once in each language."""
    view = await fetch_for(actor, broadcast_id)
    for locale in view.texts:
        await enqueue(
            f"sample:{broadcast_id}:{locale}:{now.timestamp():.6f}",
            Kind.SCREEN,
            chat_id,
            TEMPLATE,
            reference=f"{broadcast_id}:{locale}",
            now=now,
        )


async def _set_villages(broadcast_id: int, codes: Iterable[str]) -> None:
    await BroadcastVillage.bulk_create(
        BroadcastVillage(broadcast_id=broadcast_id, village_code=code) for code in codes
    )
