"""Measuring side by side: each sample in a process of its own, ours and baselines in turn."""

import multiprocessing
import resource
import sys
from collections.abc import Callable, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from statistics import median
from typing import Any

ROUNDS = 3
_KB_PER_MB = 1024

# A side does its work and answers the seconds it took, without preparation, and the items; and,
# where there is more to say, further figures by name.
Side = Callable[[], tuple[float, int] | tuple[float, int, dict[str, float]]]


@dataclass(frozen=True)
class Sample:
    """One measurement of one side."""

    seconds: float
    items: int
    peak_rss_mb: float
    more: dict[str, float] = field(default_factory=dict)


def compare(ours: Side, baselines: Mapping[str, Side], *, rounds: int = ROUNDS) -> dict[str, Any]:
    """Measure ours and every baseline in turn, `rounds` times; return medians and ratios.

    `speed_ratio` is our items a second over the baseline's, so higher is better. Further figures
    of ours are medians too. How far it is goes to the standard error.
    """
    sides = {"": ours, **baselines}
    samples: dict[str, list[Sample]] = {name: [] for name in sides}
    for number in range(1, rounds + 1):
        for name, side in sides.items():
            sample = _measured(side)
            samples[name].append(sample)
            pace = sample.items / sample.seconds
            print(f"{number} of {rounds}: {name or 'ours'} {pace:,.0f}/s", file=sys.stderr)
    own = _summary(samples[""])
    rates = {name: _summary(samples[name]) for name in baselines}
    return {
        **own,
        **_further(samples[""]),
        "peak_rss_mb": round(max(sample.peak_rss_mb for sample in samples[""]), 1),
        "baselines": {
            name: {**rate, "speed_ratio": round(own["items_per_s"] / rate["items_per_s"], 3)}
            for name, rate in rates.items()
        },
    }


def _summary(samples: list[Sample]) -> dict[str, float]:
    seconds = median(sample.seconds for sample in samples)
    items = samples[0].items
    return {"seconds": round(seconds, 4), "items": items, "items_per_s": round(items / seconds, 1)}


def _further(samples: list[Sample]) -> dict[str, float]:
    return {name: round(median(s.more[name] for s in samples), 4) for name in samples[0].more}


def _measured(side: Side) -> Sample:
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(max_workers=1, mp_context=context) as pool:
        return pool.submit(_run, side).result()


def _run(side: Side) -> Sample:
    seconds, items, *more = side()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / _KB_PER_MB
    return Sample(seconds, items, peak, *more)
