"""Invites on paper: cards with a QR code, eight on an A4 sheet, to cut apart and hand out.

One self-contained HTML page without scripts; the codes are inline SVG, so that it prints sharp and
opens without a network. The words are handed in, as this part has none.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import segno

CARDS_ON_A_SHEET = 8

_STYLE = """
@page { size: A4 portrait; margin: 0 }
* { box-sizing: border-box; margin: 0 }
body { background: #eee; color: #111;
  font-family: "Noto Sans CJK SC", "Microsoft YaHei", "PingFang SC", "SimHei", sans-serif }
.sheet { width: 210mm; height: 297mm; margin: 0 auto 8mm; background: #fff; overflow: hidden;
  display: grid; grid-template: repeat(4, 74.25mm) / repeat(2, 105mm) }
.card { display: grid; grid-template-columns: 42mm 1fr; gap: 0 4mm; align-content: center;
  padding: 6mm 7mm; border: 0 dashed #888; overflow: hidden; break-inside: avoid }
.card:nth-child(odd) { border-right-width: .3mm }
.card:not(:nth-child(n + 7)) { border-bottom-width: .3mm }
.card h2 { grid-column: 1 / -1; font-size: 4.6mm; margin-bottom: 2mm }
.card svg { width: 42mm; height: 42mm }
.name { font-size: 6.4mm; font-weight: 700; line-height: 1.15; max-height: 15mm; overflow: hidden;
  overflow-wrap: anywhere }
.village { font-size: 4.2mm; margin-bottom: 2mm }
ol { list-style: none; padding: 0; font-size: 3.9mm; line-height: 1.4 }
.note { grid-column: 1 / -1; font-size: 3.2mm; color: #333; margin-top: 1mm;
  text-wrap: balance }
@media print { body { background: none }
  .sheet { margin: 0; break-after: page } .sheet:last-child { break-after: auto } }
"""


@dataclass(frozen=True)
class QrCard:
    """One invite: whose it is (masked where wanted, empty for nobody's), the village, the link."""

    name: str
    village: str
    link: str


@dataclass(frozen=True, kw_only=True)
class CardWords:
    """What stands on every card, in the language of `lang` (a tag such as zh-CN)."""

    lang: str
    title: str
    steps: Sequence[str]
    note: str


def qr_svg(link: str) -> str:
    """The link as inline SVG that scales to its box, with the quiet margin readers need."""
    code = segno.make(link, error="m", micro=False)
    return str(code.svg_inline(omitsize=True, svgclass=None, lineclass=None, border=4))


def qr_sheets(cards: Sequence[QrCard], words: CardWords, *, style_nonce: str = "") -> str:
    """The page with all cards in the order given; `style_nonce` is for a page served with a CSP."""
    starts = range(0, len(cards), CARDS_ON_A_SHEET)
    sheets = "\n".join(_sheet(cards[start : start + CARDS_ON_A_SHEET], words) for start in starts)
    nonce = f' nonce="{escape(style_nonce)}"' if style_nonce else ""
    return (
        f'<!doctype html>\n<html lang="{escape(words.lang)}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(words.title)}</title>\n<style{nonce}>{_STYLE}</style>\n</head>\n"
        f"<body>\n{sheets}\n</body>\n</html>\n"
    )


def _sheet(cards: Sequence[QrCard], words: CardWords) -> str:
    """One A4 sheet."""
    return f'<section class="sheet">\n{"".join(_card(card, words) for card in cards)}</section>'


def _card(card: QrCard, words: CardWords) -> str:
    """One card: half the width and a quarter of the height of the sheet."""
    steps = "".join(f"<li>{i}. {escape(step)}</li>" for i, step in enumerate(words.steps, 1))
    name = f'<p class="name">{escape(card.name)}</p>' if card.name else ""
    return (
        f'<article class="card"><h2>{escape(words.title)}</h2>{qr_svg(card.link)}<div>{name}'
        f'<p class="village">{escape(card.village)}</p><ol>{steps}</ol></div>'
        f'<p class="note">{escape(words.note)}</p></article>\n'
    )
