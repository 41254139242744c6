"""A roster gives what each row says, or the line, the field and the reason why not."""

from datetime import date, datetime, time
from operator import methodcaller

import pytest
from openpyxl.workbook import Workbook

from backend.domain.people import Rejection
from backend.files.rosters import read_roster
from tests.backend.files.old_workbook import xls
from tests.backend.files.sheets import (
    DONGFENG,
    FANG,
    HEADER,
    NA,
    SHIQIAO,
    TODAY,
    VILLAGES,
    read,
    refused,
    repacked,
    taken,
    text,
    xlsx,
)

BORN = date(1990, 5, 3)


def csv(*rows: tuple[object, ...]) -> bytes:
    """A UTF-8 text with the usual header above the rows."""
    return text(HEADER, *rows).encode()


def with_cell(field: str, value: object) -> tuple[object, ...]:
    """李娜's row with one cell changed."""
    return tuple(value if title == field else old for title, old in zip(HEADER, NA, strict=True))


def test_every_value_of_a_row_arrives_in_its_normal_form() -> None:
    fang, na = taken(csv(FANG, NA))
    assert fang == (
        *(2, "王芳", "11010519491231002X", "13800138000", date(1949, 12, 31), "female"),
        *(DONGFENG, "12", "汉语", None, None, None),
    )
    assert na == (
        *(3, "李娜", None, "13900139000", BORN, None),
        *(SHIQIAO, None, None, "新来的", None, None),
    )


def test_the_workbook_says_the_same_as_the_text() -> None:
    assert taken(xlsx(HEADER, FANG, NA)) == taken(csv(FANG, NA))
    assert taken(xls([HEADER, FANG, NA])) == taken(csv(FANG, NA))


def test_only_name_and_village_are_needed() -> None:
    (row,) = taken(text(("村", "姓名"), ("东风", "王芳")).encode())
    assert (row.name, row.village_code) == ("王芳", DONGFENG)
    assert (row.id_number, row.phone, row.birth_date, row.sex) == (None, None, None, None)


def test_a_short_row_is_read_as_far_as_it_goes() -> None:
    (row,) = taken(text(("姓名", "村", "手机"), ("王芳", "东风村")).encode())
    assert row.phone is None


def test_signs_for_nothing_leave_a_field_empty() -> None:
    (row,) = taken(csv(("王芳", "无", "-", "/", "东风村", "—", "", "暂无")))
    assert row[2:6] == (None, None, None, None)
    assert row[7:] == (None, None, None, None, None)


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("姓名", "", Rejection.NAME_MISSING),
        ("姓名", "12", Rejection.NAME_UNREADABLE),
        ("手机号", "1380013800", Rejection.PHONE_UNREADABLE),
        ("手机号", "13800138000/13900139000", Rejection.PHONE_SEVERAL),
        ("身份证号", "110105194912310021", Rejection.ID_NUMBER_CHECKSUM),
        ("身份证号", "H12345678", Rejection.ID_NUMBER_OTHER_DOCUMENT),
        ("身份证号", "1.10105E+17", Rejection.ID_NUMBER_STORED_AS_NUMBER),
        ("出生日期", "1990-2-30", Rejection.BIRTH_DATE_UNREADABLE),
        ("出生日期", "2027-1-1", Rejection.BIRTH_DATE_IN_FUTURE),
        ("村(社区)", "", Rejection.VILLAGE_MISSING),
        ("村(社区)", "西沟村", Rejection.VILLAGE_UNKNOWN),
    ],
)
def test_a_wrong_value_rejects_its_row_and_costs_nothing_else(
    field: str, value: str, code: Rejection
) -> None:
    for content in (
        csv(FANG, with_cell(field, value), NA),
        xlsx(HEADER, FANG, with_cell(field, value), NA),
    ):
        assert refused(content) == [(3, code.field, code)]
        assert len(read(content)) == 3


def test_a_birth_date_that_contradicts_the_id_number_is_rejected() -> None:
    row = (*FANG[:3], "1949-12-30", *FANG[4:])
    assert refused(csv(row)) == [(2, "birth_date", Rejection.BIRTH_DATE_CONTRADICTS_ID)]


def test_an_id_number_stored_as_a_number_is_rejected_and_a_phone_is_fine() -> None:
    fine = ("李娜", 13900139000, "", "1990-5-3", 610329100202, 7)
    ruined = ("王芳", 13800138000, 110105194912310021, "", "东风村")
    rows = read(xlsx(HEADER, fine, ruined))
    assert rows[0][3:8] == ("13900139000", BORN, None, SHIQIAO, "7")
    assert rows[1] == (3, "id_number", Rejection.ID_NUMBER_STORED_AS_NUMBER)


