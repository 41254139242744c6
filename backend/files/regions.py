"""The regions file: 12-digit codes and names of a township and its villages."""

from typing import NamedTuple

from backend.domain.errors import RegionCodeWrong, RegionNameWrong, RegionTwice
from backend.domain.people import given
from backend.domain.villages import is_region_code
from backend.files.cells import Source, text_of
from backend.files.headers import find_body, wordings
from backend.files.tables import open_tables

REQUIRED = ("code", "name")

_WORDINGS = wordings(
    code="""code regioncode 代码 编码 区划代码 行政区划代码 统计用区划代码 地区代码 村代码 村居代码
        区划编码 12位代码""",
    name="""name regionname 名称 区划名称 地区名称 村名 村名称 村居名称 行政区划名称 单位名称""",
)
_LONGEST_NAME = 60


class Region(NamedTuple):
    """A township (code ending in 000), village or community."""

    code: str
    name: str


def read_regions(source: Source) -> tuple[int, list[Region]]:
    """The number of rows that are not blank, and the regions in them, each code once.

    All or nothing: raises `RegionCodeWrong`, `RegionNameWrong` or `RegionTwice` with the line of
    the first wrong row, since half a township would reject half of its rosters.
    """
    body = find_body(open_tables(source), _WORDINGS, REQUIRED)
    code_at, name_at = (body.header.columns[field][0] for field in REQUIRED)
    seen: dict[str, tuple[int, str]] = {}
    row_count = 0
    for line, cells in body.rows:
        texts = [given(text_of(cell)) for cell in cells]
        if not any(texts):
            continue
        row_count += 1
        texts += [""] * (1 + max(code_at, name_at) - len(texts))
        _learn(seen, line, code=texts[code_at], name=texts[name_at])
    return row_count, [Region(code, name) for code, (_, name) in seen.items()]


def _learn(seen: dict[str, tuple[int, str]], line: int, *, code: str, name: str) -> None:
    """Note the region of one row, or raise what is wrong with it."""
    if not is_region_code(code):
        raise RegionCodeWrong(line=line)
    if not name or len(name) > _LONGEST_NAME or "\ufffd" in name:
        raise RegionNameWrong(line=line)
    first_line, first_name = seen.setdefault(code, (line, name))
    if first_name != name:
        raise RegionTwice(line=line, first_line=first_line)
