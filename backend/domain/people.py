"""What is written about a person, as offices write it: names, phones, ID numbers and birth dates.

Every `parse_*` takes text as found in a table or a chat and gives one normal form, so that the
same person is found again however she was written down. A value that cannot be right raises
`WrongValue` with its `Rejection`; nothing is guessed and nothing is quietly dropped.
"""

import re
from datetime import date, timedelta
from enum import StrEnum
from operator import mul
from typing import Literal, NamedTuple

from backend.domain.errors import WrongValue

Sex = Literal["female", "male"]

FIELDS = ("name", "id_number", "phone", "birth_date", "village")
# Beyond it a "date" is most likely a bare year that a spreadsheet shows as a day of 1905.
OLDEST_YEARS = 120


class Rejection(StrEnum):
    """Why a value is refused; the value begins with the name of its field."""

    NAME_MISSING = "name_missing"
    NAME_UNREADABLE = "name_unreadable"
    ID_NUMBER_SHAPE = "id_number_shape"
    ID_NUMBER_CHECKSUM = "id_number_checksum"
    ID_NUMBER_BIRTH_DATE = "id_number_birth_date"
    ID_NUMBER_STORED_AS_NUMBER = "id_number_stored_as_number"
    ID_NUMBER_OTHER_DOCUMENT = "id_number_other_document"
    PHONE_UNREADABLE = "phone_unreadable"
    PHONE_SEVERAL = "phone_several"
    BIRTH_DATE_UNREADABLE = "birth_date_unreadable"
    BIRTH_DATE_INCOMPLETE = "birth_date_incomplete"
    BIRTH_DATE_IN_FUTURE = "birth_date_in_future"
    BIRTH_DATE_TOO_EARLY = "birth_date_too_early"
    BIRTH_DATE_CONTRADICTS_ID = "birth_date_contradicts_id"
    VILLAGE_MISSING = "village_missing"
    VILLAGE_UNKNOWN = "village_unknown"
    VILLAGE_AMBIGUOUS = "village_ambiguous"

    @property
    def field(self) -> str:
        """The one of `FIELDS` this refusal is about."""
        return next(field for field in FIELDS if self.value.startswith(field))


class IdNumber(NamedTuple):
    """A citizen's ID number in its 18-digit form, with the facts it carries."""

    number: str
    birth_date: date
    sex: Sex


# Control characters, zero-width and directional marks, soft hyphen, byte order mark: nobody types
# them, they come along from other programs.
_INVISIBLE = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\xad\u200b-\u200f\u202a-\u202e\u2060\ufeff]")
_WIDE = re.compile("[\uff01-\uff5e]")
_NARROW = {wide: wide - 0xFEE0 for wide in range(0xFF01, 0xFF5F)}
# What most cells are made of; nothing in it needs tidying.
_PLAIN = re.compile("[-/.·+0-9A-Za-z\u3400-\u9fff]+")
_BLANKS = re.compile(r"\s+")
_NO_VALUE = frozenset({"-", "--", "—", "——", "/", "\\", "无", "暂无", "没有"})
# Excel's ways to force text, left over in a CSV: ="110..." and '110...
_FORCED_TEXT = re.compile(r"""^(?:="(.*)"|['’‘`](.*))$""", re.DOTALL)


def tidy(text: str) -> str:
    """The text with full-width ASCII narrowed, unseen characters dropped, blanks single."""
    if _PLAIN.fullmatch(text):
        return text
    if _WIDE.search(text):
        text = text.translate(_NARROW)
    text = _BLANKS.sub(" ", _INVISIBLE.sub("", text)).strip()
    forced = _FORCED_TEXT.match(text)
    return (forced[1] or forced[2] or "").strip() if forced else text


def given(text: str) -> str:
    """The tidy text, or an empty one where it is only a sign for "none" such as 无 or a dash."""
    text = tidy(text)
    return "" if text in _NO_VALUE else text


_LONGEST_NAME = 60
_DOTS = str.maketrans(dict.fromkeys("•‧∙⋅・･｡", "·"))
_HAN_STOP = re.compile(r"(?<=[^\x00-\x7f])\.(?=[^\x00-\x7f])")
_HAN_GAP = re.compile(r"(?<=[^\x00-\x7f]) +(?=[^\x00-\x7f])")


