"""What is written about a person is brought to one form, or refused with its reason."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta

import pytest
from hypothesis import given as for_all
from hypothesis import strategies as st

from backend.domain.errors import WrongValue
from backend.domain.people import (
    Rejection,
    check_character,
    locale_of,
    mask_name,
    mask_phone,
    parse_birth_date,
    parse_id_number,
    parse_name,
    parse_phone,
    parse_sex,
    tidy,
)

TODAY = date(2026, 11, 23)
FANG = "11010519491231002X"

id_bases = st.builds(
    lambda place, born, order: f"{place}{born:%Y%m%d}{order:03}",
    st.integers(110000, 659999),
    st.dates(date(1926, 1, 1), TODAY),
    st.integers(0, 999),
)


def refusal(parse: Callable[[], object]) -> str:
    """The reason the call is refused with."""
    with pytest.raises(WrongValue) as raised:
        parse()
    return raised.value.reason


@contextmanager
def suppress_refusal(reasons: set[str]) -> Iterator[None]:
    """Notes the reason of a refusal instead of raising it."""
    try:
        yield
    except WrongValue as wrong:
        reasons.add(wrong.reason)


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("王芳", "王芳"),
        (" 王 芳\u3000", "王芳"),
        ("王\u3000芳", "王芳"),
        ("王\u200b芳\ufeff", "王芳"),
        ("'王芳", "王芳"),
        ('="王芳"', "王芳"),
        ("阿依古丽•买买提", "阿依古丽·买买提"),
        ("阿依古丽．买买提", "阿依古丽·买买提"),
        ("Anna   Li", "Anna Li"),
        ("Ａｎｎａ", "Anna"),
        ("王芳（大）", "王芳(大)"),
        ("𠮷田", "𠮷田"),
        ("\ue863小明", "\ue863小明"),
    ],
)
def test_a_name_has_one_form_however_it_was_typed(written: str, name: str) -> None:
    assert parse_name(written) == name


@pytest.mark.parametrize("written", ["", "  ", "\u3000", "\u200b", "-", "无", "/"])
def test_a_sign_for_nothing_is_no_name(written: str) -> None:
    assert refusal(lambda: parse_name(written)) == Rejection.NAME_MISSING


@pytest.mark.parametrize("written", ["12", "#N/A", "=A1", "王\ufffd", "?!", "王" * 61])
def test_what_cannot_be_a_name_is_refused(written: str) -> None:
    assert refusal(lambda: parse_name(written)) == Rejection.NAME_UNREADABLE


@pytest.mark.parametrize(
    ("written", "phone"),
    [
        ("13800138000", "13800138000"),
        ("+86 138-0013-8000", "13800138000"),
        ("008613800138000", "13800138000"),
        ("8613800138000", "13800138000"),
        ("（+86）138 0013 8000", "13800138000"),
        ("１３８００１３８０００", "13800138000"),
        ("138\u00a00013\u20078000", "13800138000"),
        ("138.0013.8000", "13800138000"),
        ("\u202a13800138000\u202c", "13800138000"),
        ("0912-8765432", "09128765432"),
        ("(0912) 87654321", "091287654321"),
        ("010-12345678", "01012345678"),
        ("+86 29 12345678", "02912345678"),
    ],
)
def test_a_phone_becomes_bare_digits(written: str, phone: str) -> None:
    assert parse_phone(written) == phone


@pytest.mark.parametrize(
    "written",
    [
        "8765432",
        "1380013800",
        "138001380000",
        "12800138000",
        "+852 12345678",
        "没有电话",
        "0",
        "١٣٨",
    ],
)
def test_a_phone_that_cannot_be_right_is_refused(written: str) -> None:
    assert refusal(lambda: parse_phone(written)) == Rejection.PHONE_UNREADABLE


@pytest.mark.parametrize("between", ["/", "、", "，", " 或 ", ";"])
def test_several_phones_in_one_place_are_refused_as_such(between: str) -> None:
    written = f"13800138000{between}13900139000"
    assert refusal(lambda: parse_phone(written)) == Rejection.PHONE_SEVERAL


@pytest.mark.parametrize(
    "written",
    [
        FANG,
        "11010519491231002x",
        "１１０１０５１９４９１２３１００２Ｘ",
        "110105 19491231 002X",
        "110105-19491231-002X",
        "'11010519491231002X",
        '="11010519491231002X"',
        "\t11010519491231002X\u00a0",
        "110105491231002",
    ],
)
def test_an_id_number_has_one_form_and_tells_birth_date_and_sex(written: str) -> None:
    assert parse_id_number(written, TODAY) == (FANG, date(1949, 12, 31), "female")


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("1101051949123100", Rejection.ID_NUMBER_SHAPE),
        ("1101051949123100200", Rejection.ID_NUMBER_SHAPE),
        ("X1010519491231002X", Rejection.ID_NUMBER_SHAPE),
        ("011010519491231002", Rejection.ID_NUMBER_SHAPE),
        ("110105194912310021", Rejection.ID_NUMBER_CHECKSUM),
        ("110105194912310000", Rejection.ID_NUMBER_STORED_AS_NUMBER),
        ("1.10105E+17", Rejection.ID_NUMBER_STORED_AS_NUMBER),
        ("H12345678", Rejection.ID_NUMBER_OTHER_DOCUMENT),
        ("E12345678", Rejection.ID_NUMBER_OTHER_DOCUMENT),
        ("12345678", Rejection.ID_NUMBER_OTHER_DOCUMENT),
        (
            "11010519490231002" + check_character("11010519490231002"),
            Rejection.ID_NUMBER_BIRTH_DATE,
        ),
        (
            "11010520270101002" + check_character("11010520270101002"),
            Rejection.ID_NUMBER_BIRTH_DATE,
        ),
        (
            "11010518000101002" + check_character("11010518000101002"),
            Rejection.ID_NUMBER_BIRTH_DATE,
        ),
        ("110105491331002", Rejection.ID_NUMBER_BIRTH_DATE),
    ],
)
def test_an_id_number_that_cannot_be_right_is_refused(written: str, reason: Rejection) -> None:
    assert refusal(lambda: parse_id_number(written, TODAY)) == reason


def flagged(number: str) -> bool:
    """Whether the number is refused, for a reason about the ID number."""
    return refusal(lambda: parse_id_number(number, TODAY)).startswith("id_number")


@for_all(id_bases, st.integers(0, 17))
def test_every_wrong_digit_in_an_id_number_is_flagged(base: str, place: int) -> None:
    number = base + check_character(base)
    assert parse_id_number(number, TODAY).number == number
    for digit in "0123456789X" if place == 17 else "0123456789":
        assert digit == number[place] or flagged(number[:place] + digit + number[place + 1 :])


@for_all(id_bases)
def test_every_swap_of_digits_less_than_ten_places_apart_is_flagged(base: str) -> None:
    number = base + check_character(base)
    for first in range(17):
        for second in range(first + 1, min(first + 10, 18)):
            swapped = list(number)
            swapped[first], swapped[second] = swapped[second], swapped[first]
            assert number[first] == number[second] or flagged("".join(swapped))


@pytest.mark.parametrize(
    "written",
    [
        "1990-5-3",
        "1990-05-03",
        "1990/05/03",
        "1990.5.3",
        "1990.05.03.",
        "19900503",
        "1990年5月3日",
        "1990 年 5 月 3 号",
        "１９９０－５－３",
        "1990。5。3",
        "1990 5 3",
        "1990-05-03 00:00:00",
        "1990-05-03T08:30",
        "32996",
        "\u3000 1990-5-3\u200b",
    ],
)
def test_a_birth_date_is_read_in_every_usual_form(written: str) -> None:
    assert parse_birth_date(written, TODAY) == date(1990, 5, 3)


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("1990", Rejection.BIRTH_DATE_INCOMPLETE),
        ("1990年", Rejection.BIRTH_DATE_INCOMPLETE),
        ("1990年5月", Rejection.BIRTH_DATE_INCOMPLETE),
        ("1990.5", Rejection.BIRTH_DATE_INCOMPLETE),
        ("199005", Rejection.BIRTH_DATE_INCOMPLETE),
        ("1990-2-30", Rejection.BIRTH_DATE_UNREADABLE),
        ("1990-13-1", Rejection.BIRTH_DATE_UNREADABLE),
        ("19901301", Rejection.BIRTH_DATE_UNREADABLE),
        ("90-5-3", Rejection.BIRTH_DATE_UNREADABLE),
        ("3/5/1990", Rejection.BIRTH_DATE_UNREADABLE),
        ("#VALUE!", Rejection.BIRTH_DATE_UNREADABLE),
        ("2026-11-24", Rejection.BIRTH_DATE_IN_FUTURE),
        ("1905-06-12", Rejection.BIRTH_DATE_TOO_EARLY),
    ],
)
def test_a_birth_date_that_cannot_be_right_is_refused(written: str, reason: Rejection) -> None:
    assert refusal(lambda: parse_birth_date(written, TODAY)) == reason


@for_all(st.dates(date(1910, 1, 1), TODAY))
def test_text_compact_text_and_serial_give_the_same_day(born: date) -> None:
    serial = (born - date(1899, 12, 30)) // timedelta(days=1)
    for written in (born.isoformat(), f"{born:%Y%m%d}", f"{born:%Y年%m月%d日}"):
        assert parse_birth_date(written, TODAY) == born
    if serial > 9999:
        assert parse_birth_date(str(serial), TODAY) == born


@for_all(st.text())
def test_no_text_is_too_strange_to_be_refused_politely(text: str) -> None:
    reasons = {""}
    for parse in (parse_name, parse_phone):
        with suppress_refusal(reasons):
            parse(text)
    for parse_dated in (parse_id_number, parse_birth_date):
        with suppress_refusal(reasons):
            parse_dated(text, TODAY)
    assert reasons <= {"", *Rejection}


@for_all(st.text())
def test_tidying_twice_changes_nothing(text: str) -> None:
    once = tidy(text.replace("'", "").replace("=", ""))
    assert tidy(once) == once or once[:1] in "’‘`＇＝"


def test_every_reason_belongs_to_a_field() -> None:
    fields = [reason.field for reason in Rejection]
    assert set(fields) == {"name", "id_number", "phone", "birth_date", "village"}


def test_sex_and_language_are_read_in_usual_words() -> None:
    assert [parse_sex(word) for word in ("女", " 男性", "F", "1", "?")] == [
        *("female", "male", "female", "male"),
        None,
    ]
    assert [locale_of(word) for word in ("汉语", "zh-CN", "English", "维吾尔语")] == [
        *("zh_CN", "zh_CN", "en"),
        None,
    ]


def test_masks_keep_just_enough_to_recognise_oneself() -> None:
    assert [mask_name(name) for name in ("王芳", "欧阳小红", "王")] == ["王*", "欧**", "王"]
    assert mask_phone("13800138000") == "138****8000"
