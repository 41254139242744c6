"""Reads one .xls from standard input and writes its sheets as JSON; run in a process of its own.

A damaged or crafted .xls can make the reader ask for more memory than there is, which ends the
process it runs in. Knows nothing of this project, so that it starts fast: exits with 0, with
`LOCKED` for a workbook with a password, with anything else for one that cannot be read.
"""

import contextlib
import io
import json
import sys
from datetime import date, time

from python_calamine import CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum

LOCKED = 3
_MOST_MEMORY_BYTES = 1 << 30


def main() -> None:
    """Read, convert, write."""
    _limit_memory()
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(sys.stdin.buffer.read()))
    except PasswordError:
        sys.exit(LOCKED)
    sheets = [sheet for sheet in book.sheets_metadata if sheet.typ == SheetTypeEnum.WorkSheet]
    sheets.sort(key=lambda sheet: sheet.visible != SheetVisibleEnum.Visible)
    json.dump([_sheet(book, sheet.name) for sheet in sheets], sys.stdout, default=_written)


def _sheet(book: CalamineWorkbook, name: str) -> dict[str, object]:
    """The sheet's name, rows from the first line on, and merged ranges."""
    sheet = book.get_sheet_by_name(name)
    merged = sheet.merged_cell_ranges or []
    return {"name": name, "rows": list(sheet.iter_rows()), "merged": merged}


def _written(cell: object) -> str:
    """Dates and times as text in ISO form."""
    return cell.isoformat() if isinstance(cell, date | time) else str(cell)


def _limit_memory() -> None:
    """Let the system refuse what no roster needs, where the system can."""
    with contextlib.suppress(ImportError, OSError, ValueError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (_MOST_MEMORY_BYTES, _MOST_MEMORY_BYTES))


if __name__ == "__main__":
    main()
