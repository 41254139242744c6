"""Officers with a phone in their hand, and readers to write to."""

from backend.actions.accounts import set_locale
from backend.domain.consent import Purpose
from backend.store.models import RoleGrant
from bot.sandbox.phone import Phone
from tests.bot.conftest import Town
from tests.bot.talk import start
from tests.builders import LONG_AGO, TOWNSHIP, WILLOW, a_person


async def officers_phone(
    town: Town, name: str = "孙丽", *, language_code: str = "zh-hans"
) -> Phone:
    """An officer's phone, at the menu."""
    phone = town.phone(first_name=name, language_code=language_code)
    person = await a_person(name, chat=phone.id)
    await RoleGrant.create(
        person_id=person.id, role="officer", region_code=TOWNSHIP, granted_at=LONG_AGO
    )
    await set_locale(phone.id, "en" if language_code == "en" else "zh_CN")
    await start(phone, "hing to do" if language_code == "en" else "今天")
    return phone


async def readers_phone(
    town: Town,
    name: str = "王秀英",
    *,
    village_code: str = WILLOW,
    language_code: str = "zh-hans",
) -> Phone:
    """A reader's phone; she takes part and is at the menu."""
    phone = town.phone(first_name=name, language_code=language_code)
    await a_person(name, chat=phone.id, topics=(Purpose.CHECKUP,), village_code=village_code)
    await set_locale(phone.id, "en" if language_code == "en" else "zh_CN")
    await start(phone, "hing to do" if language_code == "en" else "今天")
    return phone
