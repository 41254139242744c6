"""A person's own data as a page she can read and print."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

Cell = str | int | bool | None

_STYLE = """
body { font: 18px/1.6 "Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei", sans-serif;
  max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color: #222; }
h1 { font-size: 1.6rem; } h2 { font-size: 1.2rem; margin-top: 2rem; }
table { border-collapse: collapse; width: 100%; font-size: 0.9rem; }
th, td { border: 1px solid #999; padding: 0.3rem 0.6rem; text-align: left; vertical-align: top; }
th { background: #f0f0ec; } caption, .none { color: #555; text-align: left; }
@page { size: A4; margin: 15mm; } @media print { body { margin: 0; max-width: none; } }
"""


@dataclass(frozen=True, slots=True)
class DossierWords:
    """The words of the page: its title, what it is, and names for tables, columns and values."""

    locale: str
    title: str
    introduction: str
    nothing: str
    names: Mapping[str, str]


def render(data: Mapping[str, Sequence[Mapping[str, Cell]]], words: DossierWords) -> str:
    """The page as self-contained HTML: a section a table, in the order given."""
    sections = "".join(_section(table, rows, words) for table, rows in data.items())
    return (
        f'<!doctype html><html lang="{escape(words.locale.replace("_", "-"))}"><head>'
        '<meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>{escape(words.title)}</title><style>{_STYLE}</style></head><body>"
        f"<h1>{escape(words.title)}</h1><p>{escape(words.introduction)}</p>{sections}</body></html>"
    )


def _section(table: str, rows: Sequence[Mapping[str, Cell]], words: DossierWords) -> str:
    heading = f"<h2>{_name(table, words)}</h2>"
    if not rows:
        return f'{heading}<p class="none">{escape(words.nothing)}</p>'
    if len(rows) == 1:
        return f"{heading}<table>{_sheet(rows[0], words)}</table>"
    head = "".join(f"<th>{_name(column, words)}</th>" for column in rows[0])
    body = "".join(f"<tr>{_cells(row, words)}</tr>" for row in rows)
    return f"{heading}<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _sheet(row: Mapping[str, Cell], words: DossierWords) -> str:
    """A single row, laid out as one line for each of its columns."""
    return "".join(
        f"<tr><th>{_name(column, words)}</th><td>{_value(value, words)}</td></tr>"
        for column, value in row.items()
        if value is not None
    )


def _cells(row: Mapping[str, Cell], words: DossierWords) -> str:
    return "".join(f"<td>{_value(value, words)}</td>" for value in row.values())


def _name(key: str, words: DossierWords) -> str:
    return escape(words.names.get(key, key))


def _value(value: Cell, words: DossierWords) -> str:
    if value is None:
        return ""
    return escape(words.names.get(str(value), str(value)))
