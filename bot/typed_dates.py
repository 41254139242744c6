"""Understanding a day as people type it: 2026-5-3, 5月3日, 五月三号, 昨天, 3天前, 下周三, May 3."""

import re
from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from backend.domain.gestation import add_months
from backend.domain.people import tidy

_NAMED_DAYS = {
    **dict.fromkeys(("大前天",), -3),
    **dict.fromkeys(("前天", "the day before yesterday", "day before yesterday"), -2),
    **dict.fromkeys(("昨天", "昨日", "昨晚", "yesterday", "last night"), -1),
    **dict.fromkeys(("今天", "今日", "今早", "今晚", "刚才", "today", "now", "tonight"), 0),
    **dict.fromkeys(("明天", "明日", "明早", "明晚", "tomorrow"), 1),
    **dict.fromkeys(("后天", "the day after tomorrow", "day after tomorrow"), 2),
    **dict.fromkeys(("大后天",), 3),
}
_DIGITS = dict(zip("〇零一二三四五六七八九两", (0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 2), strict=True))
_HAN_NUMERAL = re.compile(
    r"(?<!周)(?<!星期)(?<!礼拜)[〇零一二三四五六七八九两十廿卅]+"
    r"(?=年|个?月|[日号天周]|个?星期|个?礼拜|$)"
)
_AGO = re.compile(
    r"(\d{1,3}) ?(天|周|个?星期|个?礼拜|个月|days?|weeks?|months?)"
    r" ?(之?前|以前|之?后|以后|ago|later)"
)
_IN = re.compile(r"in (\d{1,3}) (days?|weeks?|months?)")
_WEEKDAY = re.compile(r"(上上?|下下?|这|本)?个?(?:周|星期|礼拜)([一二三四五六日天])")
_WEEKDAYS = {name: place for place, name in enumerate("一二三四五六日")} | {"天": 6}
_MONTHS = (
    "jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    "|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?"
)
_MONTH_PLACES = {
    name: place
    for place, name in enumerate(
        ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), 1
    )
}
_SIGN = r" ?[-/.年,、。 ] ?"
_FULL = re.compile(rf"(\d{{4}}|\d{{2}}){_SIGN}(\d{{1,2}}) ?[-/.月,、。 ] ?(\d{{1,2}}) ?[日号]?")
_COMPACT = re.compile(r"((?:19|20)\d{2})(\d{2})(\d{2})")
_MONTH_DAY = re.compile(r"(\d{1,2}) ?[-/.月,、。 ] ?(\d{1,2}) ?[日号]?")
_NAMED_YEAR = re.compile(r"(前年|去年|今年|明年) ?(\d{1,2}) ?[-/.月] ?(\d{1,2}) ?[日号]?")
_NAMED_MONTH = re.compile(r"(上上?|这|本|下)个?月 ?(\d{1,2}) ?[日号]?")
_ONLY_DAY = re.compile(r"(\d{1,2}) ?(?:[日号]|st|nd|rd|th)")
_WORD_FIRST = re.compile(rf"({_MONTHS})\.? (\d{{1,2}})(?:st|nd|rd|th)?(?:,? (\d{{4}}))?")
_DAY_FIRST = re.compile(rf"(\d{{1,2}})(?:st|nd|rd|th)? ({_MONTHS})\.?(?:,? (\d{{4}}))?")
_YEARS = {"前年": -2, "去年": -1, "今年": 0, "明年": 1}
_STEPS = {"上上": -2, "上": -1, "这": 0, "本": 0, "下": 1, "下下": 2}
_WEEKS = re.compile(
    r"(?:怀孕|孕|我|已经|有|满|i am|i'm|week)*\s*(\d{1,2}) ?(?:个?(?:周|星期|礼拜)|w(?:eeks?)?)"
    r"(?: ?(?:\+|and|零|又|,|，)? ?(\d) ?(?:天|d(?:ays?)?)?)?(?: ?(?:了|pregnant|along))?"
)
_WEEKS_BARE = re.compile(r"week (\d{1,2})")
_FORGOTTEN = re.compile(
    r"(?:我|真的?|已经|都)*(?:不记得|记不得|记不清|记不住|想不起来|忘记?|不知道|不清楚|不晓得)(?:楚|了|啦|呀)*"
    r"|(?:i )?(?:do not|don't|dont|can't|cannot|can not) (?:know|remember|recall)"
    r"|(?:i )?(?:forgot|forget|have forgotten)|no idea|not sure"
)
_LUNAR = re.compile(
    r"农历|阴历|旧历|老历|正月|冬月|腊月|初[一二三四五六七八九十]|lunar|chinese calendar"
)
_MOST_WEEKS = 43
_ONLY_MONTH = re.compile(r"(?:(\d{4}) ?[年/-] ?)?(\d{1,2}) ?月份?")
_FILLERS = re.compile(
    r"^(?:大概|大约|差不多|可能|应该)?(?:是|在|on|about|around)?\s*|[吧了左右。.!]+$"
)
_NEIGHBOURS = (-1, 0, 1)


def read_day(text: str, today: date, first: date, last: date) -> date | None:
    """The day somebody means by what she typed, or None.

    Where a year or a month is left out, the day nearest to `today` is meant among those in
    [first, last], both inclusive; where none lies there, the nearest of all.
    """
    words = _FILLERS.sub("", _in_digits(tidy(text).lower())).strip()
    days = set(_candidates(words, today))
    within = [day for day in days if first <= day <= last]
    return min(within or days, key=lambda day: (abs((day - today).days), day), default=None)


