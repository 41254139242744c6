"""Nothing waits for the network inside a transaction: it would hold up everybody who writes."""

import structlog

from backend.store.transactions import is_in_transaction

logger = structlog.get_logger(__name__)

# The calls that were about to be made inside a transaction, by name: none, unless we err.
made_inside: set[str] = set()
_is_refused = False


class WaitsInTransaction(RuntimeError):
    """The network was to be waited for inside a transaction."""


def refuse_calls_in_transactions() -> None:
    """From now on a call inside a transaction raises WaitsInTransaction: the tests' setting."""
    global _is_refused
    _is_refused = True


def before_call(name: str) -> None:
    """Say that a network call is about to be made; every connection of ours says so here.

    Inside a transaction that is a mistake of ours: it is noted and refused, or, where refusing
    would harm people, logged once for each name.
    """
    if not is_in_transaction():
        return
    is_known = name in made_inside
    made_inside.add(name)
    if _is_refused:
        raise WaitsInTransaction(name)
    if not is_known:
        logger.error("network_inside_transaction", call=name)
