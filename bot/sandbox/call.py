"""One call of the bot, with what nearly every method needs of it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from bot.sandbox import links
from bot.sandbox.entities import (
    Formatted,
    Span,
    clean,
    finished,
    given_spans,
)
from bot.sandbox.errors import bad_request, breach
from bot.sandbox.html_text import read_html
from bot.sandbox.markdown_text import read_markdown, read_markdown_v2
from bot.sandbox.parameters import Upload
from bot.sandbox.people import Letter, Person
from bot.sandbox.world import World

READERS = {"html": read_html, "markdownv2": read_markdown_v2, "markdown": read_markdown}
TEXT_LIMIT = 4096
CAPTION_LIMIT = 1024


@dataclass(frozen=True, slots=True)
class Call:
    """A checked call: its values by name and its files by field."""

    world: World
    params: Mapping[str, Any]
    files: Mapping[str, Upload]

    def get(self, name: str, default: Any = None) -> Any:
        """Return a parameter, or a default when it was not given."""
        return self.params.get(name, default)

    def with_params(self, params: Mapping[str, Any]) -> "Call":
        """Return the same call with other parameters, as for one piece of an album."""
        return Call(self.world, params, self.files)

    def reachable(self) -> Person:
        """Return the person to write to; raises 400 or 403."""
        return self.world.reachable(self.params["chat_id"])

    def text(self) -> Formatted:
        """Return the text of a message; raises 400 when it is empty or over 4096 characters."""
        formatted = self._formatted("text", "entities")
        if not formatted.text:
            raise breach("message text is empty")
        if len(formatted.text) > TEXT_LIMIT:
            raise breach("message is too long")
        return formatted

    def caption(self) -> Formatted:
        """Return the caption, perhaps empty; raises 400 over 1024 characters."""
        formatted = self._formatted("caption", "caption_entities")
        if len(formatted.text) > CAPTION_LIMIT:
            raise breach("message caption is too long")
        return formatted

    def _formatted(self, name: str, entities: str) -> Formatted:
        source = clean(self.get(name, ""))
        mode = str(self.get("parse_mode") or "").lower()
        if not mode:
            return finished(source, given_spans(source, self.get(entities) or []))
        if mode not in READERS:
            raise breach("unsupported parse_mode")
        text, spans = READERS[mode](source)
        return finished(text, filter(None, map(self._kept, spans)))

    def _kept(self, span: Span) -> Span | None:
        """Turn a link to a person into a mention; what leads nowhere becomes plain text."""
        url = span.extra.get("url", "")
        if span.kind != "text_link":
            return span
        if not url.startswith("tg://user?id="):
            return None if links.problem(url) else replace(span, extra={"url": links.full(url)})
        number = url.removeprefix("tg://user?id=")
        person = self.world.people.by_id.get(int(number)) if number.isdecimal() else None
        if person is None:
            return None
        return Span("text_mention", span.start, span.end, {"user": person.user()})

    def own_letter(self, *, what: str) -> tuple[Person, Letter]:
        """Return the bot's message that is meant; raises 400 when it is gone or not its own."""
        if self.get("inline_message_id"):
            raise bad_request("MESSAGE_ID_INVALID")
        if self.get("chat_id") is None or self.get("message_id") is None:
            raise breach("message identifier is not specified")
        person = self.world.known(self.params["chat_id"])
        letter = person.letters.get(self.params["message_id"])
        if letter is None:
            raise bad_request(f"message to {what} not found")
        return person, letter
