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
* { box-sizing: border-box; margin: 0; padding: 0 }
body { background: #eee; color: #111; -webkit-print-color-adjust: exact; print-color-adjust: exact;
  font-family: "Noto Sans CJK SC", "Microsoft YaHei", "PingFang SC", "SimHei", sans-serif }
.sheet { width: 210mm; height: 297mm; margin: 0 auto 8mm; background: #fff; overflow: hidden;
  display: grid; grid-template: repeat(4, 74.25mm) / repeat(2, 105mm) }
.card { display: grid; grid-template: auto 1fr auto / 36mm 1fr; column-gap: 5mm;
  padding: 6.5mm 8mm 6mm; border: 0 dashed #999; overflow: hidden; break-inside: avoid }
.card:nth-child(odd) { border-right-width: .25mm }
.card:not(:nth-child(n + 7)) { border-bottom-width: .25mm }
.card h2, .card footer { grid-column: 1 / -1 }
.card h2 { display: flex; align-items: center; gap: 2.4mm; padding-bottom: 2.2mm; color: #17614a;
  border-bottom: .5mm solid #17614a; font-size: 4.7mm; line-height: 1.15; white-space: nowrap }
.card h2::before { content: ""; width: 3mm; height: 3mm; background: #17614a; flex: none;
  border-radius: 0 50% }
.card svg { width: 45mm; height: 45mm; margin: -.8mm -4.7mm -3mm }
.card > div { align-self: center }
.name { font-size: 7mm; font-weight: 700; line-height: 1.15; max-height: 16mm; overflow: hidden;
  overflow-wrap: anywhere }
.village { font-size: 3.9mm; line-height: 1.3; color: #333; margin-bottom: 2.6mm;
  overflow-wrap: anywhere }
ol { list-style: none; counter-reset: step; font-size: 4mm; line-height: 1.25 }
li { counter-increment: step; display: flex; gap: 1.6mm; padding: .7mm 0 }
li::before { content: counter(step); flex: none; width: 5mm; height: 5mm; line-height: 4.5mm;
  border: .3mm solid #17614a; border-radius: 50%; color: #17614a; font-size: 3.2mm;
  font-weight: 700; text-align: center }
.card footer { font-size: 3.4mm; line-height: 1.45; color: #333; white-space: pre-line }
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
    steps = "".join(f"<li>{escape(step)}</li>" for step in words.steps)
    name = f'<p class="name">{escape(card.name)}</p>' if card.name else ""
    return (
        f'<article class="card"><h2>{escape(words.title)}</h2>{qr_svg(card.link)}<div>{name}'
        f'<p class="village">{escape(card.village)}</p><ol>{steps}</ol></div>'
        f"<footer>{escape(words.note)}</footer></article>\n"
    )
