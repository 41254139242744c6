"""`bench NAME`: measure ours and every baseline in turn, and print one JSON line."""

import argparse
import json
import sys
from collections.abc import Callable
from typing import Any

from scripts.benchmarks.broadcast import bench_broadcast
from scripts.benchmarks.due import bench_due
from scripts.benchmarks.imports import bench_import
from scripts.benchmarks.plan import bench_plan
from scripts.benchmarks.updates import bench_updates
from scripts.benchmarks.writers import bench_writers

BENCHMARKS: dict[str, tuple[int, Callable[[int, argparse.Namespace], dict[str, Any]]]] = {
    "broadcast": (10_000, bench_broadcast),
    "due": (100_000, lambda people, options: bench_due(people, options.database)),
    "import": (50_000, bench_import),
    "updates": (2_000, bench_updates),
    "plan": (100_000, lambda people, options: bench_plan(people, options.database)),
    "writers": (8_000, bench_writers),
}


def main() -> int:
    """Run one benchmark."""
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("name", choices=sorted(BENCHMARKS))
    parser.add_argument("--people", type=int, help="how many people, or writings")
    parser.add_argument("--database", choices=("sqlite", "postgres"), default="sqlite")
    parser.add_argument("--rate", type=int, help="calls a second that Telegram takes")
    parser.add_argument("--latency-ms", type=float, default=50.0, help="how slow Telegram answers")
    arguments = parser.parse_args()
    usual, benchmark = BENCHMARKS[arguments.name]
    print(json.dumps(benchmark(arguments.people or usual, arguments)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
