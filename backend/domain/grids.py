"""Which households a grid is made of, as an officer writes them down."""

import re
from collections.abc import Collection
from dataclasses import dataclass

from backend.domain.people import tidy

_SEPARATORS = re.compile(r"[,，、;；\s]+")
_NUMBER = re.compile(r"(.*?)(\d{1,9})")
_RANGE = re.compile(r"(.*?)(\d{1,9})(?:-|~|—|–|至|到)(.*?)(\d{1,9})")


@dataclass(frozen=True, slots=True)
class Chosen:
    """The households meant, in their order, and the words that name none or more than one."""

    numbers: tuple[str, ...]
    unknown: tuple[str, ...]


def chosen(text: str, numbers: Collection[str]) -> Chosen:
    """The households of a village that are meant by `1-20, 35`.

    A number is meant with or without leading zeros, and without the letters before it (柳沟041)
    where only one kind of letters is meant. Both ends of a range belong to it; it takes those there
    are, and is unknown when it takes none.
    """
    meant: set[str] = set()
    unknown = []
    for word in filter(None, _SEPARATORS.split(tidy(text))):
        found = {word} if word in numbers else _named(word, numbers)
        meant |= found
        if not found:
            unknown.append(word)
    return Chosen(tuple(sorted(meant, key=lambda number: (len(number), number))), tuple(unknown))


def _named(word: str, numbers: Collection[str]) -> set[str]:
    """The households a number or a range names; none where it is not clear which are meant."""
    if found := _RANGE.fullmatch(word):
        letters, first, other, last = found.groups()
    elif found := _NUMBER.fullmatch(word):
        letters, first = found.groups()
        other, last = letters, first
    else:
        return set()
    if other not in ("", letters):
        return set()
    parts = {number: match for number in numbers if (match := _NUMBER.fullmatch(number))}
    named = {
        number
        for number, part in parts.items()
        if letters in ("", part[1]) and int(first) <= int(part[2]) <= int(last)
    }
    return named if len({parts[number][1] for number in named}) == 1 else set()
