"""What somebody may type to find a name."""

import pytest

from backend.domain.search import Fit, fit, normal

WANG_XIUYING = ("王秀英", (("wang",), ("xiu",), ("ying",)))
ZENG = ("曾丽", (("zeng", "ceng"), ("li",)))
LYU = ("吕小翠", (("lv", "lu", "lyu"), ("xiao",), ("cui",)))
AYGUL = ("阿依古丽·A", (("a", "e"), ("yi",), ("gu",), ("li",), ("·",), ("a",)))


@pytest.mark.parametrize(
    ("query", "whose", "expected"),
    [
        ("王秀英", WANG_XIUYING, Fit.EXACT),
        ("wangxiuying", WANG_XIUYING, Fit.EXACT),
        ("Wang Xiu'ying", WANG_XIUYING, Fit.EXACT),
        ("王", WANG_XIUYING, Fit.FROM_THE_START),
        ("wxy", WANG_XIUYING, Fit.FROM_THE_START),
        ("wangxy", WANG_XIUYING, Fit.FROM_THE_START),
        ("王xy", WANG_XIUYING, Fit.FROM_THE_START),
        ("王秀y", WANG_XIUYING, Fit.FROM_THE_START),
        ("秀英", WANG_XIUYING, Fit.WITHIN),
        ("xiuy", WANG_XIUYING, Fit.WITHIN),
        ("y", WANG_XIUYING, Fit.WITHIN),
        ("英秀", WANG_XIUYING, None),
        ("wangying", WANG_XIUYING, None),
        ("xiuwang", WANG_XIUYING, None),
        ("wangxiuyingg", WANG_XIUYING, None),
        ("", WANG_XIUYING, None),
        ("cengli", ZENG, Fit.FROM_THE_START),
        ("zengli", ZENG, Fit.EXACT),
        ("lvxiaocui", LYU, Fit.EXACT),
        ("luxc", LYU, Fit.FROM_THE_START),
        ("guli", AYGUL, Fit.WITHIN),
        ("ayiguli", AYGUL, Fit.FROM_THE_START),
    ],
)
def test_a_name_is_met_by_characters_pinyin_and_initials(
    query: str, whose: tuple[str, tuple[tuple[str, ...], ...]], expected: Fit | None
) -> None:
    name, readings = whose
    assert fit(normal(query), name, readings) == expected


def test_a_long_query_ends_soon() -> None:
    name = "西安" * 30
    readings = tuple((("xi", "xian") if character == "西" else ("an",)) for character in name)
    assert fit("xianxianxianxianxianxianb", name, readings) is None
