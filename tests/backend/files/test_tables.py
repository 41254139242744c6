"""Any file is told by its content: read as the table it is, or refused with the reason."""

import codecs
import io
import re
import zipfile
from collections.abc import Callable
from operator import methodcaller
from pathlib import Path

import pytest
from openpyxl.workbook import Workbook

from backend.domain.errors import (
    ColumnsMissing,
    HeaderNotFound,
    SuixingError,
    TableDamaged,
    TableEmpty,
    TableKindUnsupported,
    TableLocked,
    TableTooLarge,
)
from tests.backend.files.old_workbook import xls
from tests.backend.files.sheets import FANG, HEADER, NA, read, refused, repacked, taken, text, xlsx

PLAIN = text(HEADER, FANG, NA)
SHEET = "xl/worksheets/sheet1.xml"


@pytest.mark.parametrize(
    "content",
    [
        PLAIN.encode(),
        PLAIN.encode("utf-8-sig"),
        PLAIN.encode("gb18030"),
        PLAIN.encode("utf-16"),
        codecs.BOM_UTF16_BE + PLAIN.encode("utf-16-be"),
        PLAIN.encode("utf-16-le"),
        PLAIN.encode("utf-16-be"),
    ],
    ids=["utf-8", "utf-8-bom", "gb18030", "utf-16", "utf-16-be-bom", "utf-16-le", "utf-16-be"],
)
def test_text_is_read_in_every_encoding_offices_use(content: bytes) -> None:
    assert [row.name for row in taken(content)] == ["王芳", "李娜"]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_separators_and_line_ends_are_found_out(separator: str, end: str) -> None:
    noted = (*NA[:7], "甲,乙,丙" if separator != "," else "甲;乙;丙")
    rows = taken(text(HEADER, FANG, noted, separator=separator, end=end).encode())
    assert [(row.line, row.name, row.remarks) for row in rows] == [
        (2, "王芳", None),
        (3, "李娜", noted[7]),
    ]


def test_a_separator_hint_is_obeyed_and_is_no_line() -> None:
    assert [
        row.line for row in taken(("sep=;\r\n" + text(HEADER, FANG, separator=";")).encode())
    ] == [2]


def test_rare_characters_survive_gb18030() -> None:
    content = text(("姓名", "村"), ("㛃𠮷·阿依", "东风村")).encode("gb18030")
    assert taken(content)[0].name == "㛃𠮷·阿依"


def test_a_damaged_byte_costs_only_its_row() -> None:
    for encoding in ("utf-8", "gb18030"):
        good = PLAIN.encode(encoding)
        name = "李娜".encode(encoding)
        damaged = good.replace(name, name[:-1] + b"\xff")
        assert refused(damaged) == [(3, "name", "name_unreadable")]
        assert len(read(damaged)) == 2


def test_a_text_cut_off_within_a_character_keeps_its_whole_rows() -> None:
    cut = text(("姓名", "村"), ("王芳", "东风村"), ("李娜", "石桥村")).encode()[:-4]
    assert [row.line for row in read(cut)] == [2, 3]
    assert refused(cut) == [(3, "village", "village_unknown")]


def test_a_quotation_mark_left_open_costs_only_its_row() -> None:
    rows = [FANG] * 40
    rows[3] = ('"王丽', *FANG[1:])
    rows[7] = ('"小"王', *FANG[1:])
    found = read(text(HEADER, *rows).encode())
    assert [row.line for row in found] == list(range(2, 42))
    assert not refused(text(HEADER, *rows[4:]).encode())


def test_zero_bytes_are_dropped_like_other_unseen_characters() -> None:
    assert taken((PLAIN + "\0" * 300).encode()) == taken(PLAIN.encode())


def test_a_very_long_line_is_no_obstacle() -> None:
    long = (*NA[:7], "很长" * 200_000)
    assert [row.line for row in read(text(HEADER, FANG, long).encode())][:2] == [2, 3]


def test_the_name_of_the_file_does_not_matter(tmp_path: Path) -> None:
    misnamed = tmp_path / "roster.csv"
    misnamed.write_bytes(xlsx(HEADER, FANG))
    assert [row.name for row in taken(misnamed)] == ["王芳"]
    misnamed.write_bytes(xls([HEADER, FANG]))
    assert [row.name for row in taken(misnamed)] == ["王芳"]


@pytest.mark.parametrize(
    "title",
    [
        "姓 名",
        "姓名*",
        "*姓名：",
        "姓名（必填）",
        "居民姓名",
        "\u3000姓名\u200b",
        "Name",
        "FULL NAME",
        "full_name",
    ],
)
@pytest.mark.parametrize(
    "village", ["村(社区)", "村（社区）", "村/社区", "村居", "所在村", "Village", "行政区划代码"]
)
def test_columns_are_known_by_every_usual_name(title: str, village: str) -> None:
    assert len(taken(xlsx(("序号", village, title), (1, "东风村", "王芳")))) == 1


def test_a_header_may_stand_below_titles_and_take_two_rows() -> None:
    def merged(book: Workbook) -> None:
        for cells in ("A1:D1", "A3:A4", "B3:B4", "C3:D3"):
            book.worksheets[0].merge_cells(cells)

    rows = (
        ("安和镇村居花名册", None, None, None),
        (),
        ("姓名", "村", "联系方式", None),
        (None, None, "手机", "备注"),
        ("王芳", "东风村", "13800138000", "甲"),
    )
    (row,) = taken(xlsx(*rows, change=merged))
    assert (row.line, row.phone, row.remarks) == (5, "13800138000", "甲")


