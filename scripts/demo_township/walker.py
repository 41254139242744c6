"""One person of the demo with a phone, doing things and seeing what comes of them."""

from collections.abc import Callable
from datetime import timedelta

from backend.actions import invites
from backend.domain.access import Role
from backend.store.models import Person
from bot.sandbox.acts import Impossible
from bot.sandbox.bubble import Bubble
from bot.sandbox.phone import Phone
from scripts.demo_township.town import Demo

LANGUAGE = "zh-hans"


class FlowBroken(Exception):
    """A step of the walk did not go as it should; the text is the whole chat."""


class Walker:
    """One person with a phone, and how many steps she has taken."""

    def __init__(self, township: Demo, phone: Phone) -> None:
        self.township = township
        self.phone = phone
        self.steps = 0

    async def start(self) -> Bubble:
        """Press Start, with the invite that waits there."""
        self.phone.start()
        return await self._answered()

    async def press(self, *labels: str) -> Bubble:
        """Press buttons under messages, one after another."""
        for label in labels:
            self._acts(self.phone.press, label)
            await self._answered()
        return self.phone.screen

    async def tap(self, label: str) -> Bubble:
        """Tap a key below the chat."""
        self._acts(self.phone.tap, label)
        return await self._answered()

    async def say(self, text: str) -> Bubble:
        """Type something."""
        self.phone.say(text)
        return await self._answered()

    async def share_contact(self) -> Bubble:
        """Share the own number."""
        self.phone.share_contact()
        return await self._answered()

    async def wait(self, delta: timedelta) -> Bubble:
        """Let time pass."""
        await self.township.clock.advance(delta)
        return await self._answered()

    def sees(self, words: str) -> None:
        """Hold the chat to showing these words; raise FlowBroken otherwise."""
        if not any(words in bubble.text for bubble in self.phone.messages if bubble.from_bot):
            raise FlowBroken(f"{words!r} is not in the chat:\n{self.phone.transcript()}")

    def _acts(self, act: Callable[[str], object], label: str) -> None:
        try:
            act(label)
        except Impossible as error:
            raise FlowBroken(str(error)) from error

    async def _answered(self) -> Bubble:
        self.steps += 1
        await self.township.settled()
        return self.phone.screen


async def resident(township: Demo, name: str) -> Walker:
    """Give a person of the roster a phone with her invite."""
    person = next(row for row in await Person.all() if row.name == name)
    token = await invites.create(
        Role.RESIDENT, person.village_code, person_id=person.id, now=township.clock.local()
    )
    return _with_phone(township, name, token, label="resident")


async def staff(township: Demo, name: str, role: Role, region_code: str) -> Walker:
    """Give somebody who works here a phone with an invite to a role."""
    token = await invites.create(role, region_code, name=name, now=township.clock.local())
    label = "cadre" if role is Role.CADRE else "office"
    return _with_phone(township, name, token, label=label)


def _with_phone(township: Demo, name: str, token: str, *, label: str) -> Walker:
    phone = township.sandbox.open_phone(
        first_name=name, language_code=LANGUAGE, label=label, start_payload=token
    )
    return Walker(township, phone)
