"""Builds tables the way offices send them: workbooks with styles, texts in every encoding."""

import io
import zipfile
from collections.abc import Callable, Sequence
from datetime import date

import openpyxl
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from openpyxl.workbook import Workbook

from backend.domain.villages import Villages
from backend.files.cells import Source
from backend.files.rosters import Rejected, RosterRow, read_roster

TODAY = date(2026, 11, 23)
TOWNSHIP, DONGFENG, SHIQIAO = "610329100000", "610329100201", "610329100202"
VILLAGES = Villages({TOWNSHIP: "安和镇", DONGFENG: "东风村", SHIQIAO: "石桥村民委员会"})
HEADER = ("姓名", "手机号", "身份证号", "出生日期", "村(社区)", "户编号", "语言", "备注")
FANG = ("王芳", "13800138000", "11010519491231002X", "1949-12-31", "东风村", "12", "汉语", "")
NA = ("李娜", "13900139000", "", "1990-5-3", "石桥村", "", "", "新来的")

Cells = Sequence[object]


def xlsx(
    *rows: Cells, is_1904: bool = False, change: Callable[[Workbook], None] | None = None
) -> bytes:
    """A workbook with these rows on its first sheet; `change` styles it before it is saved."""
    book = openpyxl.Workbook()
    if is_1904:
        book.epoch = CALENDAR_MAC_1904
    sheet = book.worksheets[0]
    for line, row in enumerate(rows, 1):
        for column, value in enumerate(row, 1):
            sheet.cell(line, column).value = value  # type: ignore[assignment]
    if change:
        change(book)
    packed = io.BytesIO()
    book.save(packed)
    return packed.getvalue()


def repacked(workbook: bytes, part: str, change: Callable[[bytes], bytes]) -> bytes:
    """The workbook with one of its parts changed."""
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook)) as old, zipfile.ZipFile(packed, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            new.writestr(name, change(content) if name == part else content)
    return packed.getvalue()


def text(*rows: Cells, separator: str = ",", end: str = "\r\n") -> str:
    """Separated text with these rows."""
    return end.join(separator.join(map(str, row)) for row in rows) + end


def read(source: Source) -> list[RosterRow | Rejected]:
    """All rows of a roster."""
    return list(read_roster(source, VILLAGES, TODAY))


def taken(source: Source) -> list[RosterRow]:
    """All rows of a roster that has no wrong one."""
    rows = read(source)
    assert not [row for row in rows if isinstance(row, Rejected)]
    return [row for row in rows if isinstance(row, RosterRow)]


def refused(source: Source) -> list[tuple[int, str, str]]:
    """Line, field and code of each rejected row."""
    return [(row.line, row.field, row.code) for row in read(source) if isinstance(row, Rejected)]
