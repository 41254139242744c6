"""`import FILE`: take in the office's roster, with progress, and say what could not be taken."""

import argparse
import asyncio
import json
import sys
from pathlib import Path

from backend.actions.regions import village_finder
from backend.actions.roster import Tally, import_roster
from backend.clock import Clock
from backend.config import StoreConfig
from backend.files.rosters import Roster, read_roster
from backend.i18n import FIRST_LOCALE, translator
from backend.store.database import open_database
from backend.texts.errors import explain_rejection
from scripts import told
from scripts.showing.progress import progress

_MOST_EXPLAINED = 20


async def take_in(file: Path) -> Tally:
    """Import the file; the progress goes to standard error."""
    config = StoreConfig.from_env()
    clock = Clock(config.township_zone)
    async with open_database(config.database_url, keys_file=config.keys_file):
        roster = read_roster(file, await village_finder(), clock.today())
        return await _with_progress(roster, clock)


async def _with_progress(roster: Roster, clock: Clock) -> Tally:
    """Import, and show how far it has come."""
    tally = Tally()
    with progress("rows") as step:
        async for tally in import_roster(roster, now=clock.local()):
            step(tally.rows, roster.expected_rows)
    return tally


def report(tally: Tally) -> str:
    """Return the line of counts; rejected rows by line, field and code."""
    rejected = [
        {"row": row.line, "field": row.field, "code": row.code.value} for row in tally.rejected
    ]
    counts = {"rows": tally.rows, "accepted": tally.accepted, "duplicates": tally.duplicates}
    return json.dumps({**counts, "rejected": rejected})


def explain(tally: Tally) -> None:
    """Say in words which rows to mend; the others are taken in."""
    say = translator(FIRST_LOCALE)._
    for row in tally.rejected[:_MOST_EXPLAINED]:
        print(f"{row.line}: {explain_rejection(row.code, say)}", file=sys.stderr)
    if len(tally.rejected) > _MOST_EXPLAINED:
        print(f"… +{len(tally.rejected) - _MOST_EXPLAINED}", file=sys.stderr)


def main() -> int:
    """Run the command; rejected rows do not make it fail."""
    parser = argparse.ArgumentParser(prog="import", description=__doc__)
    parser.add_argument("file", type=Path, help="the roster, .xlsx or .csv")
    arguments = parser.parse_args()

    def command() -> None:
        tally = asyncio.run(take_in(arguments.file))
        explain(tally)
        print(report(tally))

    return told(command)


if __name__ == "__main__":
    sys.exit(main())
