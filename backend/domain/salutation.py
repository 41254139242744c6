"""How a person is addressed: her surname, if the name has one, and her sex."""

from dataclasses import dataclass

_COMPOUND_SURNAMES = frozenset(
    "欧阳 太史 端木 上官 司马 东方 独孤 南宫 万俟 闻人 夏侯 诸葛 尉迟 公羊 赫连 澹台 皇甫 宗政 濮阳 公冶"
    " 太叔 申屠 公孙 慕容 仲孙 钟离 长孙 宇文 司徒 鲜于 司空 令狐 呼延 百里 东郭 西门 轩辕 第五 拓跋 纳兰"
    " 完颜 段干 呼延 左丘 梁丘 东门 南门 叶赫 那拉 爱新 贺兰 谷梁 公西 子车 颛孙 亓官".split()
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