@pytest.mark.parametrize(
    "cell",
    [datetime.combine(BORN, time(8, 30)), BORN, 32996, 32996.5, 19900503, "1990年5月3日", "32996"],
)
def test_dates_in_workbooks_are_read_as_dates_serials_and_text(cell: object) -> None:
    (row,) = taken(xlsx(HEADER, with_cell("出生日期", cell)))
    assert row.birth_date == BORN


@pytest.mark.parametrize("cell", [BORN, 32996 - 1462])
def test_dates_that_count_from_1904_are_read_as_such(cell: object) -> None:
    (row,) = taken(xlsx(HEADER, with_cell("出生日期", cell), is_1904=True))
    assert row.birth_date == BORN


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        (1990, Rejection.BIRTH_DATE_INCOMPLETE),
        (0.5, Rejection.BIRTH_DATE_UNREADABLE),
        (True, Rejection.BIRTH_DATE_UNREADABLE),
        (-3, Rejection.BIRTH_DATE_UNREADABLE),
        (date(2027, 1, 1), Rejection.BIRTH_DATE_IN_FUTURE),
    ],
)
def test_a_cell_that_is_no_birth_date_is_rejected(cell: object, code: Rejection) -> None:
    assert refused(xlsx(HEADER, with_cell("出生日期", cell))) == [(2, "birth_date", code)]


def test_a_bare_year_in_a_date_cell_is_not_taken_for_a_day_of_1905() -> None:
    def as_date(book: Workbook) -> None:
        book.worksheets[0]["D2"].number_format = "yyyy-mm-dd"

    content = xlsx(HEADER, with_cell("出生日期", 1990), change=as_date)
    assert refused(content) == [(2, "birth_date", Rejection.BIRTH_DATE_TOO_EARLY)]


def test_an_error_in_a_cell_rejects_its_row_instead_of_being_dropped() -> None:
    def with_error(book: Workbook) -> None:
        book.worksheets[0]["B3"] = "#N/A"
        book.worksheets[0]["B3"].data_type = "e"

    content = xlsx(HEADER, FANG, NA, change=with_error)
    assert refused(content) == [(3, "phone", Rejection.PHONE_UNREADABLE)]


def test_an_id_number_in_a_cell_formatted_as_a_date_costs_only_its_row() -> None:
    def as_date(book: Workbook) -> None:
        book.worksheets[0]["C2"].number_format = "yyyy-mm-dd"

    ruined = with_cell("身份证号", 110105194912310021)
    assert refused(xlsx(HEADER, ruined, FANG, change=as_date)) == [
        (2, "id_number", Rejection.ID_NUMBER_STORED_AS_NUMBER)
    ]


def test_lines_are_counted_as_the_office_sees_them() -> None:
    wrong = with_cell("手机号", "1")
    rows = (("安和镇花名册",), (), HEADER, (), FANG, ("\u3000", " "), wrong)
    assert refused(xlsx(*rows)) == [(7, "phone", Rejection.PHONE_UNREADABLE)]
    assert refused(text(*rows).encode()) == [(7, "phone", Rejection.PHONE_UNREADABLE)]


def test_a_cell_with_line_breaks_counts_as_one_line() -> None:
    noted = (*NA[:7], '"第一行\r\n第二行"')
    assert refused(csv(noted, with_cell("手机号", "1"))) == [
        (3, "phone", Rejection.PHONE_UNREADABLE)
    ]


def test_hidden_rows_count_and_merged_villages_reach_down() -> None:
    def hidden_and_merged(book: Workbook) -> None:
        sheet = book.worksheets[0]
        sheet.row_dimensions[3].hidden = True
        sheet.merge_cells("B2:B4")

    rows = (("姓名", "村"), ("王芳", "东风村"), ("李娜", None), ("赵敏", None), ("周丽", "石桥村"))
    found = taken(xlsx(*rows, change=hidden_and_merged))
    assert [(row.name, row.village_code) for row in found] == [
        *(("王芳", DONGFENG), ("李娜", DONGFENG), ("赵敏", DONGFENG)),
        ("周丽", SHIQIAO),
    ]


def test_a_row_of_other_columns_only_is_reported_and_a_blank_one_is_not() -> None:
    content = csv(FANG, ("", "", "", "", "", "", "", "合计1人"), ("\u200b", "\0", " "))
    assert refused(content) == [(3, "name", Rejection.NAME_MISSING)]


