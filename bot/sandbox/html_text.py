"""parse_mode HTML: the tags that Telegram knows, and its words for every mistake."""

import re
from dataclasses import dataclass, field
from html import unescape

from bot.sandbox.entities import Span
from bot.sandbox.errors import ApiError, Json, breach

KINDS = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "span": "spoiler",
    "tg-spoiler": "spoiler",
    "tg-emoji": "custom_emoji",
    "tg-time": "date_time",
    "a": "text_link",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
}
_NAME = re.compile(r"[^\s>]*")
_ATTRIBUTE = re.compile(r"\s+([A-Za-z-]+)(?:\s*=\s*(\"[^\"]*\"|'[^']*'|[^\s>]+))?")
_CLOSE = re.compile(r"\s*>")
# Other references stay as they were written.
_REFERENCE = re.compile(r"&(?:lt|gt|amp|quot|#\d{1,7}|#[xX][0-9a-fA-F]{1,6});")


@dataclass(slots=True)
class Tag:
    """An open tag: its name, its attributes, and where its text begins."""

    name: str
    attributes: dict[str, str]
    start: int


@dataclass(slots=True)
class HtmlText:
    """One text being read, tag by tag."""

    source: str
    position: int = 0
    text: str = ""
    open_tags: list[Tag] = field(default_factory=list)
    spans: list[Span] = field(default_factory=list)

    def read(self) -> tuple[str, list[Span]]:
        """Return the plain text and its spans; raises 400 `can't parse entities`."""
        while (at := self.source.find("<", self.position)) >= 0:
            self._take(at)
            if self.source.startswith("</", at):
                self._end_tag(at)
            else:
                self._start_tag(at)
        self._take(len(self.source))
        if self.open_tags:
            name = self.open_tags[-1].name
            raise _mistake(f'Can\'t find end tag corresponding to start tag "{name}"')
        return self.text, self.spans

    def _take(self, end: int) -> None:
        piece = self.source[self.position : end]
        self.text += _REFERENCE.sub(lambda match: unescape(match[0]), piece)
        self.position = end

    def _byte(self, at: int) -> int:
        return len(self.source[:at].encode())

    def _start_tag(self, at: int) -> None:
        found = _NAME.match(self.source, at + 1)
        name = found[0].lower() if found else ""
        if name not in KINDS:
            raise _mistake(f'Unsupported start tag "{name}" at byte offset {self._byte(at)}')
        end, attributes = at + 1 + len(name), {}
        while match := _ATTRIBUTE.match(self.source, end):
            attributes[match[1].lower()] = unescape((match[2] or "").strip("\"'"))
            end = match.end()
        closing = _CLOSE.match(self.source, end)
        if closing is None:
            raise _mistake(f"Unclosed start tag at byte offset {self._byte(at)}")
        if name == "span" and attributes.get("class") != "tg-spoiler":
            raise _mistake(
                f'Tag "span" must have class "tg-spoiler" at byte offset {self._byte(at)}'
            )
        self.open_tags.append(Tag(name, attributes, len(self.text)))
        self.position = closing.end()

    def _end_tag(self, at: int) -> None:
        end = self.source.find(">", at)
        if end < 0:
            raise _mistake(f"Unclosed end tag at byte offset {self._byte(at)}")
        name = self.source[at + 2 : end].strip().lower()
        if not self.open_tags:
            raise _mistake(f"Unexpected end tag at byte offset {self._byte(at)}")
        tag = self.open_tags.pop()
        if name not in {tag.name, ""}:
            raise _mistake(
                f"Unmatched end tag at byte offset {self._byte(at)}, "
                f'expected "</{tag.name}>", found "</{name}>"'
            )
        self.position = end + 1
        self._close(tag)

    def _close(self, tag: Tag) -> None:
        inside = self.text[tag.start :]
        if tag.name == "pre" and (language := self._language(tag.start)) is not None:
            self.spans[-1] = Span("pre", tag.start, len(self.text), {"language": language})
            return
        kind, extra = _meaning(tag, inside)
        if kind == "text_link" and not extra["url"]:
            return
        self.spans.append(Span(kind, tag.start, len(self.text), extra))

    def _language(self, start: int) -> str | None:
        """Return the language of a `<pre><code class="language-x">` that just ends."""
        last = self.spans[-1] if self.spans else None
        if last and last.kind == "code" and (last.start, last.end) == (start, len(self.text)):
            return last.extra.get("language")
        return None


def _meaning(tag: Tag, inside: str) -> tuple[str, Json]:
    kind, extra = KINDS[tag.name], dict[str, object]()
    if kind == "text_link":
        extra["url"] = tag.attributes.get("href") or inside
    elif kind == "custom_emoji":
        extra["custom_emoji_id"] = tag.attributes.get("emoji-id", "")
    elif kind == "date_time":
        extra["unix_time"] = int(tag.attributes.get("unix") or 0)
        extra["date_time_format"] = tag.attributes.get("format", "")
    elif kind == "blockquote" and "expandable" in tag.attributes:
        kind = "expandable_blockquote"
    elif kind == "code" and tag.attributes.get("class", "").startswith("language-"):
        extra["language"] = tag.attributes["class"].removeprefix("language-")
    return kind, extra


def read_html(source: str) -> tuple[str, list[Span]]:
    """Return the plain text and spans of a text in Telegram's HTML."""
    text, spans = HtmlText(source).read()
    return text, [_without_language(span) for span in spans]


def _without_language(span: Span) -> Span:
    """Only a `pre` block shows its language."""
    return Span("code", span.start, span.end) if span.kind == "code" else span


def _mistake(text: str) -> ApiError:
    return breach(f"can't parse entities: {text}")
