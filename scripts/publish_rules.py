"""`publish-rules FILE`: put a township's changed calendar in force, once its effect was seen.

What it would do is counted and shown first (`simulate-rules` shows more); then it asks, unless
`--yes` is given. From that moment every process plans by the new rules, and everybody is planned
anew in batches. Stopped, `serve` carries it on; so does the same command with the same file. The
last line is one JSON object: the `number` of the publication in force, whether this run `published`
it, `people` planned anew, and how many services `appear`, `move` and `vanish` by it.
"""

import argparse
import asyncio
import json
import sys
from collections.abc import Callable
from pathlib import Path

from backend.actions.everyone import count_enrolled
from backend.actions.publications import Publication, carry_out, newest_publication, publish
from backend.clock import Clock
from backend.config import StoreConfig
from backend.store.database import open_database
from scripts import told
from scripts.showing.progress import progress
from scripts.simulate_rules import simulated, totals

_LOOK_AGAIN_SECONDS = 0.5
_NOT_ASKED = "Nothing was published: say --yes where nobody can be asked."
_NOT_WANTED = "Nothing was published."


async def put_in_force(file: Path, *, is_agreed: bool) -> dict[str, object] | None:
    """Publish the file unless it is in force already, and plan everybody; None if not agreed to."""
    config = StoreConfig.from_env()
    clock = Clock(config.township_zone)
    async with open_database(config.database_url, keys_file=config.keys_file):
        drafted, simulation = await simulated(file, clock)
        newest = await newest_publication()
        is_new = newest is None or drafted.changed or drafted.text != newest.text
        if is_new:
            print(json.dumps(totals(simulation)), file=sys.stderr)
            if not is_agreed and not _agrees():
                return None
            await publish(drafted, now=clock.local())
        return _outcome(await _carried_out(clock), is_new=bool(is_new))


async def _carried_out(clock: Clock) -> Publication:
    """Plan everybody by the newest publication, beside any process that is at it too."""
    total = await count_enrolled()
    with progress("people") as step:
        while True:
            async for _batch in carry_out(now=clock.local()):
                await _say(step, total)
            newest = await _say(step, total)
            if newest.done_at:
                return newest
            await asyncio.sleep(_LOOK_AGAIN_SECONDS)


async def _say(step: Callable[[int, int], None], total: int) -> Publication:
    newest = await newest_publication()
    assert newest is not None, "one is carried out"
    step(newest.persons, max(total, newest.persons))
    return newest


def _outcome(publication: Publication, *, is_new: bool) -> dict[str, object]:
    done = publication.tally
    return {
        "number": publication.number,
        "published": is_new,
        "people": publication.persons,
        "appear": done.appear,
        "move": done.move,
        "vanish": done.vanish,
    }


def _agrees() -> bool:
    """Ask whoever sits there; where nobody does, say what to do."""
    if not sys.stdin.isatty():
        print(_NOT_ASKED, file=sys.stderr)
        return False
    print("Publish? [y/N] ", end="", file=sys.stderr, flush=True)
    agrees = sys.stdin.readline().strip().lower() in {"y", "yes"}
    if not agrees:
        print(_NOT_WANTED, file=sys.stderr)
    return agrees


def main() -> int:
    """Run the command; a mistake in the file, or no consent to it, ends it with one line and 2."""
    parser = argparse.ArgumentParser(
        prog="publish-rules",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("file", type=Path, help="the township's own values (TOML)")
    parser.add_argument("--yes", action="store_true", help="do not ask")
    arguments = parser.parse_args()

    def command() -> int:
        outcome = asyncio.run(put_in_force(arguments.file, is_agreed=arguments.yes))
        if outcome is None:
            return 2
        print(json.dumps(outcome))
        return 0

    return told(command)


if __name__ == "__main__":
    sys.exit(main())
