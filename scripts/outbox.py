"""`outbox`: messages on hold, of unknown fate, or failed, and what to do about each.

`release` lets them go, `drop` leaves them unsent; both are in the audit log. A moment is "now", a
date, or 2026-11-25T18:30 in the township's time.
"""

import argparse
import asyncio
import json
import sys
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from itertools import groupby

from backend.actions import outbox
from backend.actions.outbox import Dealt, Waiting
from backend.clock import Clock
from backend.config import StoreConfig
from backend.domain.outbox import Advice
from backend.i18n import FIRST_LOCALE, translator
from backend.store.database import open_database
from backend.texts.outbox import (
    dropped_text,
    explain_advice,
    message_line,
    more_text,
    nothing_waits_text,
    released_text,
)
from scripts import told

_MOST_SHOWN = 20
_WORDS = translator(FIRST_LOCALE)._


async def run(given: argparse.Namespace) -> str:
    """Do what is asked and return what to print."""
    config = StoreConfig.from_env()
    now = Clock(config.township_zone).local()
    async with open_database(config.database_url, keys_file=config.keys_file):
        if given.deed is None:
            rows = await outbox.waiting(now=now)
            return as_json(rows) if given.json else as_words(rows, now)
        act, say = _DEEDS[given.deed]
        dealt = await act(given, now)
        return say(_WORDS, done=dealt.done, left=dealt.left)


async def _release(given: argparse.Namespace, now: datetime) -> Dealt:
    chosen = await outbox.due_after(_in_zone(given.moment, now)) if "moment" in given else []
    return await outbox.release([*given.ids, *chosen], now=now)


async def _drop(given: argparse.Namespace, now: datetime) -> Dealt:
    chosen = await outbox.due_until(_in_zone(given.moment, now)) if "moment" in given else []
    return await outbox.drop([*given.ids, *chosen], now=now)


_Act = Callable[[argparse.Namespace, datetime], Awaitable[Dealt]]
_DEEDS: dict[str, tuple[_Act, Callable[..., str]]] = {
    "release": (_release, released_text),
    "drop": (_drop, dropped_text),
}


def as_words(rows: Sequence[Waiting], now: datetime) -> str:
    """The messages by what to do about them, the oldest first."""
    if not rows:
        return nothing_waits_text(_WORDS)
    order = list(Advice)
    ordered = sorted(rows, key=lambda row: order.index(row.advice))
    parts = []
    for advice, same in groupby(ordered, key=lambda row: row.advice):
        lines = [_line(row, now) for row in same]
        more = len(lines) - _MOST_SHOWN
        shown = [*lines[:_MOST_SHOWN], f"  {more_text(_WORDS, more)}"] if more > 0 else lines
        parts.append("\n".join([f"{len(lines)}: {explain_advice(advice, _WORDS)}", *shown]))
    return "\n\n".join(parts)


def as_json(rows: Sequence[Waiting]) -> str:
    """Every message, and how many there are in each state."""
    states = [row.state.value for row in rows]
    counts = {state: states.count(state) for state in sorted(set(states))}
    listed = [
        {
            "id": row.id,
            "state": row.state.value,
            "kind": row.kind.value,
            "due_at": row.due_at.isoformat(),
            "expires_at": row.expires_at.isoformat(),
            "advice": row.advice.value,
            "says": explain_advice(row.advice, _WORDS),
        }
        for row in rows
    ]
    return json.dumps({"waiting": counts, "rows": listed})


def _line(row: Waiting, now: datetime) -> str:
    due_at = row.due_at.astimezone(now.tzinfo)
    return "  " + message_line(_WORDS, number=row.id, kind=row.kind, due_at=due_at)


def moment(text: str) -> datetime | None:
    """The moment of an option, None for now; raises ValueError."""
    return None if text == "now" else datetime.fromisoformat(text)


def _in_zone(given: datetime | None, now: datetime) -> datetime:
    if given is None:
        return now
    return given if given.tzinfo else given.replace(tzinfo=now.tzinfo)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="outbox", description=__doc__)
    parser.add_argument("--json", action="store_true", help="for a program")
    parser.set_defaults(deed=None)
    deeds = parser.add_subparsers()
    for deed, flag, words in (
        ("release", "--all-due-after", "all on hold that is due after a moment"),
        ("drop", "--all-due-until", "all on hold that was due by a moment"),
    ):
        one = deeds.add_parser(deed)
        one.add_argument("ids", nargs="*", type=int, metavar="ID")
        one.add_argument(
            flag, dest="moment", type=moment, metavar="MOMENT", help=words,
            default=argparse.SUPPRESS,
        )  # fmt: skip
        one.set_defaults(deed=deed)
    return parser


def main() -> int:
    """Run the command."""
    parser = _parser()
    given = parser.parse_args()
    if given.deed and not given.ids and "moment" not in given:
        parser.error(f"{given.deed} what? Give ids, or a moment")
    return told(lambda: print(asyncio.run(run(given))))


if __name__ == "__main__":
    sys.exit(main())
