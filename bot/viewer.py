"""The one who reads a screen: person and roles, language, and the present moment."""

from dataclasses import dataclass
from datetime import date, datetime

from backend.actions.accounts import Visitor
from backend.i18n import Translator


@dataclass(frozen=True, slots=True)
class Office:
    """What the township's office says of itself in the settings."""

    bot_name: str
    clinic_phone: str | None = None


@dataclass(frozen=True, slots=True)
class Viewer:
    """The one who reads a screen: chat, person and roles, language, and the present moment.

    `now` is aware, in the township's zone.
    """

    chat_id: int
    visitor: Visitor
    words: Translator
    now: datetime
    office: Office

    @property
    def person_id(self) -> int | None:
        """The person behind the chat, if she has come in."""
        return self.visitor.person_id

    @property
    def today(self) -> date:
        """The township's civil date."""
        return self.now.date()

    def _(self, sentence: str) -> str:
        """Translate a sentence."""
        return self.words._(sentence)

    def n_(self, one: str, many: str, count: int) -> str:
        """Translate a sentence that depends on a count."""
        return self.words.n_(one, many, count)
