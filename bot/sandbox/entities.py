"""Formatted text: what Telegram makes of a text and its entities before it stores a message."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from bot.sandbox.errors import Json, breach

# Nothing is looked for inside these.
OPAQUE = frozenset({"code", "pre", "text_link", "text_mention", "custom_emoji", "date_time"})
RANKS = ("blockquote", "expandable_blockquote", "bold", "italic", "underline", "strikethrough")
_TOP_DOMAINS = "com|org|net|edu|gov|mil|info|biz|name|app|dev|site|shop|online|top|xyz|[a-z]{2}"
_FOUND = (
    ("email", re.compile(r"(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)*\.[A-Za-z]{2,}", re.ASCII)),
    (
        "url",
        re.compile(
            r"(?<![A-Za-z0-9_@.])https?://[^\s<>\"'\u3000-\u303f\uff00-\uffef]+", re.IGNORECASE
        ),
    ),
    (
        "url",
        re.compile(
            rf"(?<![\w@./:-])(?:[a-z0-9-]+\.)+(?:{_TOP_DOMAINS})(?![\w.-]\w)(?:/[^\s<>\"']*)?",
            re.IGNORECASE | re.ASCII,
        ),
    ),
    ("bot_command", re.compile(r"(?<![\w/@<>])/\w{1,64}(?:@\w{3,32})?(?![\w/])", re.ASCII)),
    ("mention", re.compile(r"(?<![\w/@])@[A-Za-z0-9_]{4,32}(?!\w)", re.ASCII)),
    ("hashtag", re.compile(r"(?<![\w#])#(?=\w*[^\W\d])\w{1,256}")),
    ("cashtag", re.compile(r"(?<![\w$])\$[A-Z]{1,8}(?!\w)", re.ASCII)),
    ("phone_number", re.compile(r"(?<![\w+])\+\d(?:[ \-()]{0,2}\d){7,14}(?!\w)", re.ASCII)),
)
# A text without any of these holds no entity of its own.
_HINT = re.compile(r"[/@#$+.:]")


@dataclass(frozen=True, slots=True)
class Span:
    """One entity; start inclusive, end exclusive, counted in characters (code points)."""

    kind: str
    start: int
    end: int
    extra: Json = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Formatted:
    """A text as stored, with entities in UTF-16 code units."""

    text: str
    entities: list[Json]


def units(text: str) -> int:
    """Return the length of a text in UTF-16 code units."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le")) // 2


def with_found(text: str, spans: Iterable[Span]) -> list[Span]:
    """Add the commands, links, mentions, hashtags, addresses and numbers that a text holds."""
    spans = list(spans)
    if not _HINT.search(text):
        return spans
    taken = [span for span in spans if span.kind in OPAQUE]
    for kind, pattern in _FOUND:
        for match in pattern.finditer(text):
            end = match.end() - _trailing(kind, match[0])
            found = Span(kind, match.start(), end)
            if not any(found.start < one.end and one.start < found.end for one in taken):
                taken.append(found)
                spans.append(found)
    return spans


def _trailing(kind: str, found: str) -> int:
    """Return how many closing punctuation marks do not belong to a link."""
    return len(found) - len(found.rstrip(".,:;!?)")) if kind == "url" else 0


def finished(text: str, spans: Iterable[Span]) -> Formatted:
    """Trim the text, drop empty entities and count them in UTF-16 units, in Telegram's order."""
    body = text.strip()
    lead = len(text) - len(text.lstrip())
    kept = []
    for span in with_found(body, _shifted(spans, lead, len(body))):
        if body[span.start : span.end].strip():
            kept.append(span)
    kept.sort(key=lambda span: (span.start, -span.end, _rank(span.kind)))
    return Formatted(body, [_as_json(body, span) for span in kept])


def _rank(kind: str) -> int:
    """Return which of two entities over the same words Telegram names first."""
    return RANKS.index(kind) if kind in RANKS else len(RANKS)


def _shifted(spans: Iterable[Span], lead: int, length: int) -> Iterable[Span]:
    for span in spans:
        start, end = max(span.start - lead, 0), min(span.end - lead, length)
        if start < end:
            yield replace(span, start=start, end=end)


def _as_json(text: str, span: Span) -> Json:
    offset, length = units(text[: span.start]), units(text[span.start : span.end])
    return {"offset": offset, "length": length, "type": span.kind, **span.extra}


def given_spans(text: str, entities: list[Json]) -> list[Span]:
    """Turn entities that a bot gave in UTF-16 units into spans; refuses those beyond the text."""
    if not entities:
        return []
    points, spans = _points(text), []
    for entity in entities:
        start, end = int(entity["offset"]), int(entity["offset"]) + int(entity["length"])
        if start not in points or end not in points:
            raise breach(
                f"entity beginning at UTF-16 offset {start} ends after the end of the text "
                f"at UTF-16 offset {end}"
            )
        extra = {k: v for k, v in entity.items() if k not in {"type", "offset", "length"}}
        spans.append(Span(entity["type"], points[start], points[end], extra))
    return spans


def _points(text: str) -> dict[int, int]:
    """Return the character index of every UTF-16 offset that does not split a character."""
    points, offset = {0: 0}, 0
    for index, character in enumerate(text, 1):
        offset += units(character)
        points[offset] = index
    return points


def clean(text: Any) -> str:
    """Drop what Telegram never stores: carriage returns, and control characters become spaces."""
    plain = str(text).replace("\r", "")
    return re.sub(r"[\x00-\x08\x0b-\x1f]", " ", plain)