def parse_name(text: str) -> str:
    """A person's name: no blanks between Han characters, one form of the middle dot.

    Raises `WrongValue` where nothing is left, where nothing in it is a letter (a serial number, a
    spreadsheet's error value), or where it is longer than 60 characters.
    """
    name = given(text)
    if not name:
        raise WrongValue(reason=Rejection.NAME_MISSING)
    if not name.isalpha():
        name = _HAN_STOP.sub("·", _HAN_GAP.sub("", name)).translate(_DOTS)
        if "\ufffd" in name or name[0] in "#=" or not any(map(_is_letter, name)):
            raise WrongValue(reason=Rejection.NAME_UNREADABLE)
    if len(name) > _LONGEST_NAME:
        raise WrongValue(reason=Rejection.NAME_UNREADABLE)
    return name


def _is_letter(character: str) -> bool:
    """Whether a name may be made of it; rare surnames still sit in the private use area."""
    return character.isalpha() or "\ue000" <= character <= "\uf8ff"


_PHONE_SIGNS = re.compile(r"[-\s.()·‐‑‒–—−]+")
_PHONE = re.compile(r"(?:\+86|0086|86)?(1[3-9][0-9]{9})|(?:\+86|0086)?0?((?:10|2[0-9])[0-9]{8})")
_AREA_PHONE = re.compile(r"(?:\+86|0086)?0?([3-9][0-9]{2}[0-9]{7,8})")
_SEVERAL = re.compile(r"[0-9]{7,}[^0-9]+[0-9]{7,}")


def parse_phone(text: str) -> str:
    """A phone of mainland China as digits: 11 of a mobile, or area code (with 0) and number.

    A landline needs its area code, as without it two people could share one number. Raises
    `WrongValue` for anything else, and with a reason of its own for several numbers in one place.
    """
    phone = _PHONE_SIGNS.sub("", tidy(text))
    mobile = _PHONE.fullmatch(phone)
    if mobile and mobile[1]:
        return mobile[1]
    landline = mobile[2] if mobile else None
    if landline is None and (area := _AREA_PHONE.fullmatch(phone)):
        landline = area[1]
    if landline is not None and phone[0] in "0+":
        return "0" + landline
    several = _SEVERAL.search(phone)
    raise WrongValue(reason=Rejection.PHONE_SEVERAL if several else Rejection.PHONE_UNREADABLE)


_ID_SIGNS = re.compile(r"[-\s]+")
_ID_18 = re.compile(r"[1-9][0-9]{16}[0-9X]")
_ID_15 = re.compile(r"[1-9][0-9]{14}")
_POWER_OF_TEN = re.compile(r"[0-9](?:\.[0-9]+)?E\+?[0-9]{2}")
# Passports, permits of Hong Kong, Macao and Taiwan residents, foreigners' residence cards.
_OTHER_DOCUMENT = re.compile(r"[A-Z]{1,3}[0-9]{6,12}|[0-9]{8}|[0-9]{10}")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ZEROS_WEIGHED = ord("0") * sum(_WEIGHTS)
_CHECKS = "10X98765432"


def check_character(first_17: str) -> str:
    """The 18th character of an ID number from its first 17 digits (GB 11643, ISO 7064 MOD 11-2)."""
    return _CHECKS[(sum(map(mul, first_17.encode(), _WEIGHTS)) - _ZEROS_WEIGHED) % 11]


def parse_id_number(text: str, today: date) -> IdNumber:
    """A citizen's ID number: 18 characters with a right check, or 15 digits brought to 18.

    The birth date in it must exist, be no later than today and no more than 120 years ago. The
    place code is not looked up, as withdrawn ones stay valid. Raises `WrongValue`.
    """
    number = _ID_SIGNS.sub("", tidy(text)).upper()
    if _ID_15.fullmatch(number):
        number = f"{number[:6]}19{number[6:]}"
        number += check_character(number)
    elif not _ID_18.fullmatch(number):
        raise WrongValue(reason=_why_no_id_number(number))
    elif check_character(number[:17]) != number[17]:
        ruined = number.endswith("000")
        raise WrongValue(
            reason=Rejection.ID_NUMBER_STORED_AS_NUMBER if ruined else Rejection.ID_NUMBER_CHECKSUM
        )
    born = _date_or_none(number[6:10], number[10:12], number[12:14])
    if born is None or _why_not_born_on(born, today):
        raise WrongValue(reason=Rejection.ID_NUMBER_BIRTH_DATE)
    return IdNumber(number, born, "male" if int(number[16]) % 2 else "female")


