"""Bugs to be planted in the engine: each replaces words of its source, and is found by a seed."""

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FunctionType, ModuleType

DELIVERY = "backend.actions.delivery"
SENDING = "backend.actions.sending"
RECOVERY = "backend.actions.recovery"
LEAVE = "backend.actions.leave"
GATE = "backend.actions.gate"
PACE = "backend.actions.pace"
GROUPING = "backend.actions.grouping"
DUE_RUN = "backend.actions.due_run"
DOMAIN = "backend.domain.delivery"


@dataclass(frozen=True)
class Bug:
    """What is replaced by what in which modules, and the kind of trouble that shows it soonest.

    A rare one needs several things to go wrong together, and so hundreds of seeds to be seen.
    """

    name: str
    profile: str
    changes: tuple[tuple[str, str, str], ...]
    is_rare: bool = False


def _bug(name: str, profile: str, *changes: tuple[str, str, str], is_rare: bool = False) -> Bug:
    return Bug(name, profile, changes, is_rare)


# What may be held without its answer having come is not put back: at the next claim, at the end.
_HOLDS = "if self._may_hold_unknown:\n"
_PUT_BACK, _AT_LAST = "    await self._put_back", "    await self._insist"
_KEPT_AT_A_CLAIM = (SENDING, f"{_HOLDS}{' ' * 12}{_PUT_BACK}", f"if False:\n{' ' * 12}{_PUT_BACK}")
_KEPT_AT_THE_END = (SENDING, f"{_HOLDS}{' ' * 8}{_AT_LAST}", f"if False:\n{' ' * 8}{_AT_LAST}")

