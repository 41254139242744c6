"""Many people at once, for tests of work in bulk."""

from backend.domain.consent import TEXT_VERSIONS, Purpose
from backend.store.models import Account, Consent, Person
from tests.builders import LONG_AGO, STONE_BRIDGE, WILLOW, a_township

_AT_ONCE = 1_000


async def a_crowd(count: int, *, first_chat: int = 7_000_000_001) -> None:
    """People who take part, with chats of consecutive numbers, in the two villages by turns."""
    await a_township()
    numbers = range(1, count + 1)
    await Person.bulk_create(map(_person, numbers), batch_size=_AT_ONCE)
    await Account.bulk_create(
        (_account(number, first_chat + number - 1) for number in numbers), batch_size=_AT_ONCE
    )
    await Consent.bulk_create(map(_consent, numbers), batch_size=_AT_ONCE)


def _person(number: int) -> Person:
    return Person(
        id=number,
        village_code=(WILLOW, STONE_BRIDGE)[number % 2],
        state="confirmed",
        created_at=LONG_AGO,
        updated_at=LONG_AGO,
    )


def _account(person_id: int, chat: int) -> Account:
    return Account(
        tg_id=chat, person_id=person_id, locale="zh_CN", started_at=LONG_AGO, state_at=LONG_AGO
    )


def _consent(person_id: int) -> Consent:
    return Consent(
        person_id=person_id,
        purpose=Purpose.SERVICE.value,
        text_version=TEXT_VERSIONS[Purpose.SERVICE],
        given_at=LONG_AGO,
    )