def test_a_missing_column_is_named_with_what_was_found() -> None:
    with pytest.raises(ColumnsMissing) as raised:
        read(xlsx(("名单",), ("姓名", "电话", "年龄"), ("王芳", "1", 2)))
    assert (raised.value.line, raised.value.missing) == (2, ("village",))
    assert raised.value.found == "姓名 | 电话 | 年龄"


def test_a_table_without_a_header_is_refused_with_how_it_begins() -> None:
    with pytest.raises(HeaderNotFound) as raised:
        read(text(FANG, NA).encode())
    assert raised.value.found.startswith("王芳 | 13800138000")
    assert "王芳" not in str(raised.value) + repr(raised.value)


def changed(old: bytes, new: bytes) -> Callable[[bytes], bytes]:
    """What replaces the one with the other."""
    return methodcaller("replace", old, new)


def far_cell(reference: bytes) -> bytes:
    """A workbook with a value in a cell far out."""
    row = b'<row><c r="%s"><v>1</v></c></row></sheetData>' % reference
    return repacked(xlsx(HEADER, FANG), SHEET, changed(b"</sheetData>", row))


def locked_xlsx() -> bytes:
    """The outside of a workbook with a password."""
    return xls([["x"]]).replace(
        "Workbook".encode("utf-16-le"), "EncryptedPackage".encode("utf-16-le")
    )


def bomb() -> bytes:
    """A workbook of a few kilobytes that unfolds to 200 megabytes."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as part:
            for _ in range(200):
                part.write(bytes(1 << 20))
    return packed.getvalue()


def archive_of(name: str) -> bytes:
    """A ZIP archive with one empty part."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(name, "")
    return packed.getvalue()


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (b"", TableEmpty),
        (b"\xef\xbb\xbf\r\n\r\n", TableEmpty),
        (b",,,\r\n,,,\r\n", TableEmpty),
        (xlsx(), TableEmpty),
        (b"%PDF-1.7 ...", TableKindUnsupported),
        (b"\x89PNG\r\n\x1a\n", TableKindUnsupported),
        ("<html><table><tr><td>姓名".encode(), TableKindUnsupported),
        (archive_of("word/document.xml"), TableKindUnsupported),
        (
            xls([["x"]]).replace("Workbook".encode("utf-16-le"), b"W\0o\0r\0d\0D\0o\0c\0"),
            TableKindUnsupported,
        ),
        (locked_xlsx(), TableLocked),
        (xlsx(HEADER, FANG)[:3000], TableDamaged),
        (b"PK\x03\x04" + bytes(50), TableDamaged),
        (archive_of("xl/workbook.xml"), TableDamaged),
        (repacked(xlsx(HEADER, FANG), SHEET, changed(b"</c>", b"</d>")), TableDamaged),
        (xls([HEADER, FANG])[:3000], TableDamaged),
        (bomb(), TableTooLarge),
        (far_cell(b"XFD1048576"), TableTooLarge),
        (far_cell(b"ZZZZZZZZZ1"), TableDamaged),
        (far_cell(b"A99999999999999"), TableDamaged),
        (far_cell(b"AZ0001048576"), TableDamaged),
    ],
    ids=lambda value: value.__name__ if isinstance(value, type) else "",
)
def test_a_file_that_is_no_roster_is_refused_with_its_reason(
    content: bytes, error: type[SuixingError]
) -> None:
    with pytest.raises(error):
        read(content)


def test_a_formatted_cell_far_out_does_not_make_a_table_large() -> None:
    empty = b'<row r="1048576"><c r="XFD1048576" s="1"/></row></sheetData>'
    content = repacked(xlsx(HEADER, FANG), SHEET, changed(b"</sheetData>", empty))
    assert len(taken(content)) == 1


@pytest.mark.parametrize(
    "cell",
    [
        b'<c r="A9" r="XFD1048576"><v>1</v></c>',
        b"<c r='XFD1048576'><v>1</v></c>",
        b'<c\nr = "XFD1048576"><v>1</v></c>',
        b'<c s="&gt;>" r="XFD1048576"><v>1</v></c>',
        b'<x:c xmlns:x="y" r="XFD1048576"><v>1</v></x:c>',
        b'<main:c xmlns:main="y" r="XFD1048576"><v>1</v></main:c>',
        b"<c/>" * 100 + b"<c><v>1</v></c>",
    ],
)
def test_no_spelling_of_a_place_far_out_gets_past_the_measuring(cell: bytes) -> None:
    row = b'<row r="1048576">' + cell + b"</row></sheetData>"
    content = repacked(xlsx(HEADER, FANG), SHEET, changed(b"</sheetData>", row))
    with pytest.raises((TableTooLarge, TableDamaged)):
        read(content)


def test_a_sheet_whose_cells_name_no_place_is_read_in_their_order() -> None:
    def without_places(sheet: bytes) -> bytes:
        return re.sub(rb'(<c|<row) r="\w+"', rb"\1", sheet)

    assert len(taken(repacked(xlsx(HEADER, FANG), SHEET, without_places))) == 1


def test_a_sheet_with_prefixed_elements_is_read_too() -> None:
    def prefixed(sheet: bytes) -> bytes:
        return re.sub(rb"<(/?)(?=\w)", rb"<\1x:", sheet).replace(b"xmlns=", b"xmlns:x=")

    assert len(taken(repacked(xlsx(HEADER, FANG), SHEET, prefixed))) == 1