BUGS = (
    _bug(
        "ambiguity is read as it was long ago",
        "network",
        (DELIVERY, "ambiguities=message.ambiguities)", "ambiguities=0)"),
    ),
    _bug(
        "an owner that lives is stolen from",
        "one_percent",
        (RECOVERY, 'if await is_free(owner["id"], url):', "if True:"),
    ),
    _bug(
        "a lease runs out by the clock",
        "network",
        (
            DELIVERY,
            "WHERE s.state = 'queued' AND s.priority <= $6",
            "WHERE (s.state = 'queued' OR (s.state = 'claimed' AND s.intent_at <"
            " datetime($3, '-4 seconds'))) AND s.priority <= $6",
        ),
    ),
    _bug(
        "it is finished before it is sent",
        "network",
        (
            SENDING,
            "            attempt = await send(message)\n",
            "            early = Attempt(Outcome.DELIVERED)\n"
            "            await self._insist(partial(self._finishes.add, (message, early)))\n"
            "            attempt = await send(message)\n",
        ),
    ),
    _bug(
        "the intent comes after the call",
        "crashes",
        (
            SENDING,
            "not self._is_shut() and await self._intents.add(message)",
            "not self._is_shut()",
        ),
        (
            SENDING,
            "            attempt = await send(message)\n",
            "            attempt = await send(message)\n"
            "            await self._intents.add(message)\n",
        ),
    ),
    _bug(
        "there is no intent at all",
        "crashes",
        (
            SENDING,
            "not self._is_shut() and await self._intents.add(message)",
            "not self._is_shut()",
        ),
    ),
    _bug(
        "a withdrawn consent is not looked at",
        "people",
        (LEAVE, "s.purpose IS NULL OR EXISTS (", "TRUE OR EXISTS ("),
        ("backend.actions.recall", "for statement in (_CANCEL, _SPOIL):", "for statement in ():"),
    ),
    _bug(
        "a paused broadcast goes on",
        "people",
        (LEAVE, "b.id = s.broadcast_id AND b.state IN ({states})", "b.id = s.broadcast_id"),
    ),
    _bug(
        "quiet hours are not kept",
        "people",
        (LEAVE, "OR s.is_self_set OR p.id IS NULL", "OR TRUE OR p.id IS NULL"),
    ),
    _bug(
        "a blocked chat keeps its queue",
        "people",
        (
            DELIVERY,
            "WHERE chat_id = $2 AND (state IN ('queued', 'hold')",
            "WHERE chat_id = -$2 AND (state IN ('queued', 'hold')",
        ),
    ),
    _bug(
        "the gate is not looked at",
        "floods",
        (GATE, "return self.closed_until is not None and self.closed_until > now", "return False"),
        (DELIVERY, "g.closed_until > $1", "g.closed_until > $1 AND FALSE"),
    ),
    _bug(
        "the gate opens early",
        "floods",
        (
            DELIVERY,
            "max(attempt.retry_after or _SHORTEST_PAUSE, _SHORTEST_PAUSE)",
            "_SHORTEST_PAUSE",
        ),
    ),
    _bug(
        "a 429 does not close the gate",
        "floods",
        (
            DELIVERY,
            "if treatment in (Treatment.GATED, Treatment.HALTED):",
            "if treatment is Treatment.HALTED:",
        ),
        (
            SENDING,
            "if treatment in (Treatment.GATED, Treatment.HALTED):",
            "if treatment is Treatment.HALTED:",
        ),
    ),
    _bug(
        "a refused token does not stop the sending",
        "network",
        (
            DELIVERY,
            "if treatment in (Treatment.GATED, Treatment.HALTED):",
            "if treatment is Treatment.GATED:",
        ),
        (
            SENDING,
            "if treatment in (Treatment.GATED, Treatment.HALTED):",
            "if treatment is Treatment.GATED:",
        ),
    ),
    _bug(
        "a code, a screen, a broadcast is tried again when unclear",
        "network",
        (DOMAIN, "return 1 if kind in (Kind.REMINDER, Kind.ALERT) else 0", "return 1"),
    ),
    _bug(
        "a reminder is tried twice more when unclear",
        "network",
        (
            DOMAIN,
            "return 1 if kind in (Kind.REMINDER, Kind.ALERT) else 0",
            "return 2 if kind in (Kind.REMINDER, Kind.ALERT) else 0",
        ),
    ),
    _bug(
        "a timeout counts as not sent",
        "network",
        (
            DOMAIN,
            "Outcome.READ_TIMEOUT: Treatment.UNCLEAR",
            "Outcome.READ_TIMEOUT: Treatment.NOT_SENT",
        ),
    ),
    _bug(
        "a broken answer counts as sent",
        "network",
        (DOMAIN, "Outcome.SERVER_ERROR: Treatment.UNCLEAR", "Outcome.SERVER_ERROR: Treatment.SENT"),
    ),
    _bug(
        "a row is claimed twice",
        "crashes",
        (
            DELIVERY,
            "WHERE s.state = 'queued' AND s.priority <= $6",
            "WHERE s.state IN ('queued', 'claimed') AND s.priority <= $6",
        ),
    ),
    _bug(
        "what a dead process intended counts as unsent",
        "crashes",
        (
            DELIVERY,
            "WHERE owner_id = $1 AND state = 'claimed' AND intent_at IS NULL AND NOT EXISTS (",
            "WHERE owner_id = $1 AND state = 'claimed' AND NOT EXISTS (",
        ),
    ),
    _bug(
        "what a dead process claimed is left",
        "crashes",
        (RECOVERY, 'if await is_free(owner["id"], url):', "if False:"),
    ),
    _bug(
        "what was claimed without an answer is left",
        "database",
        _KEPT_AT_A_CLAIM,
        _KEPT_AT_THE_END,
    ),
    _bug(
        "what was claimed without an answer is left by who sends no more",
        "everything",
        _KEPT_AT_THE_END,
        is_rare=True,
    ),
    _bug(
        "a row that is claimed anew is known by its claim before",
        "database",
        (
            DELIVERY,
            "WHERE h.id = send.id AND h.token = send.token) RETURNING",
            "WHERE h.id = send.id) RETURNING",
        ),
        is_rare=True,
    ),
    _bug(
        "a row that waits twice in its chat's queue stops the queue",
        "pauses",
        (SENDING, "message.id, message.token, message))", "message.id, message))"),
        is_rare=True,
    ),
    _bug(
        "expiry is not looked at",
        "network",
        (DELIVERY, "s.due_at <= $3 AND s.expires_at > $3\n", "s.due_at <= $3\n"),
        (DELIVERY, "WHERE s.id = h.id AND s.expires_at > $1 AND", "WHERE s.id = h.id AND"),
        (DELIVERY, "AND (expires_at <= $1 OR NOT", "AND (expires_at <= '1999' OR NOT"),
    ),
    _bug(
        "the same event makes another row",
        "people",
        (
            DELIVERY,
            "*(dedup_key, kind.value, PRIORITIES[kind], person_id,",
            "*(dedup_key + secrets.token_hex(2), kind.value, PRIORITIES[kind], person_id,",
        ),
    ),
    _bug(
        "an old look is taken for true after a pause",
        "pauses",
        (SENDING, "is_stale = self._clock.now() - looked_at > _LOOK_HOLDS", "is_stale = False"),
    ),
    _bug(
        "a finish is not held to its token",
        "sessions",
        (DELIVERY, "WHERE id = $9 AND token = $10", "WHERE id = $9 AND (TRUE OR token = $10)"),
        is_rare=True,
    ),
    _bug(
        "nothing is looked at again before the intent",
        "people",
        (DELIVERY, 'AND s.expires_at > $1 AND {may_go("$2", day=("$4", "$5"))})', ")"),
    ),
    _bug(
        "who wants no news gets them",
        "everything",
        (
            LEAVE,
            "AND NOT EXISTS (SELECT 1 FROM topic_choice t",
            "AND NOT (FALSE AND EXISTS (SELECT 1 FROM topic_choice t",
        ),
        (LEAVE, "t.choice <> 'on')))", "t.choice <> 'on'))))"),
        ("backend.actions.recall", "for statement in (_CANCEL, _SPOIL):", "for statement in ():"),
        is_rare=True,
    ),
    _bug(
        "what is claimed anew is forgotten with what was put back",
        "floods",
        (SENDING, "if self._known.get(message.id) is message:", "if True:"),
        is_rare=True,
    ),
    _bug(
        "nobody is woken when a slot is free again",
        "crowds",
        (PACE, "self._timer = loop.call_at(free_at, self._grant)", "self._timer = None"),
    ),
    _bug(
        "what is told of today is noted before its message is written",
        "dues",
        (
            DUE_RUN,
            "    async with in_transaction():\n        # Read once",
            "    if True:\n        # Read once",
        ),
        (
            DUE_RUN,
            "    await write_rows(_INSERT, _MESSAGE, [_message(step, now) for step in told])\n",
            "",
        ),
        (
            DUE_RUN,
            "    await advance(nexts, now=now)\n",
            "    await advance(nexts, now=now)\n"
            "    await write_rows(_INSERT, _MESSAGE, [_message(step, now) for step in told])\n",
        ),
    ),
    _bug(
        "a message of the due run is known by its moment, not by its day",
        "dues",
        (
            DUE_RUN,
            "    async with in_transaction():\n        # Read once",
            "    if True:\n        # Read once",
        ),
        (DUE_RUN, "{row['id']}:{now.date()}", "{row['id']}:{now}"),
    ),
    _bug(
        "what comes while a group is written is never written",
        "crashes",
        (GROUPING, "while self._waiting:", "if self._waiting:"),
    ),
)


