"""How a person is addressed: her surname, if the name has one, and her sex."""

import re
from dataclasses import dataclass

_COMPOUND_SURNAMES = frozenset(
    re.findall(
        "..",
        "欧阳太史端木上官司马东方独孤南宫万俟闻人夏侯诸葛尉迟公羊赫连澹台皇甫宗政濮阳公冶"
        "太叔申屠公孙慕容仲孙钟离长孙宇文司徒鲜于司空令狐呼延百里东郭西门轩辕第五拓跋纳兰"
        "完颜段干左丘梁丘东门南门叶赫那拉贺兰谷梁公西子车颛孙亓官",
    )
)
_SHORTEST_WITH_COMPOUND = 3
_LONGEST_HAN_NAME = 4


@dataclass(frozen=True, slots=True)
class Salutation:
    """What a greeting is made of; `called` is the part of the name one would say before a title."""

    name: str
    called: str
    sex: str | None


def salutation(name: str | None, sex: str | None) -> Salutation | None:
    """How to address a person, or None without a name."""
    return Salutation(name, called(name), sex) if name else None


def called(name: str) -> str:
    """The surname of a Han name, compound ones whole; else the first part of the name.

    A name with a middle dot (阿依古丽·买买提) or with blanks has its own name first, not a surname.
    """
    if "·" in name or not _is_han(name) or len(name) > _LONGEST_HAN_NAME:
        return name.split("·")[0].split(" ")[0]
    if len(name) >= _SHORTEST_WITH_COMPOUND and name[:2] in _COMPOUND_SURNAMES:
        return name[:2]
    return name[:1]


def _is_han(name: str) -> bool:
    """Whether every character is a Han one, rare ones of the further planes included."""
    return all("\u3400" <= character <= "\u9fff" or character >= "\U00020000" for character in name)
