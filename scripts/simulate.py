"""`simulate --seeds N`: the delivery engine under seeded faults, held against its invariants.

Can be stopped and gone on with: seeds are done in order, and `--from` is where to begin.
"""

import argparse
import json
import multiprocessing
import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from scripts import told
from scripts.simulation.database import empty_image
from scripts.simulation.invariants import Violation
from scripts.simulation.profiles import MIXED, PROFILES
from scripts.simulation.seeds import Result, Simulator, simulator

_TOLD_EVERY = 100
_MOST_TOLD = 20
_simulators: list[Simulator] = []
_kept = ExitStack()


@dataclass
class Tally:
    """What came of all seeds so far; `next_seed` is where to go on."""

    next_seed: int
    seeds: int = 0
    faults: int = 0
    virtual_hours: float = 0.0
    violations: int = 0

    def add(self, seed: int, faults: int, hours: float, violations: int) -> None:
        """Count a seed, which must be the next."""
        self.next_seed = seed + 1
        self.seeds += 1
        self.faults += faults
        self.virtual_hours += hours
        self.violations += violations

    def line(self) -> str:
        """Return the counts as the command prints them last."""
        return json.dumps(
            {
                "seeds": self.seeds,
                "faults": self.faults,
                "virtual_hours": round(self.virtual_hours, 1),
                "violations": self.violations,
            }
        )


Counts = tuple[int, int, float, tuple[Violation, ...]]


def main() -> int:
    """Run the command; 1 where an invariant was broken."""
    arguments = _arguments()
    return told(lambda: _replay(arguments) if arguments.seed is not None else _run(arguments))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="simulate", description=__doc__)
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--seeds", type=int, help="how many seeds to run")
    what.add_argument("--seed", type=int, help="run this one again and tell its story")
    parser.add_argument("--profile", choices=[MIXED, *PROFILES], default=MIXED)
    parser.add_argument("--from", dest="first", type=int, default=1, help="the first seed")
    parser.add_argument("--all-rows", action="store_true", help="tell of every row, not one only")
    return parser.parse_args()


def _replay(arguments: argparse.Namespace) -> int:
    """Tell the story of the row that broke an invariant, or of all where none did."""
    with simulator() as simulation:
        result = simulation.run(arguments.seed, arguments.profile)
    is_all = arguments.all_rows or not result.violations
    for line in result.story.of(None if is_all else result.violations[0].row_id):
        print(line)
    tally = Tally(arguments.seed)
    tally.add(*_counts(result)[:3], len(result.violations))
    print(tally.line())
    return bool(result.violations)


def _run(arguments: argparse.Namespace) -> int:
    tally = Tally(arguments.first)
    try:
        with _progress(arguments.seeds) as progress:
            _count_all(arguments, tally, progress)
    except KeyboardInterrupt:
        print(f"Go on with --from {tally.next_seed}.", file=sys.stderr)
        raise
    finally:
        print(tally.line(), flush=True)
    return bool(tally.violations)


def _count_all(arguments: argparse.Namespace, tally: Tally, progress: "_Told") -> None:
    seeds = range(arguments.first, arguments.first + arguments.seeds)
    for seed, faults, hours, violations in _results(seeds, arguments.profile):
        if violations and tally.violations < _MOST_TOLD:
            _tell(seed, arguments.profile, violations[0])
        tally.add(seed, faults, hours, len(violations))
        progress.done(tally)


def _results(seeds: range, profile: str) -> Iterator[Counts]:
    """Run seeds on every core and yield their counts in order."""
    cores = min(os.cpu_count() or 1, len(seeds))
    context = multiprocessing.get_context("spawn")
    with context.Pool(cores, _begin, (empty_image(),)) as pool:
        yield from pool.imap(_run_one, [(seed, profile) for seed in seeds], chunksize=4)


def _begin(image: bytes) -> None:
    """Give a process of the pool the simulator that it keeps until its end."""
    _simulators.append(_kept.enter_context(simulator(image)))


def _run_one(which: tuple[int, str]) -> Counts:
    return _counts(_simulators[0].run(*which))


def _counts(result: Result) -> Counts:
    return result.seed, result.faults, result.virtual_hours, result.violations


def _tell(seed: int, profile: str, violation: Violation) -> None:
    print(f"seed {seed}: {violation.invariant}: {violation.what}", file=sys.stderr)
    print(f"  its story: simulate --seed {seed} --profile {profile}", file=sys.stderr)


class _Told:
    """Progress on standard error: a bar on a terminal, else a JSON line every so often."""

    def __init__(self, progress: Progress, seeds: int) -> None:
        self._progress = progress
        self._bar = progress.add_task("simulate", total=seeds)

    def __enter__(self) -> "_Told":
        self._progress.disable = not self._progress.console.is_terminal
        self._progress.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._progress.stop()

    def done(self, tally: Tally) -> None:
        """Say how far it is."""
        self._progress.update(self._bar, completed=tally.seeds)
        if self._progress.disable and tally.seeds % _TOLD_EVERY == 0:
            print(tally.line(), file=sys.stderr, flush=True)


def _progress(seeds: int) -> _Told:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    return _Told(Progress(*columns, TimeRemainingColumn(), console=Console(stderr=True)), seeds)


if __name__ == "__main__":
    sys.exit(main())
