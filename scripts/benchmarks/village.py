"""A village of readers for a benchmark, and a broadcast to them that is not begun yet."""

from collections.abc import Collection
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from backend.clock import Clock
from backend.domain.consent import TEXT_VERSIONS, Purpose
from backend.i18n import FIRST_LOCALE
from backend.store.models import (
    Account,
    Broadcast,
    BroadcastText,
    BroadcastVillage,
    Consent,
    Person,
    Region,
)

ZONE = ZoneInfo("Asia/Shanghai")
WORDS = "本周六上午，卫生院免费测血压，欢迎大家来。"
BROADCAST, VILLAGE, TOWNSHIP = 1, "330000100001", "330000100000"
FIRST_CHAT = 7_000_000_001
_AT_ONCE = 1_000


async def settle(people: int, topics: Collection[Purpose] = ()) -> None:
    """Let `people` take part, without quiet hours and with chats from `FIRST_CHAT` + 1 on.

    They agreed to be served, and to `topics`.
    """
    now = Clock(ZONE).local()
    await Region.create(code=TOWNSHIP, name="青溪镇")
    await Region.create(code=VILLAGE, name="柳树村")
    numbers = range(1, people + 1)
    await Person.bulk_create((_person(n, now) for n in numbers), batch_size=_AT_ONCE)
    await Account.bulk_create((_account(n, now) for n in numbers), batch_size=_AT_ONCE)
    await Consent.bulk_create(
        (_consent(n, topic, now) for n in numbers for topic in (Purpose.SERVICE, *topics)),
        batch_size=_AT_ONCE,
    )
    await _write_broadcast(now)


def _person(number: int, now: datetime) -> Person:
    return Person(
        id=number,
        village_code=VILLAGE,
        state="confirmed",
        sex="female",
        birth_date=date(1996, 5, 12),
        enrolled_on=now.date() - timedelta(days=60),
        quiet_from_minute=0,
        quiet_to_minute=0,
        created_at=now,
        updated_at=now,
    )


def _account(number: int, now: datetime) -> Account:
    return Account(
        tg_id=FIRST_CHAT + number,
        person_id=number,
        locale=FIRST_LOCALE,
        started_at=now,
        state_at=now,
    )


def _consent(number: int, topic: Purpose, now: datetime) -> Consent:
    version = TEXT_VERSIONS[topic]
    return Consent(person_id=number, purpose=topic.value, text_version=version, given_at=now)


async def _write_broadcast(now: datetime) -> None:
    await Broadcast.create(
        id=BROADCAST,
        region_code=TOWNSHIP,
        state="queued",
        goes_at=now + timedelta(days=1),
        written_by=1,
        confirmed_by=2,
        created_at=now,
    )
    await BroadcastText.create(broadcast_id=BROADCAST, locale=FIRST_LOCALE, text=WORDS)
    await BroadcastVillage.create(broadcast_id=BROADCAST, village_code=VILLAGE)
