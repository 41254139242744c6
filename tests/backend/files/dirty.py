"""Generates rosters as dirty as real ones, together with what must come out of them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from random import Random

from backend.domain.people import check_character
from tests.backend.files.sheets import DONGFENG, SHIQIAO, TODAY, text, xlsx

_WORDINGS = {
    "name": ("姓名", "姓 名", "居民姓名*", "Name"),
    "id_number": ("身份证号", "公民身份号码", "身份证号码（18位）", "ID number"),
    "phone": ("手机号", "联系电话", "手机号码（必填）", "Phone"),
    "birth_date": ("出生日期", "生日", "出生年月日", "birth date"),
    "village": ("村(社区)", "村（社区）", "所在村", "村居", "Village"),
    "household": ("户编号", "户号"),
    "other": ("序号", "婚姻", ""),
}
_DATES = (
    "{0:%Y}-{0.month}-{0.day}",
    "{0:%Y/%m/%d}",
    "{0:%Y}.{0.month}.{0.day}",
    "{0:%Y%m%d}",
    "{0:%Y年%m月%d日}",
)
_PHONES = ("{0}", "+86 {1}-{2}-{3}", "0086{0}", "{1} {2} {3}")
_VILLAGES = {
    DONGFENG: ("东风村", "东风村委会", "东 风", DONGFENG, "安和镇东风村"),
    SHIQIAO: ("石桥", "石桥村", SHIQIAO),
}
_STRAY = ("", "", "", " ", "\u3000", "\u00a0", "\u200b", "\ufeff")
_WRONG: dict[str, tuple[str, ...]] = {
    "name": ("", "\u3000", "12", "#N/A", "—"),
    "id_number": ("1101051949123100", "H12345678", "1.10105E+17", "11010519491231002", "无号"),
    "phone": ("1380013800", "12345678901", "不知道", "13800138000、13900139000"),
    "birth_date": ("1990-2-30", "2031-1-1", "1990", "90-5-3", "五月"),
    "village": ("", "西沟村", "610329100999", "安和镇", "610329100000"),
}

Expected = tuple[int, str | None, tuple[str | None, ...]]


@dataclass
class DirtyRoster:
    """A file, and for each row that is not blank its line, wrong field, and values if taken."""

    content: bytes
    expected: list[Expected]


def dirty_roster(random: Random) -> DirtyRoster:
    """A roster of up to 30 rows: layout, encoding, spelling and mistakes by the dice."""
    fields = list(_WORDINGS)
    random.shuffle(fields)
    rows: list[list[str]] = [["安和镇花名册"]] * random.randint(0, 2) + [[]] * random.randint(0, 2)
    rows.append([random.choice(_WORDINGS[field]) for field in fields])
    expected: list[Expected] = []
    for _ in range(random.randint(1, 30)):
        if random.random() < 0.1:
            rows.append(random.choice(([], [""] * 5, [" ", "\u3000", "\u200b"])))
            continue
        wrong = random.choice(list(_WRONG)) if random.random() < 0.4 else None
        written, values = _row(random, wrong)
        rows.append([written[field] for field in fields])
        expected.append((len(rows), wrong, values))
    return DirtyRoster(_packed(random, rows), expected)


def _row(random: Random, wrong: str | None) -> tuple[dict[str, str], tuple[str | None, ...]]:
    """A row as written, and its values: name, ID number, phone, birth date, village, household."""
    born = TODAY - timedelta(days=random.randint(1, 36_000))
    number = f"61032{random.randint(0, 9)}{born:%Y%m%d}{random.randint(0, 999):03}"
    number += check_character(number)
    phone = f"1{random.randint(3, 9)}{random.randint(0, 10**9 - 1):09}"
    village = random.choice(list(_VILLAGES))
    written = {
        "name": random.choice(("王芳", "欧阳 小红", "阿依古丽·买买提", "Anna Li", "'王丽")),
        "id_number": random.choice(
            (number, number.lower(), f"{number[:6]} {number[6:]}", f"'{number}")
        ),
        "phone": random.choice(_PHONES).format(phone, phone[:3], phone[3:7], phone[7:]),
        "birth_date": random.choice(_DATES).format(born),
        "village": random.choice(_VILLAGES[village]),
        "household": str(random.randint(1, 99)),
        "other": random.choice(("1", "未婚", "x,y;z")),
    }
    name = written["name"].removeprefix("'").replace("欧阳 小红", "欧阳小红")
    left_out = [field for field in ("id_number", "phone", "birth_date") if random.random() < 0.3]
    for field in left_out:
        written[field] = random.choice(("", "无", "/", "\u3000"))
    if wrong:
        written[wrong] = random.choice(_WRONG[wrong])
    born_known = len({"id_number", "birth_date"} & set(left_out)) < 2
    values = (
        name,
        None if "id_number" in left_out else number,
        None if "phone" in left_out else phone,
        born.isoformat() if born_known else None,
        village,
        written["household"],
    )
    dirty = {field: _dirtied(random, cell) for field, cell in written.items()}
    return dirty, values


def _dirtied(random: Random, cell: str) -> str:
    """The cell with stray blanks around it, and now and then in full-width characters."""
    if random.random() < 0.1 and not cell.startswith("'"):
        cell = cell.translate({code: code + 0xFEE0 for code in range(0x2B, 0x7F)})
    return random.choice(_STRAY) + cell + random.choice(_STRAY)


def _packed(random: Random, rows: list[list[str]]) -> bytes:
    """The rows as a workbook or as text."""
    if random.random() < 0.25:
        return xlsx(*rows)
    separator = random.choice(",;\t")
    written = [[_quoted(random, cell, separator) for cell in row] for row in rows]
    pages: tuple[Callable[[str], bytes], ...] = (
        lambda page: page.encode(),
        lambda page: page.encode("utf-8-sig"),
        lambda page: page.encode("gb18030"),
        lambda page: page.encode("utf-16"),
    )
    return random.choice(pages)(
        text(*written, separator=separator, end=random.choice(("\n", "\r\n")))
    )


def _quoted(random: Random, cell: str, separator: str) -> str:
    """The cell between quotation marks where it must be, and now and then where it need not."""
    return f'"{cell}"' if separator in cell or random.random() < 0.1 else cell


def mutated(random: Random, content: bytes) -> bytes:
    """The content with up to five bytes or stretches changed, cut out, doubled or put in."""
    changed = bytearray(content)
    for _ in range(random.randint(1, 5)):
        place = random.randrange(len(changed) + 1)
        match random.randrange(4):
            case 0:
                changed[place : place + 1] = bytes([random.randrange(256)])
            case 1:
                del changed[place : place + random.randint(1, 20)]
            case 2:
                changed[place:place] = random.choice(_INTRUDERS)
            case _:
                other = random.randrange(len(changed) + 1)
                changed[place:place] = changed[other : other + random.randint(1, 40)]
    return bytes(changed)


_INTRUDERS = (
    *(
        b'"',
        b'"\n',
        b",",
        b";",
        b"\t",
        b"\0",
        b"\xff",
        b"\xe4\xb8",
        b"\r",
        b"\x1a",
        b"\xef\xbb\xbf",
    ),
    *(b"<", b"/>", b"<c", b"</v>", b'r="XFD1048576"', b"1e309", b"99999999999999999999", b't="e"'),
)
