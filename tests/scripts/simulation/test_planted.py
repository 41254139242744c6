"""Every bug that is planted in the engine is found; without it the same seeds are clean."""

import pytest

from scripts.simulation.seeds import Result, Simulator
from tests.scripts.simulation.planted import BUGS, Bug, planted

ENOUGH_SEEDS = 200
MANY_SEEDS = 10_000
# One per cent unclear makes less than one of a hundred double, in the mean of many seeds.
MOST_DOUBLE = 0.02


def shows(result: Result) -> bool:
    """Whether a seed shows that something is wrong: an invariant broken, or too many doubles."""
    too_many = result.repeatable > 200 and result.duplicates > MOST_DOUBLE * result.repeatable
    return bool(result.violations) or too_many


def is_found(simulation: Simulator, bug: Bug, seeds: int) -> bool:
    """Whether one of so many seeds shows a bug, and does not without it."""
    with planted(bug):
        numbers = range(1, 1 + seeds)
        found = next((seed for seed in numbers if shows(simulation.run(seed, bug.profile))), None)
    return found is not None and not shows(simulation.run(found, bug.profile))


@pytest.mark.parametrize("bug", [bug for bug in BUGS if not bug.is_rare], ids=lambda bug: bug.name)
def test_a_planted_bug_is_found(simulation: Simulator, bug: Bug) -> None:
    assert is_found(simulation, bug, ENOUGH_SEEDS)


@pytest.mark.long
@pytest.mark.parametrize("bug", [bug for bug in BUGS if bug.is_rare], ids=lambda bug: bug.name)
def test_a_planted_bug_that_takes_much_to_show_is_found(simulation: Simulator, bug: Bug) -> None:
    assert is_found(simulation, bug, MANY_SEEDS)


def test_there_are_at_least_twenty_and_each_has_its_name() -> None:
    assert len({bug.name for bug in BUGS}) == len(BUGS) >= 20
