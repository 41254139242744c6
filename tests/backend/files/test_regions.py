"""The regions file is taken whole, or not at all with the line that is wrong."""

import pytest

from backend.domain.errors import (
    ColumnsMissing,
    RegionCodeWrong,
    RegionNameWrong,
    RegionTwice,
    SuixingError,
)
from backend.files.regions import Region, read_regions
from tests.backend.files.sheets import text, xlsx

HEADER = ("code", "name")
ANHE, DONGFENG = ("610329100000", "安和镇"), ("610329100201", "东风村")


def test_codes_and_names_are_read_from_text_and_workbook_alike() -> None:
    expected = (2, [Region(*ANHE), Region(*DONGFENG)])
    assert read_regions(text(HEADER, ANHE, DONGFENG).encode()) == expected
    assert read_regions(text(HEADER, ANHE, DONGFENG, separator=";").encode("gb18030")) == expected
    assert (
        read_regions(xlsx(("安和镇区划",), ("名称", "区划代码"), ANHE[::-1], DONGFENG[::-1]))
        == expected
    )


def test_a_code_stored_as_a_number_is_exact_and_taken() -> None:
    assert read_regions(xlsx(HEADER, (610329100201, "东风村"))) == (1, [Region(*DONGFENG)])


def test_a_repeated_row_is_counted_and_taken_once() -> None:
    content = text(HEADER, ANHE, DONGFENG, (), DONGFENG).encode()
    assert read_regions(content) == (3, [Region(*ANHE), Region(*DONGFENG)])


@pytest.mark.parametrize(
    ("row", "error"),
    [
        (("61032910020", "东风村"), RegionCodeWrong),
        (("610329100201001", "东风村"), RegionCodeWrong),
        (("6.10329E+11", "东风村"), RegionCodeWrong),
        (("", "东风村"), RegionCodeWrong),
        (("610329100202", ""), RegionNameWrong),
        (("610329100202",), RegionNameWrong),
        (("610329100202", "东" * 61), RegionNameWrong),
        (("610329100201", "东风社区"), RegionTwice),
    ],
)
def test_one_wrong_row_refuses_the_file_and_names_its_line(
    row: tuple[str, ...], error: type[SuixingError]
) -> None:
    with pytest.raises(error) as raised:
        read_regions(text(HEADER, (), DONGFENG, row).encode())
    assert vars(raised.value)["line"] == 4


def test_a_regions_file_needs_its_header() -> None:
    with pytest.raises(ColumnsMissing) as raised:
        read_regions(
            text(("代码", "名字", "村名称"), ANHE).encode().replace("村名称".encode(), b"x")
        )
    assert raised.value.missing == ("name",)
