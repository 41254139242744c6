"""Named people with a phone in their hand, for transcripts of conversations."""

from typing import Any

from backend.actions.accounts import set_locale
from backend.domain.consent import Purpose
from bot.sandbox.phone import Phone
from tests.bot.conftest import Town
from tests.bot.talk import start
from tests.builders import a_person


async def her_phone(
    town: Town, *topics: Purpose, language_code: str = "zh-hans", **columns: Any
) -> tuple[Phone, int]:
    """王秀英's phone and her number; she takes part and agreed to `topics`, if any."""
    phone = town.phone(language_code=language_code)
    locale = "en" if language_code == "en" else "zh_CN"
    agreed = topics or (Purpose.SERVICE,)
    person = await a_person("王秀英", chat=phone.id, topics=agreed, locale=locale, **columns)
    await set_locale(phone.id, locale)
    hello = "Good morning" if locale == "en" else "上午好"
    await start(phone, hello)
    return phone, person.id