def _why_no_id_number(text: str) -> Rejection:
    """The reason for text that has not even the shape of an ID number."""
    if _POWER_OF_TEN.fullmatch(text):
        return Rejection.ID_NUMBER_STORED_AS_NUMBER
    if _OTHER_DOCUMENT.fullmatch(text):
        return Rejection.ID_NUMBER_OTHER_DOCUMENT
    return Rejection.ID_NUMBER_SHAPE


_DATE = re.compile(
    r"([0-9]{4})\s?[-/.年。\s]\s?([0-9]{1,2})\s?[-/.月。\s]\s?([0-9]{1,2})\s?[日号.]?"
    r"(?:[\sT][0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?)?"
)
_COMPACT_DATE = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")
_PART_OF_DATE = re.compile(r"(?:19|20)[0-9]{2}\s?(?:[-/.年。]\s?(?:[0-9]{1,2}\s?月?)?|[01][0-9])?")
_SERIAL = re.compile(r"[1-9][0-9]{4}")
_SERIAL_ZERO = date(1899, 12, 30)
_SERIAL_ZERO_1904 = date(1904, 1, 1)


def parse_birth_date(text: str, today: date) -> date:
    """A birth date written as 1990-5-3, 1990/05/03, 1990.5.3, 19900503, 1990年5月3日 or a serial.

    A time of day behind it is ignored; a five-digit serial counts days as Excel does (1900).
    Raises `WrongValue` for what is unreadable, lacks the day, lies after today or more than 120
    years back.
    """
    text = tidy(text)
    found = _DATE.fullmatch(text) or _COMPACT_DATE.fullmatch(text)
    if found:
        born = _date_or_none(*found.groups())
    elif _SERIAL.fullmatch(text):
        born = date_of_serial(int(text))
    elif _PART_OF_DATE.fullmatch(text):
        raise WrongValue(reason=Rejection.BIRTH_DATE_INCOMPLETE)
    else:
        born = None
    if born is None:
        raise WrongValue(reason=Rejection.BIRTH_DATE_UNREADABLE)
    return check_birth_date(born, today)


def check_birth_date(born: date, today: date) -> date:
    """The date itself, if somebody alive may be born on it: [today - 120 years, today]."""
    if why_not := _why_not_born_on(born, today):
        raise WrongValue(reason=why_not)
    return born


def date_of_serial(days: int, *, is_1904: bool = False) -> date:
    """The date of a spreadsheet's serial number, exact from 1900-03-01 on; days in [1, 99999]."""
    return (_SERIAL_ZERO_1904 if is_1904 else _SERIAL_ZERO) + timedelta(days=days)


def _why_not_born_on(born: date, today: date) -> Rejection | None:
    """The reason why nobody alive is born on this day, if there is one."""
    if born > today:
        return Rejection.BIRTH_DATE_IN_FUTURE
    too_early = today.year - born.year > OLDEST_YEARS
    return Rejection.BIRTH_DATE_TOO_EARLY if too_early else None


def _date_or_none(year: str, month: str, day: str) -> date | None:
    """The date of three numbers, None where the calendar has no such day."""
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


_SEXES: dict[str, Sex] = {
    **dict.fromkeys(("女", "女性", "f", "female", "2"), "female"),
    **dict.fromkeys(("男", "男性", "m", "male", "1"), "male"),
}


def parse_sex(text: str) -> Sex | None:
    """The sex as written (1 and 2 as in GB/T 2261.1), None where it is neither word."""
    return _SEXES.get(tidy(text).lower())


_LOCALES = {
    **dict.fromkeys(("中文", "汉语", "汉", "普通话", "国语", "chinese", "zh", "zhcn"), "zh_CN"),
    **dict.fromkeys(("英文", "英语", "english", "en"), "en"),
}


def locale_of(language: str) -> str | None:
    """The locale (zh_CN, en) for a language as an office writes it, None for any other."""
    return _LOCALES.get(re.sub(r"[-_\s]", "", tidy(language)).lower())


def mask_name(name: str) -> str:
    """The name with all but its first character hidden, for sheets that lie about."""
    return name[:1] + "*" * min(len(name) - 1, 2)


def mask_phone(phone: str) -> str:
    """The phone with four digits before its last four hidden."""
    return f"{phone[:-8]}****{phone[-4:]}"
