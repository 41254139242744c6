"""The sheets of a workbook (.xlsx), checked before they are unfolded in memory.

Only a checked copy is read: the parts that matter, unpacked within a limit, so that
neither a bomb nor an archive that contradicts itself reaches the reader.
"""

import io
import re
import zipfile
import zlib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from backend.domain.errors import TableDamaged, TableKindUnsupported, TableLocked, TableTooLarge
from backend.files.cells import Cell, Row, Source, Table
from backend.files.sheet_sizes import refuse_huge

MergedRange = tuple[tuple[int, int], tuple[int, int]]

_MOST_BYTES = 96 << 20
_WORKBOOK = "xl/workbook.xml"
_UNREAD = ("xl/media/", "xl/drawings/", "xl/charts/", "xl/theme/", "xl/embeddings/", "docprops/")
_ZIP_ERRORS = (
    zipfile.BadZipFile,
    zlib.error,
    NotImplementedError,
    EOFError,
    OSError,
    ValueError,
    KeyError,
)
_DATES_FROM_1904 = re.compile(rb"""date1904\s*=\s*["'](?:1|true)""")
# A cell with #N/A and the like: the reader would show it as empty, and the value would be lost.
_ERROR_CELL = re.compile(rb"""(<(?:\w+:)?c\s[^>]*?\bt=["'])e(?=["'])""")
# A number of 12 digits or more that is formatted as a date breaks the reader; without its style it
# is just a number.
_LONG_NUMBER = rb"v>\s*-?(?:\d{12,}|\d[\d.]*[eE]\+?\d{2,})"
_HAS_LONG_NUMBER = re.compile(_LONG_NUMBER)
_STYLED_LONG_NUMBER = re.compile(
    rb"""(<(?:\w+:)?c\s[^>]*?)\ss=["']\d+["']"""
    rb"""([^>]*>\s*(?:<(?:\w+:)?f[^<]*(?:</(?:\w+:)?f>)?)?<(?:\w+:)?""" + _LONG_NUMBER + rb")"
)


def open_xlsx(source: Source) -> Iterator[Table]:
    """The sheets of an .xlsx, visible ones first; raises `SuixingError` if it is no such file."""
    packed, is_1904 = _checked_copy(source)
    yield from _tables(packed, is_1904=is_1904)


def _checked_copy(source: Source) -> tuple[io.BytesIO, bool]:
    """An archive of the parts needed, and whether its dates count from 1904."""
    packed = io.BytesIO()
    is_1904 = False
    try:
        opened = io.BytesIO(source) if isinstance(source, bytes) else source
        with zipfile.ZipFile(opened) as archive, zipfile.ZipFile(packed, "w") as copy:
            if _WORKBOOK not in archive.namelist():
                raise TableKindUnsupported(kind="archive")
            for name, content in _parts(archive):
                is_1904 = is_1904 or bool(_DATES_FROM_1904.search(content[:4000]))
                copy.writestr(name, content)
    except RuntimeError as error:
        raise TableLocked from error
    except _ZIP_ERRORS as error:
        raise TableDamaged from error
    packed.seek(0)
    return packed, is_1904


def _parts(archive: zipfile.ZipFile) -> Iterator[tuple[str, bytes]]:
    """Name and content of each part worth reading."""
    left = _MOST_BYTES
    for info in archive.infolist():
        name = info.filename.lower()
        if name.startswith(_UNREAD) or not name.endswith((".xml", ".rels")):
            continue
        with archive.open(info) as part:
            content = part.read(left + 1)
        left -= len(content)
        if left < 0:
            raise TableTooLarge
        refuse_huge(content)
        yield info.filename, _made_readable(content)


def _made_readable(sheet: bytes) -> bytes:
    """The part without what the reader drops or breaks on; untouched if there is nothing such."""
    if b't="e"' in sheet or b"t='e'" in sheet:
        sheet = _ERROR_CELL.sub(rb"\1str", sheet)
    if _HAS_LONG_NUMBER.search(sheet):
        sheet = _STYLED_LONG_NUMBER.sub(rb"\1\2", sheet)
    return sheet


def _tables(packed: io.BytesIO, *, is_1904: bool) -> Iterator[Table]:
    """One table a sheet."""
    with _reader_errors():
        book = CalamineWorkbook.from_filelike(packed)
        sheets = [sheet for sheet in book.sheets_metadata if sheet.typ == SheetTypeEnum.WorkSheet]
    sheets.sort(key=lambda sheet: sheet.visible != SheetVisibleEnum.Visible)
    for listed in sheets:
        with _reader_errors():
            sheet = book.get_sheet_by_name(listed.name)
            height = sheet.end[0] + 1 if sheet.end else 0
            merged = sheet.merged_cell_ranges or ()
        rows = filled_rows(_rows(sheet), merged)
        yield Table(name=listed.name, rows=rows, last_line=height, is_1904=is_1904)


@contextmanager
def _reader_errors() -> Iterator[None]:
    """Turns whatever the reader raises, its panics included, into an error of our own."""
    try:
        yield
    except PasswordError as error:
        raise TableLocked from error
    except (CalamineError, OSError, ValueError, OverflowError) as error:
        raise TableDamaged from error
    except BaseException as error:
        # A panic of the reader has a class nobody can import, derived from BaseException.
        if type(error).__name__ != "PanicException":
            raise
        raise TableDamaged from error


def _rows(sheet: CalamineSheet) -> Iterator[list[Cell]]:
    """The rows from the first line on."""
    with _reader_errors():
        yield from sheet.iter_rows()


def filled_rows(
    rows: Iterable[list[Cell]], ranges: Iterable[MergedRange]
) -> Iterator[tuple[int, Row]]:
    """The rows by line; a cell merged downwards stands in each of its rows that holds anything."""
    merged: defaultdict[int, list[tuple[int, int]]] = defaultdict(list)
    for (top, left), (bottom, _) in ranges:
        if bottom > top:
            merged[top].append((left, bottom))
    reaching: dict[int, tuple[int, Cell]] = {}
    for index, cells in enumerate(rows):
        if reaching and any(cells):
            _fill(cells, reaching, index)
        for column, bottom in merged.get(index, ()):
            if column < len(cells):
                reaching[column] = (bottom, cells[column])
        yield index + 1, cells


def _fill(cells: list[Cell], reaching: dict[int, tuple[int, Cell]], index: int) -> None:
    """Write the cells that reach down into this row, forget those that ended above it."""
    for column, (bottom, cell) in list(reaching.items()):
        if index > bottom:
            del reaching[column]
        elif cells[column] == "":
            cells[column] = cell
