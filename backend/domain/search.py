"""Whether a name is meant by what somebody typed: characters, pinyin, initials, or a mix."""

import re
from collections.abc import Collection, Sequence
from enum import IntEnum

_SIGNS = re.compile(r"[\s'’·.\-]+")
Readings = Sequence[Collection[str]]


class Fit(IntEnum):
    """How well a name fits; the lower the better."""

    EXACT = 0
    FROM_THE_START = 1
    WITHIN = 2


def normal(query: str) -> str:
    """What was typed without blanks, apostrophes and dots, in small letters."""
    return _SIGNS.sub("", query).casefold()


def fit(query: str, name: str, readings: Readings) -> Fit | None:
    """How well a name fits a normal query, or None.

    `readings` holds for each character of the name its readings in plain letters. Each character
    is met by itself or by the first letters of one of its readings, so that 王秀英 is found by
    秀英, wangxiuying, wxy, xiuy and 王xy.
    """
    if not query or not name:
        return None
    for start in range(len(name)):
        if _meets(query, name, readings, start):
            if start:
                return Fit.WITHIN
            return (
                Fit.EXACT
                if query in (name.casefold(), _spelled(readings))
                else (Fit.FROM_THE_START)
            )
    return None


def _meets(query: str, name: str, readings: Readings, at: int) -> bool:
    """Whether the whole query is used up by characters of the name from `at` on."""
    if not query:
        return True
    if at == len(name):
        return False
    if query[0] == name[at].casefold() and _meets(query[1:], name, readings, at + 1):
        return True
    return any(
        _meets(query[length:], name, readings, at + 1)
        for reading in readings[at]
        for length in range(_shared(query, reading), 0, -1)
    )


def _shared(query: str, reading: str) -> int:
    """How many letters both begin with alike."""
    pairs = zip(query, reading, strict=False)
    return next(
        (at for at, (one, other) in enumerate(pairs) if one != other), min(len(query), len(reading))
    )


def _spelled(readings: Readings) -> str:
    """The name in the usual reading of each character."""
    return "".join(next(iter(held), "") for held in readings)
