"""A secret in three shares of which any two give it back and one says nothing (Shamir, GF(256)).

The field is that of AES (polynomial 0x11b). A share is its place x followed by one byte for each
byte of the secret: the value at x of the line that goes through the secret's byte at 0.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

from backend.domain.errors import SuixingError

SHARES = 3
_POLYNOMIAL = 0x11B
_BYTE = 0x100
_ORDER = 255


@dataclass(eq=False, repr=False, kw_only=True)
class SharesWrong(SuixingError):
    """Two shares do not belong together, or are one and the same."""

    code: ClassVar[str] = "shares_wrong"


def split(secret: bytes, draw: Callable[[int], bytes]) -> tuple[bytes, ...]:
    """Return three shares; `draw` gives that many random bytes, the slopes of the lines."""
    slopes = draw(len(secret))
    return tuple(
        bytes([x, *(byte ^ _times(slope, x) for byte, slope in zip(secret, slopes, strict=True))])
        for x in range(1, SHARES + 1)
    )


def join(one: bytes, other: bytes) -> bytes:
    """Return the secret of two shares; raises SharesWrong for shares that cannot belong together.

    Shares of two different secrets of one length give a wrong secret: check what comes out.
    """
    if len(one) != len(other) or not one or one[0] == other[0] or 0 in (one[0], other[0]):
        raise SharesWrong
    apart = _inverse(one[0] ^ other[0])
    at_one, at_other = _times(other[0], apart), _times(one[0], apart)
    return bytes(
        _times(left, at_one) ^ _times(right, at_other)
        for left, right in zip(one[1:], other[1:], strict=True)
    )


def _times(left: int, right: int) -> int:
    """The product of two bytes in GF(256)."""
    product = 0
    while right:
        if right & 1:
            product ^= left
        left <<= 1
        if left & _BYTE:
            left ^= _POLYNOMIAL
        right >>= 1
    return product


def _inverse(value: int) -> int:
    """The byte that `value`, which is not 0, must be multiplied by to give 1: its 254th power."""
    power = 1
    for _step in range(_ORDER - 1):
        power = _times(power, value)
    return power
