"""Which village a written name means: with and without 村委会, community, township in front."""

import re
from collections import defaultdict
from collections.abc import Mapping

from backend.domain.errors import WrongValue
from backend.domain.people import Rejection, given

_CODE = re.compile(r"[0-9]{12}")
_ENDINGS = (
    (re.compile(r"(.+?)(?:社区)?(?:居民委员会|居委会|居委)"), "community"),
    (re.compile(r"(.+)社区"), "community"),
    (re.compile(r"(.+?)村?(?:村民委员会|村委会|村委)"), "village"),
    (re.compile(r"(.+)村"), "village"),
)
_TOWNSHIP_OFFICE = re.compile(r"(.+?)(?:人民政府|办事处)")
_SIGNS = re.compile(r"[\s()、/·-]+")


def is_region_code(text: str) -> bool:
    """Whether the text is a region's code: exactly 12 ASCII digits."""
    return _CODE.fullmatch(text) is not None


def is_township(code: str) -> bool:
    """Whether the 12-digit code is a township's: its last three digits are zeros."""
    return code.endswith("000")


def township_of(code: str) -> str:
    """The 12-digit code of the township a village belongs to."""
    return code[:9] + "000"


class Villages:
    """The villages of one or more townships, found by code or by any usual form of the name.

    The exact name wins over a form of it, and 东风村 is never taken for 东风社区; 东风 alone is
    either, if there is only one of them.
    """

    def __init__(self, regions: Mapping[str, str]) -> None:
        """Learn the regions, name by 12-digit code; townships only serve as prefixes of names."""
        self._codes = frozenset(code for code in regions if not is_township(code))
        self._townships = {code: _stem(name) for code, name in regions.items() if is_township(code)}
        self._exact: dict[str, set[str]] = defaultdict(set)
        self._formed: dict[tuple[str, str], set[str]] = defaultdict(set)
        self._known: dict[str, str | Rejection] = {}
        for code in self._codes:
            self._learn(code, _plain(regions[code]))

    def find(self, text: str) -> str:
        """The 12-digit code of the village meant; raises `WrongValue` if none or several are."""
        found = self._known.get(text)
        if found is None:
            found = self._search(_plain(text))
            if len(self._known) < 10 * len(self._codes) + 1000:
                self._known[text] = found
        if isinstance(found, Rejection):
            raise WrongValue(reason=found)
        return found

    def known(self, text: str) -> str | None:
        """The 12-digit code of the one village meant, None for any other place."""
        try:
            return self.find(text)
        except WrongValue:
            return None

    def _learn(self, code: str, name: str) -> None:
        """Note the name, alone and with its township in front."""
        stem, kind = _form(name)
        township = self._townships.get(township_of(code))
        prefixes = ("", township, re.sub("(?:镇|乡|街道)$", "", township)) if township else ("",)
        for prefix in dict.fromkeys(prefixes):
            self._exact[prefix + name].add(code)
            for key in {kind, "any"}:
                self._formed[prefix + stem, key].add(code)

    def _search(self, name: str) -> str | Rejection:
        """The code for a plain name, from the strictest form to the loosest."""
        if not name:
            return Rejection.VILLAGE_MISSING
        if name in self._codes:
            return name
        stem, kind = _form(name)
        keys = ((stem, kind), (stem, "any" if kind == "bare" else "bare"))
        for codes in (self._exact.get(name), *map(self._formed.get, keys)):
            if codes:
                return next(iter(codes)) if len(codes) == 1 else Rejection.VILLAGE_AMBIGUOUS
        return Rejection.VILLAGE_UNKNOWN


def _plain(text: str) -> str:
    """The name without blanks and signs."""
    return _SIGNS.sub("", given(text))


def _form(name: str) -> tuple[str, str]:
    """The name's stem and its kind: village, community or bare."""
    for ending, kind in _ENDINGS:
        if found := ending.fullmatch(name):
            return found[1], kind
    return name, "bare"


def _stem(township: str) -> str:
    """A township's name without its office."""
    name = _plain(township)
    office = _TOWNSHIP_OFFICE.fullmatch(name)
    return office[1] if office else name
