"""Row ids made before the row is written, so that its encrypted fields can be bound to it."""

import secrets
import time
from itertools import count

_SEQUENCE_BITS = 22
_EPOCH_MILLISECONDS = 1_704_067_200_000  # 2024-01-01, so that 63 bits last until 2093
_sequence = count(secrets.randbits(_SEQUENCE_BITS))


def new_id() -> int:
    """Return a positive 63-bit id: milliseconds since 2024, then a sequence begun at random.

    Two processes may draw the same id only within the same millisecond and the same sequence
    value; the primary key then refuses the second row.
    """
    milliseconds = time.time_ns() // 1_000_000 - _EPOCH_MILLISECONDS
    return (milliseconds << _SEQUENCE_BITS) | (next(_sequence) & ((1 << _SEQUENCE_BITS) - 1))
