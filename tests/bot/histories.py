"""What a person sees in her chat, one thing after another, and how two such histories differ."""

import re
from dataclasses import dataclass
from typing import NamedTuple

from backend.i18n import locales, translator
from bot.sandbox.bubble import Bubble, seen
from bot.sandbox.events import Event
from bot.sandbox.phone import SHOWN
from bot.sandbox.server import Sandbox

# What is drawn by chance each time: a complaint's receipt, the token in a link.
BY_CHANCE = re.compile(r"\d{4}( ?\d{4}){3}|(?<=start[= ])[A-Za-z0-9_-]{20,}")
PUSHED = re.compile(r"p\d+:")
LOOK = frozenset(translator(locale)._("👀 Have a look") for locale in locales())


class Sight(NamedTuple):
    """A message as it came or was changed to: whose, its words, and those on its buttons."""

    is_hers: bool
    text: str
    labels: tuple[str, ...]


@dataclass
class Difference(Exception):
    """The one who was walked with kills did not see what she should have."""

    problem: str
    seen: list[Sight]
    expected: list[Sight]

    def __str__(self) -> str:
        """Return the problem and both histories."""
        parts = [self.problem, "seen:", *map(str, self.seen), "expected:", *map(str, self.expected)]
        return "\n".join(parts)


class Histories:
    """What everybody sees, by the number of the chat: what is talked, and what is told unasked.

    Neither waits for the other, so their order among each other may be any.
    """

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._texts: dict[int, str] = {}
        self.strands: dict[tuple[int, str], list[Sight]] = {}
        sandbox.world.events.listen(self._hear)

    def _hear(self, event: Event) -> None:
        if event.kind not in SHOWN or event.person_id is None:
            return
        bubble = seen(event.details["letter"])
        text = BY_CHANCE.sub("#", bubble.text)
        is_put_away = not bubble.labels and self._texts.get(bubble.message_id) == text
        self._texts[bubble.message_id] = text
        if not is_put_away:
            strand = "told" if _is_pushed(bubble) else "talk"
            sight = Sight(not bubble.from_bot, text, tuple(bubble.labels))
            self.strands.setdefault((event.person_id, strand), []).append(sight)

    def kept(self) -> dict[int, list[str]]:
        """Return what of her own words is in each chat, in order."""
        people = self._sandbox.world.people.by_id
        return {
            chat: [
                BY_CHANCE.sub("#", seen(one).text)
                for one in person.letters.values()
                if not one.from_bot
            ]
            for chat, person in people.items()
        }

    def below(self) -> dict[int, object]:
        """Return the keyboard below each chat."""
        people = self._sandbox.world.people.by_id
        return {chat: person.reply_keyboard for chat, person in people.items()}


def _is_pushed(bubble: Bubble) -> bool:
    buttons = [button for row in bubble.buttons for button in row]
    is_named = any(PUSHED.match(button.get("callback_data", "")) for button in buttons)
    return is_named or not LOOK.isdisjoint(bubble.labels)


def repeats(seen_by_her: list[Sight], expected: list[Sight]) -> int:
    """Return how often she saw again what she had seen; all else must be as expected, in order.

    Raises Difference where something is missing, or was never to be seen.
    """
    passed, known, again = 0, set(), 0
    for sight in seen_by_her:
        if passed < len(expected) and sight == expected[passed]:
            passed += 1
            known.add(sight)
        elif sight in known and not sight.is_hers:
            again += 1
        else:
            raise Difference(f"not expected: {sight}", seen_by_her, expected)
    if passed < len(expected):
        raise Difference(f"missing: {expected[passed]}", seen_by_her, expected)
    return again
