"""Consent, purpose by purpose: given, refused, withdrawn; each answer re-plans its person."""

from collections.abc import Iterable
from datetime import datetime

from backend.actions import audit
from backend.actions.planning import replan
from backend.actions.recall import recall_everything, recall_purposes
from backend.domain.consent import (
    TEXT_VERSIONS,
    Answer,
    ConsentNeeded,
    Purpose,
    in_force,
    still_to_ask,
)
from backend.store.models import Consent
from backend.store.sql import execute, in_transaction


async def give(
    person_id: int, purposes: Iterable[Purpose], *, now: datetime, by: int | None = None
) -> None:
    """Keep her consent to each of `purposes`; what is in force under the same words stays as it is.

    `by` names a cadre who wrote down what she was told in person. Raises ConsentNeeded for a health
    purpose without the general consent. The first general consent enrols her today.
    """
    async with in_transaction():
        held = await answers(person_id)
        wanted = [purpose for purpose in Purpose if purpose in set(purposes)]
        if Purpose.SERVICE not in in_force(held) | frozenset(wanted):
            raise ConsentNeeded
        known = {answer.purpose: answer.text_version for answer in held if answer.is_in_force}
        for purpose in wanted:
            if known.get(purpose) != TEXT_VERSIONS[purpose]:
                await _close(person_id, purpose, now=now)
                await _answer(person_id, purpose, given_at=now, by=by)
                await _note("consent_given", person_id, purpose, by=by, now=now)
        if Purpose.SERVICE in wanted:
            await _enrol(person_id, now=now)
        await replan(person_id, now=now)


async def refuse(
    person_id: int, purposes: Iterable[Purpose], *, now: datetime, by: int | None = None
) -> None:
    """Keep her refusal, so that she is not asked again; a refusal ends an earlier consent."""
    async with in_transaction():
        for purpose in set(purposes):
            await _stop(person_id, purpose, now=now)
            await _answer(person_id, purpose, refused_at=now, by=by)
            await _note("consent_refused", person_id, purpose, by=by, now=now)
        await replan(person_id, now=now)


async def withdraw(person_id: int, purpose: Purpose, *, now: datetime) -> None:
    """End her consent at once, with all that is queued and planned for it.

    Withdrawing the general consent withdraws every other one and stops everything.
    """
    async with in_transaction():
        await _stop(person_id, purpose, now=now)
        await _note("consent_withdrawn", person_id, purpose, now=now)
        await replan(person_id, now=now)


async def in_force_for(person_id: int) -> frozenset[str]:
    """The purposes she agrees to now; none without the general one."""
    return in_force(await answers(person_id))


async def to_ask(person_id: int) -> tuple[Purpose, ...]:
    """The purposes she may be asked about unprompted: neither answered nor refused so far."""
    return still_to_ask(await answers(person_id))


async def answers(person_id: int) -> list[Answer]:
    """Every answer she ever gave, in order."""
    rows = await Consent.filter(person_id=person_id).order_by("id")
    return [
        Answer(row.purpose, row.text_version, row.given_at, row.refused_at, row.withdrawn_at)
        for row in rows
    ]


async def _stop(person_id: int, purpose: Purpose, *, now: datetime) -> None:
    if purpose is Purpose.SERVICE:
        await _close(person_id, *Purpose, now=now)
        await recall_everything(person_id, now=now)
    else:
        await _close(person_id, purpose, now=now)
        await recall_purposes(person_id, [purpose], now=now)


async def _close(person_id: int, *purposes: Purpose, now: datetime) -> None:
    rows = Consent.filter(person_id=person_id, purpose__in=purposes, withdrawn_at=None)
    await rows.exclude(given_at=None).update(withdrawn_at=now)


async def _answer(
    person_id: int,
    purpose: Purpose,
    *,
    given_at: datetime | None = None,
    refused_at: datetime | None = None,
    by: int | None = None,
) -> None:
    await Consent.create(
        person_id=person_id,
        purpose=purpose.value,
        text_version=TEXT_VERSIONS[purpose],
        given_at=given_at,
        refused_at=refused_at,
        recorded_by=by,
    )


async def _enrol(person_id: int, *, now: datetime) -> None:
    await execute(
        "UPDATE person SET enrolled_on = $1 WHERE id = $2 AND enrolled_on IS NULL",
        *(now.date(), person_id),
    )


async def _note(
    action: str, person_id: int, purpose: Purpose, *, now: datetime, by: int | None = None
) -> None:
    await audit.append(
        action, actor_id=by or person_id, subject_id=person_id, detail=purpose.value, now=now
    )
