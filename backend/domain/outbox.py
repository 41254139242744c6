"""What is to be done about a message that waits for somebody: one table, no I/O."""

from enum import StrEnum

from backend.domain.delivery import Kind, State, allowed_ambiguities


class Advice(StrEnum):
    """What the operator is told about a row on hold, of unknown fate, or failed."""

    OVER = "over"
    UNWANTED = "unwanted"
    MAY_HAVE_GONE = "may_have_gone"
    NOT_YET_DUE = "not_yet_due"
    NOTICE = "notice"
    PROBABLY_ARRIVED = "probably_arrived"
    MAYBE_ARRIVED = "maybe_arrived"
    NOT_WRITTEN = "not_written"
    REFUSED = "refused"


def advice(
    state: State,
    kind: Kind,
    *,
    ambiguities: int,
    is_over: bool,
    is_wanted: bool,
    is_written: bool,
) -> Advice:
    """Return what to do about a row; `is_over` when its time has passed.

    `ambiguities` counts the attempts that may have arrived, `is_wanted` says whether it would go
    if it were released, `is_written` whether the words were there when it failed.
    """
    if is_over:
        return Advice.OVER
    if not is_wanted:
        return Advice.UNWANTED
    if state is State.UNKNOWN:
        twice = allowed_ambiguities(kind) > 0
        return Advice.PROBABLY_ARRIVED if twice else Advice.MAYBE_ARRIVED
    if state is State.FAILED:
        return Advice.REFUSED if is_written else Advice.NOT_WRITTEN
    if kind is Kind.BROADCAST:
        return Advice.NOTICE
    return Advice.MAY_HAVE_GONE if ambiguities else Advice.NOT_YET_DUE