def test_the_second_of_two_phone_columns_counts_where_the_first_is_empty() -> None:
    header = ("姓名", "村", "手机", "联系电话")
    rows = (("王芳", "东风村", "", "13800138000"), ("李娜", "东风村", "13900139000", "13700137000"))
    assert [row.phone for row in taken(text(header, *rows).encode())] == [
        *("13800138000", "13900139000")
    ]


def test_sex_comes_from_the_id_number_else_from_its_column() -> None:
    header = ("姓名", "村", "身份证号", "性别")
    rows = (
        ("王芳", "东风村", FANG[2], "男"),
        ("李娜", "东风村", "", "女"),
        ("周", "东风村", "", "?"),
    )
    assert [row.sex for row in taken(text(header, *rows).encode())] == ["female", "female", None]


def test_the_opened_roster_tells_what_it_found() -> None:
    content = xlsx(("花名册",), ("序号", *HEADER, "婚姻状况"), (1, *FANG), (2, *NA))
    roster = read_roster(content, VILLAGES, TODAY)
    assert (roster.sheet, roster.header_line, roster.expected_rows) == ("Sheet", 2, 2)
    assert roster.unused_columns == ("序号", "婚姻状况")


def test_a_sheet_without_a_header_is_passed_over() -> None:
    def second_sheet(book: Workbook) -> None:
        book.create_sheet("名单").append(("姓名", "村"))
        book["名单"].append(("王芳", "东风村"))

    content = xlsx(("填表说明",), ("请先看这里", "谢谢"), change=second_sheet)
    assert read_roster(content, VILLAGES, TODAY).sheet == "名单"
    assert [row.name for row in taken(content)] == ["王芳"]


def test_a_hidden_sheet_comes_after_the_visible_ones() -> None:
    def hide_first(book: Workbook) -> None:
        book.create_sheet("新").append(("姓名", "村"))
        book.worksheets[0].sheet_state = "hidden"

    assert read_roster(xlsx(("姓名", "村"), change=hide_first), VILLAGES, TODAY).sheet == "新"


def test_number_cells_out_of_range_reject_their_row() -> None:
    content = xlsx(HEADER, with_cell("出生日期", 33000), FANG)
    for value in (b">1e308<", b">-1e308<", b">99999999999999999999<"):
        wrong = repacked(
            content, "xl/worksheets/sheet1.xml", methodcaller("replace", b">33000<", value)
        )
        assert refused(wrong) == [(2, "birth_date", Rejection.BIRTH_DATE_UNREADABLE)]


@pytest.mark.parametrize(
    ("written", "place", "code"),
    [("石桥村", "石桥村", SHIQIAO), ("四川省达州市", "四川省达州市", None), ("—", None, None)],
)
def test_the_village_is_where_she_lives_and_the_registered_place_stands_beside_it(
    written: str, place: str | None, code: str | None
) -> None:
    header, fang = (*HEADER, "户籍地"), (*FANG, written)
    (row,) = taken(text(header, fang).encode())
    assert (row.village_code, row.registered, row.registered_code) == (DONGFENG, place, code)


@pytest.mark.parametrize(
    "header",
    [
        ("姓名", "手机号", "身份证号", "出生日期", "村(社区)", "户编号", "语言", "备注"),
        ("姓名", "联系电话", "公民身份号码", "出生日期", "村居", "户编号", "语言", "备注"),
        ("name", "phone", "id number", "birth date", "village", "household", "语言", "备注"),
    ],
    ids=["usual", "official", "English"],
)
@pytest.mark.parametrize("village", ["东风村", DONGFENG], ids=["name", "code"])
@pytest.mark.parametrize(
    "day",
    [
        "1990-5-3",
        "1990/05/03",
        "1990.5.3",
        "19900503",
        "1990年5月3日",
        " １９９０－５－３ ",
        "32996",
    ],
)
def test_titles_blanks_encodings_names_and_dates_all_say_the_same(
    header: tuple[str, ...], village: str, day: str
) -> None:
    row = ("王芳", "１３８００１３８０００ ", "", day, village, "12", "中文", "")
    rows = (("村民花名册",), ("",), header, row)
    written = text(*rows)
    ways = (written.encode(), written.encode("utf-8-sig"), written.encode("gb18030"), xlsx(*rows))
    for content in ways:
        (read_as,) = taken(content)
        said = (read_as.phone, read_as.birth_date, read_as.village_code, read_as.household)
        assert said == ("13800138000", BORN, DONGFENG, "12")
        assert read_as.line == 4
