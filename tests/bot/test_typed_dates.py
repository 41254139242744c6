"""Days as people type them, in both languages; odd cases first."""

from datetime import date, timedelta

import pytest

from bot.typed_dates import is_forgotten, is_lunar, read_day, read_month, read_weeks

TODAY = date(2026, 11, 23)  # a Monday
FIRST, LAST = TODAY - timedelta(301), TODAY + timedelta(90)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("13/5", "2026-05-13"),
        ("２０２６－５－３", "2026-05-03"),
        ("26年10月5日", "2026-10-05"),
        ("二〇二六年十月五日", "2026-10-05"),
        ("廿三号", "2026-11-23"),
        ("大概5月3号吧", "2026-05-03"),
        ("星期天", "2026-11-22"),
        ("12月20日", "2026-12-20"),
        ("去年12月30日", "2025-12-30"),
        ("2026-5-3", "2026-05-03"),
        ("2026.5.3", "2026-05-03"),
        ("20260503", "2026-05-03"),
        ("5月3日", "2026-05-03"),
        ("5/3", "2026-05-03"),
        ("9 28", "2026-09-28"),
        ("十五号", "2026-11-15"),
        ("上个月5号", "2026-10-05"),
        ("今天", "2026-11-23"),
        ("昨天", "2026-11-22"),
        ("前天", "2026-11-21"),
        ("明天", "2026-11-24"),
        ("三天前", "2026-11-20"),
        ("两周前", "2026-11-09"),
        ("一个月前", "2026-10-23"),
        ("一周后", "2026-11-30"),
        ("周三", "2026-11-25"),
        ("上周五", "2026-11-20"),
        ("下周三", "2026-12-02"),
        ("Yesterday", "2026-11-22"),
        ("3 days ago", "2026-11-20"),
        ("in 2 weeks", "2026-12-07"),
        ("May 3", "2026-05-03"),
        ("3rd May 2026", "2026-05-03"),
        ("September 28, 2026", "2026-09-28"),
    ],
)
def test_a_day_is_understood(text: str, day: str) -> None:
    assert read_day(text, TODAY, FIRST, LAST) == date.fromisoformat(day)


@pytest.mark.parametrize(
    "text",
    ["", "2月30日", "2026-13-40", "十十", "hello", "五月初三", "上次", "2026年5月", "不记得"],
)
def test_what_is_no_day_is_not_guessed(text: str) -> None:
    assert read_day(text, TODAY, FIRST, LAST) is None


def test_without_a_year_the_day_inside_the_reach_is_meant() -> None:
    past = read_day("12月1日", TODAY, TODAY - timedelta(400), TODAY)
    ahead = read_day("12月1日", TODAY, TODAY, TODAY + timedelta(30))
    assert (past, ahead) == (date(2025, 12, 1), date(2026, 12, 1))


def test_a_day_out_of_reach_is_still_understood_so_that_it_can_be_said_kindly() -> None:
    assert read_day("2020-01-01", TODAY, FIRST, LAST) == date(2020, 1, 1)


@pytest.mark.parametrize(("text", "month"), [("5月份", "2026-05"), ("2026年10月", "2026-10")])
def test_a_month_without_its_day_is_understood(text: str, month: str) -> None:
    assert read_month(text, TODAY, FIRST, LAST) == date.fromisoformat(f"{month}-01")


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("8周", 56),
        ("八周", 56),
        ("怀孕十二周了", 84),
        ("孕8周3天", 59),
        ("8个星期", 56),
        ("8 weeks", 56),
        ("I'm 8 weeks pregnant", 56),
        ("12 weeks and 3 days", 87),
        ("8w+3", 59),
        ("week 8", 56),
        ("8", None),
        ("8周前", None),
        ("50周", None),
        ("8个月", None),
    ],
)
def test_the_weeks_of_a_pregnancy_are_read_as_its_days(text: str, days: int | None) -> None:
    assert read_weeks(text) == days


@pytest.mark.parametrize(
    "text",
    ["不记得了", "我忘了。", "记不清楚了", "不知道", "I don't remember", "No idea."],
)
def test_who_does_not_remember_is_understood(text: str) -> None:
    assert is_forgotten(text)


@pytest.mark.parametrize("text", ["不是", "5月3日", "no", "我忘了是哪天，大概5月"])
def test_other_words_are_not_taken_for_having_forgotten(text: str) -> None:
    assert not is_forgotten(text)


@pytest.mark.parametrize("text", ["农历八月十五", "八月初三", "腊月廿三", "lunar 8-15"])
def test_a_lunar_date_is_seen_and_not_taken_for_a_solar_one(text: str) -> None:
    assert is_lunar(text)
    assert read_day(text, TODAY, FIRST, LAST) is None


@pytest.mark.parametrize("text", ["2019年5月", "13月", "5月3日"])
def test_no_month_is_taken_from_other_words_or_from_out_of_reach(text: str) -> None:
    assert read_month(text, TODAY, FIRST, LAST) is None
