"""Finding the header of a table: below title and blank rows, columns in any order and wording."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain, islice

from backend.domain.errors import ColumnsMissing, HeaderNotFound, SuixingError, TableEmpty
from backend.domain.people import tidy
from backend.files.cells import Row, Table, text_of

# Titles and notes above a header seldom take more than five rows.
_HEADER_WITHIN_ROWS = 40
_HEADER_WITHIN_COLUMNS = 300
_FOUND_LENGTH = 80
_IN_BRACKETS = re.compile(r"\([^)]*\)|\[[^]]*\]|【[^】]*】|〔[^〕]*〕")
_SIGNS = re.compile(r"[\s*:_./、·#()\[\]-]+")

Wordings = Mapping[str, frozenset[str]]


def wordings(**columns: str) -> Wordings:
    """A column's usual names by field, from words separated by blanks."""
    return {field: frozenset(words.split()) for field, words in columns.items()}


@dataclass(frozen=True)
class Header:
    """Where a table's columns are: cell indexes by field, in the order they stand in the row."""

    line: int
    columns: Mapping[str, tuple[int, ...]]
    texts: tuple[str, ...]

    @property
    def unused(self) -> tuple[str, ...]:
        """The names of the columns nothing is taken from."""
        used = {index for indexes in self.columns.values() for index in indexes}
        return tuple(text for i, text in enumerate(self.texts) if text and i not in used)


@dataclass(frozen=True)
class Body:
    """A table with its header found: the rows below it, to be read once."""

    table: Table
    header: Header
    rows: Iterator[tuple[int, Row]]

    @property
    def expected_rows(self) -> int:
        """About how many rows are below the header, blank ones included."""
        return max(0, self.table.last_line - self.header.line)


def find_body(tables: Iterable[Table], known: Wordings, required: tuple[str, ...]) -> Body:
    """The first table with a header that has all required fields.

    Raises `ColumnsMissing` for the nearest to a header otherwise, `HeaderNotFound` if no row looks
    like one, `TableEmpty` if there is nothing at all.
    """
    problem: SuixingError | None = None
    for table in tables:
        found = _body_or_problem(table, known, required)
        if isinstance(found, Body):
            return found
        if problem is None or isinstance(problem, TableEmpty):
            problem = found
    raise problem or TableEmpty


def _body_or_problem(
    table: Table, known: Wordings, required: tuple[str, ...]
) -> Body | SuixingError:
    """The body of this table, or why it has none."""
    rows = iter(table.rows)
    best: Header | None = None
    first_text = ""
    for line, cells in islice(rows, _HEADER_WITHIN_ROWS):
        header = _header(line, cells, known)
        if header.columns.keys() >= set(required):
            return _below(table, header, rows, known)
        first_text = first_text or _shown(header)
        if len(header.columns) > (len(best.columns) if best else 0) and _names_several(header):
            best = header
    if best:
        missing = tuple(field for field in required if field not in best.columns)
        return ColumnsMissing(line=best.line, missing=missing, found=_shown(best))
    return HeaderNotFound(found=first_text) if first_text else TableEmpty()


def _names_several(header: Header) -> bool:
    """Whether more than one cell says anything, as a title's row does not."""
    return sum(map(bool, header.texts)) > 1


def _below(table: Table, header: Header, rows: Iterator[tuple[int, Row]], known: Wordings) -> Body:
    """The body below the header, or below its second row where it has two."""
    following = next(rows, None)
    if following is None:
        return Body(table, header, rows)
    second = _header(*following, known)
    if second.columns.keys() >= header.columns.keys():
        return Body(table, second, rows)
    return Body(table, header, chain([following], rows))


def _header(line: int, cells: Row, known: Wordings) -> Header:
    """The row read as if it were a header."""
    texts = tuple(tidy(text_of(cell)) for cell in cells[:_HEADER_WITHIN_COLUMNS])
    columns: dict[str, tuple[int, ...]] = {}
    for index, text in enumerate(texts):
        word = _word(text)
        for field, words in known.items():
            if word in words:
                columns[field] = (*columns.get(field, ()), index)
    return Header(line, columns, texts)


def _word(text: str) -> str:
    """A column's name without notes in brackets, blanks and signs, in small letters."""
    text = text.lower()
    return _SIGNS.sub("", _IN_BRACKETS.sub("", text)) or _SIGNS.sub("", text)


def _shown(header: Header) -> str:
    """The row's texts in one short line, for the person who sent the file."""
    return " | ".join(text for text in header.texts if text)[:_FOUND_LENGTH]
