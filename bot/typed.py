"""Understanding short words as people type them: yes and no, and a time of day."""

import re
from datetime import date

from backend.domain.people import tidy
from bot.dialogs import Given, Pressed, Typed, plain

YES, NO = "yes", "no"
_YES = re.compile(
    "好的?|可以|行|我?同意|愿意|要|是的?|对的?|嗯+|没错|确[认定]|中|ok(ay)?|y(es)?|sure|(i )?agree"
)
_NO = re.compile(
    "不(要|用|行|对|可以|愿意|想|是|同意)?|我不(要|同意|愿意|想)|否|算|n(o|ope)?|no,? thank(s| you)"
)
_LOSS = re.compile(
    r"流产|小产|胎停|停育|没保住|(宝宝|孩子|娃|胎)没(有)?了|没(有)?胎心"
    r"|miscarr|lost (the|my|our) (baby|child|pregnancy)|no longer pregnant|not pregnant any ?more"
)
_AFRAID = re.compile(r"怕|担心|会不会|吗|[?？]|afraid|worr")
_HALF = {"半": 30, "一刻": 15, "三刻": 45, "": 0}
_CLOCK = re.compile(r"(\d{1,2}) ?[:.] ?(\d{2}) ?(am|pm)?")
_ENGLISH = re.compile(r"(\d{1,2}) ?(am|pm|o'clock)")
_CHINESE = re.compile(
    r"(凌晨|清晨|早上|早晨|早|上午|中午|下午|傍晚|晚上|晚|夜里)? ?"
    r"(\d{1,2}|[一二两三四五六七八九十]{1,3}) ?"
    r"(?:[点时] ?(半|一刻|三刻|(\d{1,2}) ?分?)?钟?|[::](\d{2}))"
)
_BARE = re.compile(r"\d{1,2}")
_NUMERALS = {name: number for number, name in enumerate("零一二三四五六七八九")} | {"两": 2}
_YEAR = re.compile(r"((?:19|20)\d{2}|\d{2}(?=年|后?$))(?!\d)")
_HOURS, _MINUTES, _NOON = 24, 60, 12
_SHORT_YEARS = 100


def meant(given: Given) -> Given:
    """Take typed words of assent or refusal for a press of YES or NO."""
    if isinstance(given, Typed):
        words = plain(tidy(given.text)).strip(" .了吧呀啊")
        if _YES.fullmatch(words):
            return Pressed(YES)
        if _NO.fullmatch(words):
            return Pressed(NO)
    return given


def tells_of_loss(given: Given) -> bool:
    """Whether typed words say that a pregnancy has ended; she is asked what to do, not why."""
    words = tidy(given.text).casefold() if isinstance(given, Typed) else ""
    return bool(_LOSS.search(words)) and not _AFRAID.search(words)


def read_minute(text: str) -> int | None:
    """The minute of the day (0 to 1439) somebody means, or None: 8:30, 8点半, 晚上9点, 9 pm."""
    words = tidy(text).casefold()
    if found := _CLOCK.fullmatch(words):
        return _minute(_on_clock(int(found[1]), found[3]), int(found[2]))
    if found := _ENGLISH.fullmatch(words):
        return _minute(_on_clock(int(found[1]), found[2]), 0)
    if found := _CHINESE.fullmatch(words):
        minutes = int(found[4] or found[5] or 0) or _HALF.get(found[3] or "", 0)
        return _minute(_of_day(_number(found[2]), found[1] or ""), minutes)
    return _minute(int(words), 0) if _BARE.fullmatch(words) else None


def read_year(text: str, today: date) -> int | None:
    """The year somebody means: 1990, 1990年, 90年, 1990-5-3; None for none or one to come."""
    found = _YEAR.match(tidy(text))
    if not found:
        return None
    year = int(found[1])
    if year < _SHORT_YEARS:
        this_century = today.year // _SHORT_YEARS * _SHORT_YEARS
        year += this_century if year <= today.year % _SHORT_YEARS else this_century - _SHORT_YEARS
    return year if year <= today.year else None


def clock_text(minute: int) -> str:
    """A minute of the day as it stands on a clock: 8:30, 21:00."""
    return f"{minute // _MINUTES}:{minute % _MINUTES:02}"


def _minute(hour: int, minutes: int) -> int | None:
    if hour >= _HOURS or minutes >= _MINUTES:
        return None
    return hour * _MINUTES + minutes


def _on_clock(hour: int, half: str | None) -> int:
    """The hour of the day for one of a twelve-hour clock; any other stays as it is."""
    if half not in ("am", "pm") or hour > _NOON:
        return hour
    return hour % _NOON + (_NOON if half == "pm" else 0)


def _of_day(hour: int, part: str) -> int:
    """The hour of the day for an hour of its part: 晚上9点 is 21, 中午1点 is 13."""
    if part.startswith(("下", "傍", "晚", "夜")) or (part == "中午" and hour < _NOON - 2):
        return hour + _NOON if hour < _NOON else hour
    return hour


def _number(numeral: str) -> int:
    """A number up to 24 in digits or Chinese numerals."""
    if numeral.isdigit():
        return int(numeral)
    tens, ten, ones = numeral.partition("十")
    if not ten:
        return _NUMERALS.get(numeral, _HOURS)
    return _NUMERALS.get(tens or "一", 0) * 10 + (_NUMERALS.get(ones, 0) if ones else 0)
