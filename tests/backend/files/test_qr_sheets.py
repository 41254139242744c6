"""Invite cards print eight to a sheet, self-contained, and carry exactly the link."""

import re
from dataclasses import replace
from html.parser import HTMLParser

import segno

from backend.files.qr_sheets import CARDS_ON_A_SHEET, CardWords, QrCard, qr_sheets, qr_svg

LINK = "https://t.me/suixing_bot?start=AbCdEfGhIjKlMnOpQrStUv"
CARD = QrCard(name="王*", village="东风村", link=LINK)
WORDS = CardWords(
    lang="zh-CN", title="安和镇服务小助手", steps=("扫一扫", "点开始"), note="自愿参加"
)


class Page(HTMLParser):
    """Counts elements and collects text and outside addresses."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.counts: dict[str, int] = {}
        self.addresses: list[str] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.counts[tag] = self.counts.get(tag, 0) + 1
        self.addresses += [value or "" for name, value in attrs if name in ("src", "href")]

    def handle_data(self, data: str) -> None:
        self.text += data


def test_cards_fill_sheets_of_eight() -> None:
    for count, sheets in ((1, 1), (CARDS_ON_A_SHEET, 1), (CARDS_ON_A_SHEET + 1, 2)):
        page = Page(qr_sheets([CARD] * count, WORDS))
        assert (page.counts["article"], page.counts["svg"], page.counts["section"]) == (
            *(count, count, sheets),
        )


def test_the_page_needs_nothing_from_outside_and_runs_nothing() -> None:
    page = Page(qr_sheets([CARD], WORDS))
    assert page.addresses == []
    assert "script" not in page.counts
    assert "url(" not in page.text


def test_names_are_shown_as_text_whatever_they_contain() -> None:
    page = Page(qr_sheets([replace(CARD, name="<b>Anna</b> & Co")], WORDS))
    assert "<b>Anna</b> & Co" in page.text
    assert "b" not in page.counts


def test_a_card_for_nobody_in_particular_has_no_name_line() -> None:
    assert 'class="name"' not in qr_sheets([replace(CARD, name="")], WORDS)


def test_the_code_holds_the_link_and_a_margin_readers_need() -> None:
    drawn = segno.make(LINK, error="m", micro=False)
    width = drawn.symbol_size(border=4)[0]
    assert f'viewBox="0 0 {width} {width}"' in qr_svg(LINK)
    assert qr_svg(LINK) == drawn.svg_inline(omitsize=True, svgclass=None, lineclass=None, border=4)
    assert qr_svg(LINK) != qr_svg(LINK + "x")


def test_a_nonce_lets_the_style_through_a_strict_page_policy() -> None:
    page = qr_sheets([CARD], WORDS, style_nonce="n0nce")
    assert '<style nonce="n0nce">' in page
    assert not re.search(r"<[^>]+\sstyle=", page)
