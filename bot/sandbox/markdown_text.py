"""parse_mode MarkdownV2 and the older Markdown, with Telegram's words for every mistake."""

import re
from dataclasses import dataclass, field

from bot.sandbox.entities import Span
from bot.sandbox.errors import ApiError, breach

RESERVED = frozenset("_*[]()~`>#+-=|{}.!")
# Longer marks first, so that two underscores are one mark.
MARKS = {
    "```": "pre",
    "__": "underline",
    "||": "spoiler",
    "_": "italic",
    "*": "bold",
    "~": "strikethrough",
    "`": "code",
    "![": "custom_emoji",
    "[": "text_link",
}
NAMES = {
    "pre": "Pre",
    "code": "Code",
    "text_link": "TextUrl",
    "custom_emoji": "CustomEmoji",
    "blockquote": "BlockQuote",
}
LINKS = frozenset({"text_link", "custom_emoji"})
_TARGET = re.compile(r"\(((?:\\.|[^)\\])*)\)", re.DOTALL)
_LANGUAGE = re.compile(r"([^\s`]+)?\n")
_EMOJI = re.compile(r"tg://emoji\?id=(\d+)")


@dataclass(slots=True)
class Mark:
    """A mark that still waits for its end; offsets into the source and into the text."""

    kind: str
    sign: str
    at: int
    start: int
    language: str = ""


@dataclass(slots=True)
class MarkdownText:
    """One MarkdownV2 text being read, character by character."""

    source: str
    position: int = 0
    text: str = ""
    waiting: list[Mark] = field(default_factory=list)
    spans: list[Span] = field(default_factory=list)

    def read(self) -> tuple[str, list[Span]]:
        """Return the plain text and its spans; raises 400 `can't parse entities`."""
        while self.position < len(self.source):
            self._step()
        if self.waiting and self.waiting[-1].kind == "blockquote":
            self._end(self.waiting.pop())
        if self.waiting:
            raise self._unfinished(self.waiting[-1])
        return self.text, self.spans

    def _step(self) -> None:
        character = self.source[self.position]
        if character == "\\" and self._escapes():
            self._put(self.source[self.position + 1], skip=2)
        elif self.waiting and self.waiting[-1].kind in {"code", "pre"}:
            self._inside_code(self.waiting[-1])
        elif self._line_starts() and self._quote():
            return
        elif character == "\n":
            self._line_ends()
        elif character in RESERVED:
            self._mark(character)
        else:
            self._put(character)

    def _put(self, character: str, skip: int = 1) -> None:
        self.text += character
        self.position += skip

    def _escapes(self) -> bool:
        following = self.source[self.position + 1 : self.position + 2]
        return bool(following) and 0 < ord(following) < 127

    def _line_starts(self) -> bool:
        return self.position == 0 or self.source[self.position - 1] == "\n"

    def _quote(self) -> bool:
        """Begin or go on with a block quotation; `**>` begins a new one."""
        quoting = any(mark.kind == "blockquote" for mark in self.waiting)
        if self.source.startswith("**>", self.position):
            if quoting:
                self._end(self.waiting.pop())
            self.position += 2
            quoting = False
        if not self.source.startswith(">", self.position):
            return False
        if not quoting:
            self.waiting.append(Mark("blockquote", ">", self.position, len(self.text)))
        self.position += 1
        return True

    def _line_ends(self) -> None:
        """End a block quotation when the next line does not go on with it."""
        going_on = self.source.startswith(">", self.position + 1)
        if self.waiting and self.waiting[-1].kind == "blockquote" and not going_on:
            self._end(self.waiting.pop())
        self._put("\n")

    def _inside_code(self, mark: Mark) -> None:
        if self.source.startswith(mark.sign, self.position):
            self.position += len(mark.sign)
            self._end(self.waiting.pop())
        else:
            self._put(self.source[self.position])

    def _mark(self, character: str) -> None:
        if character == "]" and self.waiting and self.waiting[-1].kind in LINKS:
            self._link(self.waiting.pop())
            return
        sign = next((one for one in MARKS if self.source.startswith(one, self.position)), None)
        if sign is None:
            raise _mistake(
                f"Character '{character}' is reserved and must be escaped with the preceding '\\'"
            )
        if sign == "||" and self._expands():
            return
        if self.waiting and self.waiting[-1].sign == sign:
            self.position += len(sign)
            self._end(self.waiting.pop())
        else:
            self._begin(sign)

    def _expands(self) -> bool:
        """Take `||` at the end of a quotation as the sign that it is collapsed at first."""
        quoting = bool(self.waiting) and self.waiting[-1].kind == "blockquote"
        following = self.source[self.position + 2 : self.position + 4]
        if not quoting or (following and not re.match(r"\n(?!>)", following)):
            return False
        mark = self.waiting.pop()
        self.spans.append(Span("expandable_blockquote", mark.start, len(self.text)))
        self.position += 2
        return True

    def _begin(self, sign: str) -> None:
        mark = Mark(MARKS[sign], sign, self.position, len(self.text))
        self.position += len(sign)
        if mark.kind == "pre" and (found := _LANGUAGE.match(self.source, self.position)):
            mark.language = found[1] or ""
            self.position = found.end()
        self.waiting.append(mark)

    def _link(self, mark: Mark) -> None:
        self.position += 1
        target = _TARGET.match(self.source, self.position)
        url = re.sub(r"\\(.)", r"\1", target[1]) if target else self.text[mark.start :]
        self.position = target.end() if target else self.position
        end = len(self.text)
        if mark.kind == "text_link":
            self.spans.append(Span("text_link", mark.start, end, {"url": url}))
            return
        emoji = _EMOJI.fullmatch(url)
        if emoji is None:
            raise _mistake("Custom emoji URL must have an emoji identifier")
        self.spans.append(Span("custom_emoji", mark.start, end, {"custom_emoji_id": emoji[1]}))

    def _end(self, mark: Mark) -> None:
        extra = {"language": mark.language} if mark.language else {}
        self.spans.append(Span(mark.kind, mark.start, len(self.text), extra))

    def _unfinished(self, mark: Mark) -> ApiError:
        name = NAMES.get(mark.kind, mark.kind.capitalize())
        offset = len(self.source[: mark.at].encode())
        return _mistake(f"Can't find end of {name} entity at byte offset {offset}")


def read_markdown_v2(source: str) -> tuple[str, list[Span]]:
    """Return the plain text and spans of a text in MarkdownV2."""
    return MarkdownText(source).read()


_OLD = re.compile(r"\\([_*`\[])|```(?:(\w+)\n)?|([_*`])|\[([^\]]*)\]\(([^)]*)\)")


def read_markdown(source: str) -> tuple[str, list[Span]]:
    """Return the plain text and spans of a text in the older Markdown, which does not nest."""
    text, spans, position = "", list[Span](), 0
    while match := _OLD.search(source, position):
        text += source[position : match.start()]
        position = match.end()
        if match[1]:
            text += match[1]
        elif match[4] is not None:
            spans.append(Span("text_link", len(text), len(text) + len(match[4]), {"url": match[5]}))
            text += match[4]
        else:
            sign = match[3] or "```"
            end = source.find(sign, position)
            if end < 0:
                offset = len(source[: match.start()].encode())
                raise _mistake(f"Can't find end of the entity starting at byte offset {offset}")
            extra = {"language": match[2]} if match[2] else {}
            spans.append(Span(MARKS[sign], len(text), len(text) + end - position, extra))
            text += source[position:end]
            position = end + len(sign)
    return text + source[position:], spans


def _mistake(text: str) -> ApiError:
    return breach(f"can't parse entities: {text}")
