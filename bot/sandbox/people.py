"""The people with a phone in the sandbox, and the chat that each has with the bot."""

import re
from dataclasses import dataclass, field
from itertools import count

from bot.sandbox.errors import Json

START_PAYLOAD = re.compile(r"[A-Za-z0-9_-]{0,64}")
# Wider than 32 bits on purpose: a bot that keeps chat numbers in too narrow a column fails here.
FIRST_USER_ID = 7_000_000_001
FICTIONAL = (
    ("小云", "+8613800130001"),
    ("小禾", "+8613800130002"),
    ("小满", "+8613800130003"),
    ("小雨", "+8613800130004"),
    ("小秋", "+8613800130005"),
)


@dataclass(slots=True)
class Letter:
    """One message as it lies in a chat: the Bot API object, and what only the chat knows."""

    content: Json
    from_bot: bool
    silent: bool = False
    has_reply_keyboard: bool = False
    reactions: list[Json] = field(default_factory=list)

    @property
    def message_id(self) -> int:
        """Return the message's number."""
        return int(self.content["message_id"])


@dataclass(slots=True)
class Person:
    """A user of Telegram with one chat: the one with the bot."""

    id: int
    first_name: str
    language_code: str
    phone: str | None = None
    username: str | None = None
    label: str | None = None
    start_payload: str | None = None
    started: bool = False
    blocked: bool = False
    deactivated: bool = False
    letters: dict[int, Letter] = field(default_factory=dict)
    pinned: list[int] = field(default_factory=list)
    reply_keyboard: Json | None = None

    def user(self) -> Json:
        """Return the User object of the Bot API."""
        user: Json = {"id": self.id, "is_bot": False, "first_name": self.first_name}
        if self.username:
            user["username"] = self.username
        return {**user, "language_code": self.language_code}

    def chat(self) -> Json:
        """Return the Chat object of the private chat with this person."""
        chat: Json = {"id": self.id, "first_name": self.first_name}
        if self.username:
            chat["username"] = self.username
        return {**chat, "type": "private"}

    def as_json(self) -> Json:
        """Return the person as the page shows it."""
        names = (
            "id first_name username language_code phone label "
            "started start_payload blocked deactivated"
        )
        return {name: getattr(self, name) for name in names.split()}


@dataclass(slots=True)
class People:
    """Everybody with an open phone, by number."""

    by_id: dict[int, Person] = field(default_factory=dict)
    _numbers: "count[int]" = field(default_factory=lambda: count(FIRST_USER_ID))

    def open(
        self,
        *,
        first_name: str | None = None,
        language_code: str | None = None,
        phone: str | None = None,
        user_id: int | None = None,
    ) -> Person:
        """Add a person; a missing name or number becomes a fictional one."""
        name, number = FICTIONAL[len(self.by_id) % len(FICTIONAL)]
        while user_id is None or user_id in self.by_id:
            user_id = next(self._numbers)
        person = Person(
            user_id, first_name or name, language_code or "zh-hans", _with_plus(phone or number)
        )
        self.by_id[person.id] = person
        return person

    def close(self, person_id: int) -> Person | None:
        """Take a phone away; to the bot the person stays unknown from now on."""
        return self.by_id.pop(person_id, None)


def _with_plus(phone: str) -> str:
    return phone if phone.startswith("+") else f"+{phone}"
