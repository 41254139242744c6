"""The receipt of a complaint: 15 random digits and a check digit, no running number."""

import re
import unicodedata

DIGITS = 16
_GROUP = 4
_NINE = 9
_SHAPE = re.compile(rf"[0-9]{{{DIGITS}}}")
_GAPS = re.compile(r"[\s\-—–_.·]+")


def receipt_of(number: int) -> str:
    """The receipt for a random number below 10**15."""
    digits = f"{number:0{DIGITS - 1}}"
    return digits + _check_digit(digits)


def read_receipt(text: str) -> str | None:
    """The receipt somebody means, or None for what is none: wrong length or check digit."""
    digits = _GAPS.sub("", unicodedata.normalize("NFKC", text))
    if not _SHAPE.fullmatch(digits) or digits[-1] != _check_digit(digits[:-1]):
        return None
    return digits


def grouped(receipt: str) -> str:
    """A receipt as it is shown, in groups of four."""
    return " ".join(receipt[at : at + _GROUP] for at in range(0, len(receipt), _GROUP))


def _check_digit(digits: str) -> str:
    """The Luhn digit, which finds every wrong digit and nearly every swap of neighbours."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        doubled = int(digit) * (2 if place % 2 == 0 else 1)
        total += doubled - _NINE if doubled > _NINE else doubled
    return str(-total % 10)
