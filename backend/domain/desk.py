"""The complaints desk: whose keys a complaint is sealed to, and who is kept from it.

Whoever is named in it, and whoever stands in the line of command of those named, cannot open it;
if too few are left in the township, the next level gets it (`reliability.md` 5).
"""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from backend.domain.complaints import Category
from backend.domain.errors import SuixingError

FEWEST_RECIPIENTS = 2
_COUNTY_SUFFIX = "000000"
_SHORTEST_NAME = 2
_TOWNSHIP_WORDS = ("镇", "乡", "街道", "卫生院", "township", "health cent")


class Level(StrEnum):
    """Where a desk sits; the recovery key lies in shares outside the township."""

    TOWNSHIP = "township"
    COUNTY = "county"
    RECOVERY = "recovery"


class Unit(StrEnum):
    """Whom a complaint is about when nobody is named."""

    VILLAGE = "village"
    TOWNSHIP = "township"
    CLINIC = "clinic"


@dataclass(eq=False, repr=False, kw_only=True)
class DeskClosed(SuixingError):
    """The desk has too few keys to be written to."""

    code: ClassVar[str] = "desk_closed"


@dataclass(eq=False, repr=False, kw_only=True)
class ReceiptUnknown(SuixingError):
    """No complaint has this receipt, or the key does not open it."""

    code: ClassVar[str] = "receipt_unknown"


@dataclass(eq=False, repr=False, kw_only=True)
class DeskKeyWrong(SuixingError):
    """A key file is not one, or the passphrase does not open it."""

    code: ClassVar[str] = "desk_key_wrong"


@dataclass(eq=False, repr=False, kw_only=True)
class DeskKeyExcluded(SuixingError):
    """The holder of a key is named in the complaint it should be passed on to."""

    code: ClassVar[str] = "desk_key_excluded"


@dataclass(eq=False, repr=False, kw_only=True)
class DeskKeyKnown(SuixingError):
    """The desk has this key already."""

    code: ClassVar[str] = "desk_key_known"


@dataclass(frozen=True, slots=True)
class About:
    """Whom a complaint is about: a unit, or what somebody typed, or nobody in particular."""

    unit: Unit | None = None
    words: str = ""

    @property
    def is_somebody(self) -> bool:
        """Whether anybody was named at all."""
        return self.unit is not None or bool(self.words)


NOBODY = About()


@dataclass(frozen=True, slots=True)
class DeskKey:
    """A public key of the desk; its holder may also work in the line of command here."""

    key_id: int
    level: Level
    office: str
    holder: str = ""
    is_in_command: bool = False


def level_of(region_code: str) -> Level:
    """The level of a desk by its region's 12-digit code: a county's ends in six zeros."""
    return Level.COUNTY if region_code.endswith(_COUNTY_SUFFIX) else Level.TOWNSHIP


def is_open(keys: Iterable[DeskKey]) -> bool:
    """Whether a complaint can be sealed, whoever is named: two keys above, and the recovery key."""
    levels = [key.level for key in keys]
    return levels.count(Level.COUNTY) >= FEWEST_RECIPIENTS and Level.RECOVERY in levels


def recipients(
    keys: Sequence[DeskKey], about: About, category: Category | None
) -> tuple[DeskKey, ...]:
    """The keys a complaint is sealed to, the recovery key among them; raises DeskClosed."""
    if not is_open(keys):
        raise DeskClosed
    chosen = [] if _goes_up(about, category) else _local(keys, about)
    if len(chosen) < FEWEST_RECIPIENTS:
        chosen += _above(keys, about)
    return (*chosen, *(key for key in keys if key.level is Level.RECOVERY))


def is_named(key: DeskKey, about: About) -> bool:
    """Whether the words name a key's holder or office."""
    return _is_in(key.holder, about) or _is_in(key.office, about)


def plain_name(text: str) -> str:
    """A name without blanks, case and width, so that it can be found in what was typed."""
    return "".join(unicodedata.normalize("NFKC", text).split()).casefold()


def _local(keys: Sequence[DeskKey], about: About) -> list[DeskKey]:
    """The township's own keys whose holders have nothing to do with those named."""
    return [
        key
        for key in keys
        if key.level is Level.TOWNSHIP
        and not is_named(key, about)
        and not (about.is_somebody and key.is_in_command)
    ]


def _above(keys: Sequence[DeskKey], about: About) -> list[DeskKey]:
    """The county's keys without those named; if its office is named, without the holders named."""
    above = [key for key in keys if key.level is Level.COUNTY]
    return (
        [key for key in above if not is_named(key, about)]
        or [key for key in above if not _is_in(key.holder, about)]
        or above
    )


def _is_in(name: str, about: About) -> bool:
    """Whether a name stands in the words, or the words in the name."""
    name, words = plain_name(name), plain_name(about.words)
    if min(len(name), len(words)) < _SHORTEST_NAME:
        return False
    return name in words or words in name


def _goes_up(about: About, category: Category | None) -> bool:
    """Whether the township must not handle it: it is about itself, or about coercion."""
    if category is Category.COERCED or about.unit in (Unit.TOWNSHIP, Unit.CLINIC):
        return True
    return any(word in plain_name(about.words) for word in map(plain_name, _TOWNSHIP_WORDS))
