"""Formatted text: found entities, HTML, MarkdownV2, UTF-16 offsets and the words for mistakes."""

import pytest

from bot.sandbox.entities import finished, given_spans, units
from bot.sandbox.errors import ApiError
from bot.sandbox.html_text import read_html
from bot.sandbox.markdown_text import read_markdown, read_markdown_v2


def shown(text: str, entities: list[dict[str, object]]) -> list[tuple[object, str]]:
    """Return kind and covered text of each entity, read back by UTF-16 offsets."""
    raw = text.encode("utf-16-le")
    return [
        (
            e["type"],
            raw[2 * int(str(e["offset"])) :][: 2 * int(str(e["length"]))].decode("utf-16-le"),
        )
        for e in entities
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("/start invite", [("bot_command", "/start")]),
        ("😀 /help@my_bot now", [("bot_command", "/help@my_bot")]),
        ("a/b and 1/2", []),
        (
            "see https://example.org/a?b=c. Or example.com!",
            [("url", "https://example.org/a?b=c"), ("url", "example.com")],
        ),
        ("去https://example.org/看", [("url", "https://example.org/看")]),
        ("write to a.b@example.org", [("email", "a.b@example.org")]),
        ("@someone and #健康 and #123", [("mention", "@someone"), ("hashtag", "#健康")]),
        ("call +86 138-0013-8000 please", [("phone_number", "+86 138-0013-8000")]),
        ("due on 2026-11-23, 8:30, 3.5 kg", []),
        ("costs $USD", [("cashtag", "$USD")]),
    ],
)
def test_a_text_holds_entities_of_its_own(text: str, expected: list[tuple[str, str]]) -> None:
    formatted = finished(text, [])
    assert shown(formatted.text, formatted.entities) == expected


@pytest.mark.parametrize(
    ("source", "text", "expected"),
    [
        ("<b>bold</b> &lt;x&gt; &#65;", "bold <x> A", [("bold", "bold")]),
        ("😀<i>a<u>b</u></i>", "😀ab", [("italic", "ab"), ("underline", "b")]),
        ("<span class='tg-spoiler'>s</span>", "s", [("spoiler", "s")]),
        ('<a href="https://a.bc/?x=1&amp;y">go</a>', "go", [("text_link", "go")]),
        ("<a>a.bc</a>", "a.bc", [("text_link", "a.bc")]),
        ("<code>/start</code>", "/start", [("code", "/start")]),
        ('<pre><code class="language-py">x</code></pre>', "x", [("pre", "x")]),
        ("<blockquote expandable>q</blockquote>", "q", [("expandable_blockquote", "q")]),
        ("  <b> a </b> ", "a", [("bold", "a")]),
        ("<b></b>x", "x", []),
        ("<B>x</B>", "x", [("bold", "x")]),
    ],
)
def test_html_becomes_text_and_entities(
    source: str, text: str, expected: list[tuple[str, str]]
) -> None:
    formatted = finished(*read_html(source))
    assert formatted.text == text
    assert shown(formatted.text, formatted.entities) == expected


@pytest.mark.parametrize(
    ("source", "problem"),
    [
        ("é<x>a</x>", 'Unsupported start tag "x" at byte offset 2'),
        ("1 < 2", 'Unsupported start tag "" at byte offset 2'),
        ("<b>a</i>", 'Unmatched end tag at byte offset 4, expected "</b>", found "</i>"'),
        ("a</b>", "Unexpected end tag at byte offset 1"),
        ("<b>a", 'Can\'t find end tag corresponding to start tag "b"'),
        ("<b", "Unclosed start tag at byte offset 0"),
        ("<b>a</b", "Unclosed end tag at byte offset 4"),
        ("<span>a</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
    ],
)
def test_wrong_html_is_refused(source: str, problem: str) -> None:
    with pytest.raises(ApiError) as refused:
        read_html(source)
    assert refused.value.description == f"Bad Request: can't parse entities: {problem}"


@pytest.mark.parametrize(
    ("source", "text", "expected"),
    [
        ("*b* _i_ __u__ ~s~ ||p||", "b i u s p", None),
        (r"3\.5 \> 2\!", "3.5 > 2!", []),
        ("*_both_*", "both", [("bold", "both"), ("italic", "both")]),
        ("`a_b` ```py\ncode*```", "a_b code*", [("code", "a_b"), ("pre", "code*")]),
        (r"[go](https://a.bc/\)x)", "go", [("text_link", "go")]),
        ("![👍](tg://emoji?id=5)", "👍", [("custom_emoji", "👍")]),
        (">a\n>b\nc", "a\nb\nc", [("blockquote", "a\nb")]),
        ("**>a\n>b||\nc", "a\nb\nc", [("expandable_blockquote", "a\nb")]),
        (">a\n**>b", "a\nb", [("blockquote", "a"), ("blockquote", "b")]),
    ],
)
def test_markdown_v2_becomes_text_and_entities(
    source: str, text: str, expected: list[tuple[str, str]] | None
) -> None:
    formatted = finished(*read_markdown_v2(source))
    assert formatted.text == text
    kinds = ["bold", "italic", "underline", "strikethrough", "spoiler"]
    if expected is None:
        assert [e["type"] for e in formatted.entities] == kinds
    else:
        assert shown(formatted.text, formatted.entities) == expected


@pytest.mark.parametrize(
    ("source", "problem"),
    [
        ("3.5", "Character '.' is reserved and must be escaped with the preceding '\\'"),
        ("a-b", "Character '-' is reserved and must be escaped with the preceding '\\'"),
        ("a)", "Character ')' is reserved and must be escaped with the preceding '\\'"),
        ("é*a", "Can't find end of Bold entity at byte offset 2"),
        ("`a", "Can't find end of Code entity at byte offset 0"),
        ("![x](https://a.bc)", "Custom emoji URL must have an emoji identifier"),
    ],
)
def test_wrong_markdown_v2_is_refused(source: str, problem: str) -> None:
    with pytest.raises(ApiError) as refused:
        read_markdown_v2(source)
    assert refused.value.description == f"Bad Request: can't parse entities: {problem}"


def test_the_older_markdown_does_not_nest() -> None:
    formatted = finished(*read_markdown(r"*b* _i_ `c` [l](http://a.bc) \*x ```p```"))
    assert formatted.text == "b i c l *x p"
    kinds = [e["type"] for e in formatted.entities]
    assert kinds == ["bold", "italic", "code", "text_link", "pre"]
    with pytest.raises(ApiError, match="Can't find end of the entity starting at byte offset 0"):
        read_markdown("*b")


def test_entities_given_in_utf_16_units_are_kept_and_checked() -> None:
    given = [{"type": "bold", "offset": 3, "length": 4}]
    formatted = finished("😀 bold", given_spans("😀 bold", given))
    assert shown(formatted.text, formatted.entities) == [("bold", "bold")]
    with pytest.raises(ApiError, match="entity beginning at UTF-16 offset 3 ends after the end"):
        given_spans("😀 b", given)
    assert units("😀a") == 3