def read_month(text: str, today: date, first: date, last: date) -> date | None:
    """The first day of the month somebody names without a day, nearest to `today`, or None.

    Only a month with days in [first, last] is taken.
    """
    found = _ONLY_MONTH.fullmatch(_in_digits(tidy(text)))
    if not found:
        return None
    years = [int(found[1])] if found[1] else [today.year + step for step in _NEIGHBOURS]
    months = [day for year in years for day in _day(year, int(found[2]), 1)]
    within = [month for month in months if first.replace(day=1) <= month <= last]
    return min(within, key=lambda month: abs((month - today).days), default=None)


def read_weeks(text: str) -> int | None:
    """The days somebody has been pregnant for who types her weeks: 8周, 孕8周3天, 8 weeks, 8w+3.

    None for any other words and from 43 weeks on.
    """
    words = _FILLERS.sub("", _in_digits(tidy(text).lower())).strip()
    found = _WEEKS.fullmatch(words) or _WEEKS_BARE.fullmatch(words)
    if not found:
        return None
    weeks, days = int(found[1]), int(found[2] or 0) if found.re is _WEEKS else 0
    return 7 * weeks + days if weeks < _MOST_WEEKS and days < len(_WEEKDAYS) else None


def is_forgotten(text: str) -> bool:
    """Whether somebody says that she does not remember or know."""
    return _FORGOTTEN.fullmatch(tidy(text).lower().strip(" .。!！~")) is not None


def is_lunar(text: str) -> bool:
    """Whether a date is given by the lunar calendar, which is not counted here."""
    return _LUNAR.search(tidy(text).lower()) is not None


def _candidates(words: str, today: date) -> Iterator[date]:
    if words in _NAMED_DAYS:
        yield today + timedelta(_NAMED_DAYS[words])
    yield from _counted(words, today)
    yield from _by_weekday(words, today)
    yield from _by_month_name(words, today)
    if found := _FULL.fullmatch(words) or _COMPACT.fullmatch(words):
        year, month, day = map(int, found.groups())
        yield from _day(year if year >= 100 else 2000 + year, month, day)
    elif found := _MONTH_DAY.fullmatch(words):
        yield from _any_year(today, int(found[1]), int(found[2]))
    elif found := _NAMED_YEAR.fullmatch(words):
        yield from _day(today.year + _YEARS[found[1]], int(found[2]), int(found[3]))
    elif found := _NAMED_MONTH.fullmatch(words):
        yield from _in_months(today, [_STEPS[found[1]]], int(found[2]))
    elif found := _ONLY_DAY.fullmatch(words):
        yield from _in_months(today, _NEIGHBOURS, int(found[1]))


def _counted(words: str, today: date) -> Iterator[date]:
    """Days, weeks or months ago or ahead."""
    if found := _AGO.fullmatch(words):
        back = found[3].endswith("前") or found[3] == "ago"
        number, unit = int(found[1]) * (-1 if back else 1), found[2]
    elif found := _IN.fullmatch(words):
        number, unit = int(found[1]), found[2]
    else:
        return
    if "月" in unit or "month" in unit:
        yield add_months(today, number)
    else:
        yield today + timedelta(number * (1 if unit.startswith(("天", "day")) else 7))


def _by_weekday(words: str, today: date) -> Iterator[date]:
    """A weekday of the named week; without a week, of the weeks around today."""
    found = _WEEKDAY.fullmatch(words)
    if not found:
        return
    monday = today - timedelta(today.weekday())
    weeks = (_STEPS[found[1]],) if found[1] else _NEIGHBOURS
    for week in weeks:
        yield monday + timedelta(7 * week + _WEEKDAYS[found[2]])


def _by_month_name(words: str, today: date) -> Iterator[date]:
    """An English date with the month in letters."""
    if found := _WORD_FIRST.fullmatch(words):
        name, day, year = found.groups()
    elif found := _DAY_FIRST.fullmatch(words):
        day, name, year = found.groups()
    else:
        return
    month = _MONTH_PLACES[name[:3]]
    yield from _day(int(year), month, int(day)) if year else _any_year(today, month, int(day))


def _any_year(today: date, month: int, day: int) -> Iterator[date]:
    """The day in the years around today; the numbers change places where only that can be."""
    if month > 12 >= day:
        month, day = day, month
    for year in _NEIGHBOURS:
        yield from _day(today.year + year, month, day)


def _in_months(today: date, steps: Iterable[int], day: int) -> Iterator[date]:
    for step in steps:
        month = add_months(today.replace(day=1), step)
        yield from _day(month.year, month.month, day)


def _day(year: int, month: int, day: int) -> Iterator[date]:
    """The day, or nothing where the calendar has none such."""
    try:
        yield date(year, month, day)
    except ValueError:
        return


def _in_digits(words: str) -> str:
    """Chinese numerals as digits where they count something; a weekday keeps its own."""
    return _HAN_NUMERAL.sub(lambda found: str(_number(found[0])), words)


def _number(numeral: str) -> int | str:
    """The value of a numeral such as 十五, 二十三, 廿八, or of single digits as in 二〇二六."""
    numeral = numeral.replace("廿", "二十").replace("卅", "三十")
    tens, ten, ones = numeral.partition("十")
    if not ten:
        return "".join(str(_DIGITS[sign]) for sign in numeral)
    return 10 * (_DIGITS[tens[-1]] if tens else 1) + _DIGITS.get(ones[:1], 0)
