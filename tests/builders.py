"""People, villages and moments for tests: defaults, and keywords to say otherwise."""

from datetime import UTC, date, datetime
from itertools import count
from typing import Any

from backend.actions.people import keep_phone
from backend.domain.access import Actor, Held, Role
from backend.domain.consent import TEXT_VERSIONS, Purpose
from backend.store.ids import new_id
from backend.store.models import Account, Consent, Household, Person, Region, RoleGrant

TOWNSHIP = "330000100000"
WILLOW = "330000100001"
STONE_BRIDGE = "330000100002"
LONG_AGO = datetime(2026, 9, 1, 2, 0, tzinfo=UTC)

WANG_XIUYING_CHAT = 1001
LI_NA_CHAT = 1002
ZHAO_MING_CHAT = 2001
SUN_LI_CHAT = 3001

_chats = count(9001)


async def a_township() -> None:
    """The township 青溪镇 with its villages 柳树村 and 石桥村."""
    await Region.get_or_create(code=TOWNSHIP, defaults={"name": "青溪镇"})
    await Region.get_or_create(code=WILLOW, defaults={"name": "柳树村"})
    await Region.get_or_create(code=STONE_BRIDGE, defaults={"name": "石桥村"})


async def a_person(
    name: str,
    *,
    chat: int | None = None,
    village_code: str = WILLOW,
    phone: str | None = None,
    topics: tuple[Purpose, ...] = (),
    **columns: Any,
) -> Person:
    """A person of the roster; with a `chat` confirmed and bound, with `topics` enrolled."""
    await a_township()
    defaults: dict[str, Any] = {
        "state": "confirmed" if chat else "roster",
        "sex": "female",
        "birth_date": date(1996, 5, 12),
        "enrolled_on": LONG_AGO.date() if topics else None,
        "created_at": LONG_AGO,
        "updated_at": LONG_AGO,
    }
    person = Person(id=new_id(), village_code=village_code, **defaults | columns)
    person.name = name
    keep_phone(person, phone)
    await person.save(force_create=True)
    if chat:
        await an_account(chat, person_id=person.id)
    for purpose in {Purpose.SERVICE, *topics} if topics else ():
        await Consent.create(
            person_id=person.id,
            purpose=purpose.value,
            text_version=TEXT_VERSIONS[purpose],
            given_at=LONG_AGO,
        )
    return person


async def an_account(chat: int | None = None, **columns: Any) -> Account:
    """A chat somebody has written from, with nobody behind it unless said otherwise."""
    defaults: dict[str, Any] = {"locale": "zh_CN", "started_at": LONG_AGO, "state_at": LONG_AGO}
    return await Account.create(tg_id=chat or next(_chats), **defaults | columns)


async def wang_xiuying(
    *, topics: tuple[Purpose, ...] = (Purpose.MATERNAL, Purpose.FOLIC_ACID), **columns: Any
) -> Person:
    """王秀英, 30, of 柳树村, who takes part and asked about pregnancy and folic acid."""
    chat = columns.pop("chat", WANG_XIUYING_CHAT)
    return await a_person("王秀英", chat=chat, phone="13800138001", topics=topics, **columns)


async def li_na(**columns: Any) -> Person:
    """李娜, 41, of 石桥村, on the office's roster only."""
    defaults: dict[str, Any] = {"village_code": STONE_BRIDGE, "birth_date": date(1985, 2, 3)}
    return await a_person("李娜", phone="13800138002", **defaults | columns)


async def zhao_ming(*, village_code: str = WILLOW) -> Actor:
    """赵明, the cadre of 柳树村."""
    return await _official("赵明", Role.CADRE, village_code, chat=ZHAO_MING_CHAT)


async def sun_li() -> Actor:
    """孙丽, an officer of the township."""
    return await _official("孙丽", Role.OFFICER, TOWNSHIP, chat=SUN_LI_CHAT)


async def _official(name: str, role: Role, region_code: str, *, chat: int) -> Actor:
    person = await a_person(name, chat=chat, phone="13800138009", village_code=WILLOW)
    await RoleGrant.create(
        person_id=person.id, role=role.value, region_code=region_code, granted_at=LONG_AGO
    )
    return Actor(person.id, (Held(role, region_code),))


async def a_household(*, cadre_id: int | None = None, number: str = "0001") -> Household:
    """A household of 柳树村, assigned to nobody unless said otherwise."""
    return await Household.create(village_code=WILLOW, number=number, cadre_id=cadre_id)
