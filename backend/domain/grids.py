"""Which households a grid is made of, as an officer writes them down."""

import re
from collections.abc import Collection
from dataclasses import dataclass

from backend.domain.people import tidy

_SEPARATORS = re.compile(r"[,，、;；\s]+")
_RANGE = re.compile(r"(\d{1,9})(?:-|~|—|–|至|到)(\d{1,9})")


@dataclass(frozen=True, slots=True)
class Chosen:
    """The households meant, in their order, and the words that name none."""

    numbers: tuple[str, ...]
    unknown: tuple[str, ...]


def chosen(text: str, numbers: Collection[str]) -> Chosen:
    """The households of a village that are meant by `1-20, 35`.

    A number is meant with or without leading zeros; both ends of a range belong to it. A range
    takes those there are, and is unknown when it takes none.
    """
    meant: set[str] = set()
    unknown = []
    for word in filter(None, _SEPARATORS.split(tidy(text))):
        found = {number for number in numbers if _is_meant(number, word)}
        meant |= found
        if not found:
            unknown.append(word)
    return Chosen(tuple(sorted(meant, key=lambda number: (len(number), number))), tuple(unknown))


def _is_meant(number: str, word: str) -> bool:
    ends = _RANGE.fullmatch(word)
    if not number.isdecimal():
        return number == word
    if ends:
        return int(ends[1]) <= int(number) <= int(ends[2])
    return word.isdecimal() and int(number) == int(word)