@contextmanager
def planted(bug: Bug) -> Iterator[None]:
    """Run the engine with a bug in it; raises where the source has no such words any more."""
    sources: dict[str, str] = {}
    for name, old, new in bug.changes:
        module = sys.modules[name]
        source = sources.get(name) or Path(module.__file__ or "").read_text("utf-8")
        assert source.count(old) == 1, f"{bug.name}: {name} has {source.count(old)} times: {old}"
        sources[name] = source.replace(old, new)
    kept = {name: dict(vars(module)) for name, module in _modules().items()}
    try:
        for name, source in sources.items():
            exec(compile(source, f"<{name}, {bug.name}>", "exec"), vars(sys.modules[name]))
        _take_over(sources, kept)
        yield
    finally:
        for name, names in kept.items():
            vars(sys.modules[name]).clear()
            vars(sys.modules[name]).update(names)


def _modules() -> dict[str, ModuleType]:
    """Every module that may have imported something of the engine by its name."""
    return {
        name: module
        for name, module in sys.modules.items()
        if name.startswith(("backend.actions", "backend.domain.delivery", "scripts.simulation."))
    }


def _take_over(changed: Iterable[str], kept: dict[str, dict[str, object]]) -> None:
    """Have whoever imported a function or class by its name use the one with the bug."""
    renewed = {
        id(value): vars(sys.modules[name])[key]
        for name in changed
        for key, value in kept[name].items()
        if isinstance(value, FunctionType) or key in {"Sender", "Gate", "Pace", "Grouped"}
    }
    for name, module in _modules().items():
        for key, value in kept[name].items():
            if id(value) in renewed and vars(module)[key] is value:
                setattr(module, key, renewed[id(value)])
