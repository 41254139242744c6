"""`simulate-rules FILE`: show what a township's changed calendar would do; nothing is written.

The last line is one JSON object. `people` are those enrolled, `touched` those for whom anything
changes; `appear`, `move` and `vanish` count services that can be had. `rules` lists every rule
that differs with its versions `before` and `after`, `villages` every village, `cells` every rule in
every village. `samples` are up to ten people whose changes differ most, without a name, each with
the `days` that change, `from` and `to` inclusive: what is `open` and `reminded` before and after.
"""

import argparse
import asyncio
import json
import sys
from collections.abc import Mapping
from pathlib import Path

from backend.actions.publications import Draft, draft
from backend.actions.regions import region_names
from backend.actions.rule_simulation import Sample, Simulation, Touched, simulate_rules
from backend.calendars.load import read_file
from backend.clock import Clock
from backend.config import StoreConfig
from backend.domain.rule_changes import Shown, Stretch
from backend.store.database import open_database
from scripts import told
from scripts.showing.progress import progress


async def simulated(file: Path, clock: Clock) -> tuple[Draft, Simulation]:
    """Check a township's file and see what it would do, in the database that is open."""
    drafted = await draft(read_file(file))
    with progress("people") as step:
        return drafted, await simulate_rules(drafted, now=clock.local(), on_progress=step)


async def report(file: Path) -> dict[str, object]:
    """What the file would do, as the command prints it."""
    config = StoreConfig.from_env()
    async with open_database(config.database_url, keys_file=config.keys_file):
        _, simulation = await simulated(file, Clock(config.township_zone))
        return as_object(simulation, await region_names())


def as_object(simulation: Simulation, names: Mapping[str, str]) -> dict[str, object]:
    """A simulation as plain data."""
    return {
        "people": simulation.people,
        **totals(simulation),
        "rules": [
            {
                "rule": rule,
                "before": list(simulation.versions.get(rule, ((), ()))[0]),
                "after": list(simulation.versions.get(rule, ((), ()))[1]),
                **_counts(touched),
            }
            for rule, touched in simulation.by_rule.items()
        ],
        "villages": [
            {"village": code, "name": names.get(code, ""), **_counts(touched)}
            for code, touched in simulation.by_village.items()
        ],
        "cells": [
            {"rule": rule, "village": code, **_counts(touched)}
            for (rule, code), touched in simulation.by_rule_and_village.items()
        ],
        "samples": [
            _sample(sample, number, names) for number, sample in enumerate(simulation.samples, 1)
        ],
    }


def totals(simulation: Simulation) -> dict[str, int]:
    """The sums over all rules and villages."""
    return _counts(simulation.touched)


def _counts(touched: Touched) -> dict[str, int]:
    services = touched.services
    return {
        "touched": touched.people,
        "appear": services.appear,
        "move": services.move,
        "vanish": services.vanish,
    }


def _sample(sample: Sample, number: int, names: Mapping[str, str]) -> dict[str, object]:
    """A person without a name: a running number, a year and a village."""
    village = names.get(sample.village_code, sample.village_code)
    born = f"born {sample.born}" if sample.born else "born in an unknown year"
    label = f"resident {number}, {born}, {village}"
    return {"who": label, "days": [_stretch(stretch) for stretch in sample.days]}


def _stretch(stretch: Stretch) -> dict[str, object]:
    return {
        "from": stretch.first_on.isoformat(),
        "to": stretch.last_on.isoformat(),
        "before": _shown(stretch.before),
        "after": _shown(stretch.after),
    }


def _shown(found: Shown) -> dict[str, list[str]]:
    return {"open": list(found.open), "reminded": list(found.reminded)}


def main() -> int:
    """Run the command; a mistake in the file ends it with one line and 2."""
    parser = argparse.ArgumentParser(
        prog="simulate-rules",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("file", type=Path, help="the township's own values (TOML)")
    arguments = parser.parse_args()

    def command() -> None:
        print(json.dumps(asyncio.run(report(arguments.file)), ensure_ascii=False))

    return told(command)


if __name__ == "__main__":
    sys.exit(main())
