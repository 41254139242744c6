"""Short words as people type them: yes, no, a time of day, a year."""

from datetime import date

import pytest

from bot.dialogs import Given, Pressed, Typed
from bot.typed import NO, YES, clock_text, meant, read_minute, read_year, tells_of_loss

TODAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    "words",
    [
        "好",
        "好的",
        "好吧",
        "行!",
        "同意",
        "我同意",
        "对的。",
        "嗯嗯",
        "OK",
        "Yes",
        "i agree",
        "ｏｋ",
    ],
)
def test_assent_is_a_press_of_yes(words: str) -> None:
    assert meant(Typed(words)) == Pressed(YES)


@pytest.mark.parametrize(
    "words",
    [
        "不",
        "不要",
        "不用了",
        "不行。",
        "我不同意",
        "不愿意",
        "算了",
        "No",
        "no thanks",
        "No, thanks",
    ],
)
def test_refusal_is_a_press_of_no(words: str) -> None:
    assert meant(Typed(words)) == Pressed(NO)


@pytest.mark.parametrize(
    "given", [Typed("王秀英"), Typed(""), Typed("不知道"), Typed("好姑娘"), Pressed("done")]
)
def test_anything_else_stays_what_it_is(given: Given) -> None:
    assert meant(given) == given


@pytest.mark.parametrize(
    ("words", "clock"),
    [
        ("8", "8:00"),
        ("8:30", "8:30"),
        ("08：30", "8:30"),
        ("8.30", "8:30"),
        ("20:15", "20:15"),
        ("8点", "8:00"),
        ("8点半", "8:30"),
        ("8点钟", "8:00"),
        ("八点一刻", "8:15"),
        ("十二点", "12:00"),
        ("二十点", "20:00"),
        ("早上7点", "7:00"),
        ("上午 9点20分", "9:20"),
        ("中午12点", "12:00"),
        ("中午1点", "13:00"),
        ("下午3点三刻", "15:45"),
        ("晚上9点", "21:00"),
        ("晚上9:30", "21:30"),
        ("晚上八点", "20:00"),
        ("0:00", "0:00"),
        ("9 pm", "21:00"),
        ("12 am", "0:00"),
        ("12:30 pm", "12:30"),
        ("8 o'clock", "8:00"),
    ],
)
def test_a_time_of_day_is_understood(words: str, clock: str) -> None:
    minute = read_minute(words)
    assert minute is not None
    assert clock_text(minute) == clock


@pytest.mark.parametrize(
    "words", ["", "早上", "24:00", "25点", "8:75", "以后再说", "830", "三十点"]
)
def test_what_is_no_time_of_day_is_not_guessed(words: str) -> None:
    assert read_minute(words) is None


@pytest.mark.parametrize(
    ("words", "year"),
    [
        ("1990", 1990),
        ("1990年", 1990),
        ("1990-5-3", 1990),
        ("1990年5月3日", 1990),
        ("88年", 1988),
        ("05年", 2005),
        ("90", 1990),
        ("90后", 1990),
        ("２００１", 2001),
    ],
)
def test_a_year_is_understood(words: str, year: int) -> None:
    assert read_year(words, TODAY) == year


@pytest.mark.parametrize("words", ["", "2027", "19901", "一九九零", "属龙"])
def test_what_is_no_year_of_a_birth_is_not_guessed(words: str) -> None:
    assert read_year(words, TODAY) is None


@pytest.mark.parametrize(
    "words",
    ["我流产了", "宝宝没了", "孩子没保住", "医生说胎停", "I had a miscarriage", "We lost the baby"],
)
def test_the_end_of_a_pregnancy_is_understood(words: str) -> None:
    assert tells_of_loss(Typed(words))


@pytest.mark.parametrize("given", [Typed("会不会流产"), Typed("我怀孕了"), Pressed("流产")])
def test_a_fear_of_it_or_anything_else_is_not_taken_for_it(given: Given) -> None:
    assert not tells_of_loss(given)
