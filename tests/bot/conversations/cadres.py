"""赵明's phone and the people of his grid, for transcripts of a cadre's work."""

from typing import Any

from backend.actions.accounts import set_locale
from backend.domain.access import Actor, Held, Role
from backend.store.models import Household, Person, RoleGrant
from bot.sandbox.phone import Phone
from tests.bot.conftest import Town
from tests.bot.talk import start
from tests.builders import LONG_AGO, WILLOW, a_person


async def his_phone(
    town: Town, *, language_code: str = "zh-hans", village_code: str = WILLOW
) -> tuple[Phone, Actor]:
    """The phone of 赵明, the cadre of a village, with the menu on it."""
    phone = town.phone(first_name="赵明", language_code=language_code)
    locale = "en" if language_code == "en" else "zh_CN"
    person = await a_person("赵明", chat=phone.id, sex="male", locale=locale)
    await set_locale(phone.id, locale)
    await RoleGrant.create(
        person_id=person.id, role="cadre", region_code=village_code, granted_at=LONG_AGO
    )
    await start(phone, "Good morning" if locale == "en" else "上午好")
    return phone, Actor(person.id, (Held(Role.CADRE, village_code),))


async def without_a_phone(name: str = "周桂英", *, number: str = "0012", **columns: Any) -> Person:
    """Somebody of the roster in a household of 柳树村, who has no chat."""
    household = await Household.create(village_code=WILLOW, number=number)
    return await a_person(name, household_id=household.id, **columns)
