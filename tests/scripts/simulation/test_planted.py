"""Every bug that is planted in the engine is found; without it the same seeds are clean."""

import pytest

from scripts.simulation.seeds import Result, Simulator
from tests.scripts.simulation.planted import BUGS, Bug, planted

ENOUGH_SEEDS = 40
# One per cent unclear makes less than one of a hundred double, in the mean of many seeds.
MOST_DOUBLE = 0.02


def shows(result: Result) -> bool:
    """Whether a seed shows that something is wrong: an invariant broken, or too many doubles."""
    too_many = result.repeatable > 100 and result.duplicates > MOST_DOUBLE * result.repeatable
    return bool(result.violations) or too_many


@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: bug.name)
def test_a_planted_bug_is_found(simulation: Simulator, bug: Bug) -> None:
    seeds = range(1, 1 + ENOUGH_SEEDS)
    with planted(bug):
        found = next((seed for seed in seeds if shows(simulation.run(seed, bug.profile))), None)
    assert found is not None, f"{ENOUGH_SEEDS} seeds of {bug.profile} do not show it"
    assert not shows(simulation.run(found, bug.profile))


def test_there_are_at_least_twenty_and_each_has_its_name() -> None:
    assert len({bug.name for bug in BUGS}) == len(BUGS) >= 20
