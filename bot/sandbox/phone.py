"""A person's phone in a test or a check: says, presses, shares, and reads the screen."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bot.sandbox import acts, links
from bot.sandbox.acts import Impossible
from bot.sandbox.bubble import Bubble, find_button, seen
from bot.sandbox.events import Event
from bot.sandbox.people import Person
from bot.sandbox.world import World

# Long enough for a machine busy with other things; nobody waits so long for an answer that comes.
PATIENCE_S = 30.0

SHOWN = frozenset({"message", "edited"})


@dataclass(slots=True)
class Activity:
    """Something that the bot did: a message, an edit, a deletion or a word above the chat."""

    bubble: Bubble | None
    seen: bool = False


class Phone:
    """One person's phone. What the person does is sync; waiting for the bot is awaited."""

    def __init__(self, world: World, person: Person) -> None:
        self.world = world
        self.person = person
        self.toast: str | None = None
        self._activities: list[Activity] = []
        self._news = asyncio.Event()
        world.events.listen_to(person.id, self._hear)

    @property
    def id(self) -> int:
        """Return the person's number, which is the chat's number too."""
        return self.person.id

    @property
    def messages(self) -> list[Bubble]:
        """Return the whole chat, oldest first."""
        return [seen(letter) for letter in self.person.letters.values()]

    @property
    def screen(self) -> Bubble:
        """Return the bot's newest message; raises Impossible while there is none."""
        for bubble in reversed(self.messages):
            if bubble.from_bot:
                return bubble
        raise Impossible("the bot has not written anything yet")

    @property
    def keyboard(self) -> list[list[str]]:
        """Return the words on the keyboard below the chat, row by row."""
        rows = (self.person.reply_keyboard or {}).get("keyboard", [])
        return [[str(button["text"]) for button in row] for row in rows]

    @property
    def commands(self) -> list[str]:
        """Return the commands in the menu."""
        profile, person = self.world.profile, self.person
        return [
            f"/{one['command']}" for one in profile.commands_for(person.id, person.language_code)
        ]

    def follow(self, link: str) -> Bubble:
        """Open a deep link to the bot and press Start there."""
        payload = links.start_payload(link, self.world.profile.username)
        if payload is None:
            raise Impossible(f"this link does not lead to the bot: {link}")
        return self.start(payload)

    def start(self, payload: str | None = None) -> Bubble:
        """Press Start, with the payload of a deep link if there is one."""
        self._act()
        return Bubble(acts.press_start(self.world, self.person, payload), from_bot=False)

    def say(self, text: str, *, reply_to: int | None = None) -> Bubble:
        """Write a text."""
        self._act()
        return Bubble(acts.write(self.world, self.person, text, reply_to), from_bot=False)

    def press(self, label: str) -> str:
        """Press the button with this word, or with it in its words, in the newest such message.

        Returns the callback query's number, the address, or the text copied; raises Impossible
        with all that is on the screen.
        """
        for exact in (True, False):
            for bubble in reversed(self.messages):
                place = find_button(bubble.buttons, label, exact=exact)
                if place is not None:
                    return self.press_at(bubble.message_id, *place)
        raise Impossible(f"there is no button {label!r} on the screen:\n{self.transcript()}")

    def press_at(self, message_id: int, row: int, column: int) -> str:
        """Press a button by its place; rows and columns count from 0."""
        self._act()
        done = acts.press(self.world, self.person, message_id, row=row, column=column)
        return str(next(iter(done.values())))

    def press_inaccessible(self, message_id: int, data: str) -> str:
        """Press a button of a message that the bot can no longer see."""
        self._act()
        return acts.ask_inaccessible(self.world, self.person, message_id, data)

    def tap(self, label: str) -> Bubble:
        """Press a button of the keyboard below the chat."""
        for exact in (True, False):
            rows = [[{"text": text} for text in row] for row in self.keyboard]
            place = find_button(rows, label, exact=exact)
            if place is not None:
                self._act()
                row, column = place
                sent = acts.press_key(self.world, self.person, row=row, column=column)
                return Bubble(sent, from_bot=False)
        raise Impossible(f"there is no key {label!r} below the chat:\n{self.transcript()}")

    def share_contact(self) -> Bubble:
        """Share the own number."""
        self._act()
        return Bubble(acts.share_contact(self.world, self.person), from_bot=False)

    def forward_contact(self, phone: str, first_name: str) -> Bubble:
        """Send somebody else's number."""
        self._act()
        sent = acts.forward_contact(self.world, self.person, phone=phone, first_name=first_name)
        return Bubble(sent, from_bot=False)

    def send_file(
        self, content: bytes, *, kind: str = "document", name: str = "file.bin", caption: str = ""
    ) -> Bubble:
        """Send a `photo`, `voice` or `document`."""
        self._act()
        sent = acts.send_file(
            self.world, self.person, kind, name=name, content=content, caption=caption
        )
        return Bubble(sent, from_bot=False)

    def send_album(self, pictures: list[bytes]) -> list[Bubble]:
        """Send several photos as one album."""
        self._act()
        sent = acts.send_album(self.world, self.person, pictures)
        return [Bubble(content, from_bot=False) for content in sent]

    def edit(self, message_id: int, text: str) -> Bubble:
        """Change an own text."""
        self._act()
        return Bubble(acts.edit(self.world, self.person, message_id, text), from_bot=False)

    def delete(self, message_id: int) -> None:
        """Delete a message on both sides."""
        acts.delete(self.world, self.person, message_id)

    def block(self) -> None:
        """Block the bot."""
        self._act()
        acts.block(self.world, self.person)

    def unblock(self) -> None:
        """Let the bot write again."""
        self._act()
        acts.unblock(self.world, self.person)

    def deactivate(self) -> None:
        """Delete the account."""
        acts.deactivate(self.world, self.person)

    async def until(
        self,
        wanted: str | Callable[[Bubble], object],
        timeout: float = PATIENCE_S,  # noqa: ASYNC109 (the error must carry the chat)
    ) -> Bubble:
        """Wait up to `timeout` seconds for a message, new or edited since the last act here.

        It has these words in it, or makes the function true. Each is given once. Raises
        TimeoutError with the whole chat.
        """

        def fits(activity: Activity) -> bool:
            if activity.bubble is None:
                return False
            if isinstance(wanted, str):
                return wanted in activity.bubble.text
            return bool(wanted(activity.bubble))

        found = await self._next(fits, timeout, f"no message with {wanted!r}")
        return found.bubble or self.screen

    async def answer(
        self,
        timeout: float = PATIENCE_S,  # noqa: ASYNC109 (the error must carry the chat)
    ) -> Bubble:
        """Wait up to `timeout` seconds for the bot's next deed: message, edit, deletion or toast.

        Returns that message, or the newest one when it was a deletion or a toast.
        """
        found = await self._next(lambda _activity: True, timeout, "the bot did nothing")
        return found.bubble or self.screen

    async def _next(
        self, fits: Callable[[Activity], bool], seconds: float, problem: str
    ) -> Activity:
        try:
            async with asyncio.timeout(seconds):
                while (found := self._fresh(fits)) is None:
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError:
            raise TimeoutError(f"{problem} within {seconds} s:\n{self.transcript()}") from None
        found.seen = True
        return found

    def _fresh(self, fits: Callable[[Activity], bool]) -> Activity | None:
        return next((one for one in self._activities if not one.seen and fits(one)), None)

    def transcript(self) -> str:
        """Return the chat as readable text, oldest first, with both kinds of keyboards."""
        lines = [str(bubble) for bubble in self.messages]
        if self.keyboard:
            rows = [" ".join(f"({text})" for text in row) for row in self.keyboard]
            lines.append("keyboard: " + " / ".join(rows))
        return "\n".join(lines)

    def _act(self) -> None:
        """Forget what the bot did before: only its reaction counts from now on."""
        self._activities.clear()
        self.toast = None

    def _hear(self, event: Event) -> None:
        details: dict[str, Any] = event.details
        if event.kind in SHOWN and details["letter"].from_bot:
            self._activities.append(Activity(seen(details["letter"])))
        elif event.kind == "deleted":
            self._activities.append(Activity(None))
        elif event.kind == "callback_answered" and details["text"]:
            self.toast = details["text"]
            self._activities.append(Activity(None))
        self._news.set()
