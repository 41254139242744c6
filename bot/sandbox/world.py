"""The whole state of one sandbox: the bot, the people, their messages, files and updates."""

import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count

from bot.sandbox.clock import Clock
from bot.sandbox.errors import Json, bad_request, forbidden
from bot.sandbox.events import Events
from bot.sandbox.files import Files
from bot.sandbox.limits import Gate, Limits
from bot.sandbox.people import Letter, People, Person
from bot.sandbox.profile import Profile
from bot.sandbox.updates import Updates
from bot.sandbox.webhook import Webhook

# Telegram gives no number; a bot that takes a minute has left the person waiting too long.
ANSWERABLE = timedelta(minutes=1)


@dataclass(slots=True)
class Query:
    """A pressed inline button that waits for its answer."""

    id: str
    person_id: int
    asked_at: datetime


@dataclass(slots=True)
class World:
    """Everything that a bot and its people share; changed only within one event loop."""

    profile: Profile
    clock: Clock
    limits: Limits
    events: Events = field(default_factory=Events)
    people: People = field(default_factory=People)
    files: Files = field(default_factory=Files)
    queries: dict[str, Query] = field(default_factory=dict)
    updates: Updates = field(init=False)
    gate: Gate = field(init=False)
    webhook: Webhook = field(init=False)
    _message_ids: "count[int]" = field(default_factory=lambda: count(1))

    def __post_init__(self) -> None:
        """Start the queue and the gate, and the webhook, which need the clock and the limits."""
        self.updates = Updates(self.clock.now)
        self.gate = Gate(self.limits)
        self.webhook = Webhook(self.updates, self.clock.now)

    def unix(self) -> int:
        """Return the present moment in whole Unix seconds."""
        return int(self.clock.now().timestamp())

    def new_message(self, person: Person, sender: Json) -> Json:
        """Return the beginning of the next message in a chat; all chats share one numbering."""
        return {
            "message_id": next(self._message_ids),
            "from": sender,
            "chat": person.chat(),
            "date": self.unix(),
        }

    def known(self, chat_id: object) -> Person:
        """Return the person of a private chat; raises 400 for everybody who never started."""
        person = self.people.by_id.get(chat_id) if isinstance(chat_id, int) else None
        if person is None or not person.started:
            raise bad_request("chat not found")
        return person

    def reachable(self, chat_id: object) -> Person:
        """Return the person to write to; raises 403 after a block or a deleted account."""
        person = self.known(chat_id)
        if person.deactivated:
            raise forbidden("user is deactivated")
        if person.blocked:
            raise forbidden("bot was blocked by the user")
        return person

    def put(self, person: Person, letter: Letter) -> None:
        """Lay a message into the chat and tell the phone."""
        person.letters[letter.message_id] = letter
        self.events.tell("message", person.id, letter=letter)

    def replace(self, person: Person, letter: Letter, content: Json) -> None:
        """Change a message in place; updates already sent keep the old content."""
        letter.content = content
        self.events.tell("edited", person.id, letter=letter)

    def remove(self, person: Person, message_id: int) -> None:
        """Take a message out of the chat on both sides."""
        del person.letters[message_id]
        if message_id in person.pinned:
            person.pinned.remove(message_id)
        self.events.tell("deleted", person.id, message_id=message_id)

    def set_reply_keyboard(self, person: Person, keyboard: Json | None) -> None:
        """Replace or take away the keyboard below the chat."""
        if keyboard != person.reply_keyboard:
            person.reply_keyboard = keyboard
            self.events.tell("reply_keyboard", person.id, reply_keyboard=keyboard)

    def ask(self, person: Person) -> Query:
        """Begin a callback query, and forget those that can no longer be answered."""
        now = self.clock.now()
        while self.queries:
            oldest = next(iter(self.queries.values()))
            if now - oldest.asked_at <= ANSWERABLE:
                break
            del self.queries[oldest.id]
        query = Query(str(secrets.randbits(62) + 2**61), person.id, now)
        self.queries[query.id] = query
        return query
