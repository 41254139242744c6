"""The engine as it is: no seed breaks an invariant, and every seed is the same story twice."""

import asyncio
import os
import subprocess
import sys
from random import Random

import pytest

from scripts.simulation.profiles import MIXED, PROFILES, profile_for
from scripts.simulation.seeds import Result, Simulator
from tests.scripts.office import ROOT

SEEDS_A_TEST = 50


def broken(results: list[Result]) -> list[str]:
    """What was broken, and how to see its story."""
    return [
        f"seed {result.seed}: {violation.invariant}: {violation.what}"
        for result in results
        for violation in result.violations
    ]


@pytest.mark.parametrize("first", range(1, 301, SEEDS_A_TEST))
def test_no_seed_breaks_an_invariant(simulation: Simulator, first: int) -> None:
    results = [simulation.run(seed) for seed in range(first, first + SEEDS_A_TEST)]
    assert not broken(results)
    assert sum(result.faults for result in results) > 10 * SEEDS_A_TEST
    assert sum(result.virtual_hours for result in results) > 5 * SEEDS_A_TEST
    assert sum(result.messages for result in results) > 5 * SEEDS_A_TEST


def test_the_seeds_of_the_command_have_every_kind_of_trouble_among_them() -> None:
    """But for the one that is there to count doubles with nothing else wrong."""
    met = {profile_for(MIXED, Random(f"{MIXED}:{seed}")).dues for seed in range(1, 301)}
    assert met == {0, PROFILES["dues"].dues}
    chats = {profile_for(MIXED, Random(f"{MIXED}:{seed}")).chats for seed in range(1, 301)}
    assert chats == {profile.chats for profile in PROFILES.values()}


def test_a_chat_that_is_not_found_stays_so_until_she_starts_anew(simulation: Simulator) -> None:
    refused = 0
    for seed in range(1, 6):
        lost: set[str] = set()
        is_about_lost: dict[tuple[str, int | None], bool] = {}
        for line in simulation.run(seed, "network").story.lines:
            call, said = (line.who, line.row_id), line.what.split()
            if line.what.endswith("is not found"):
                lost.add(said[1])
            elif line.what.endswith("is opened again"):
                lost.discard(said[1])
            elif line.what.startswith("calls Telegram for chat"):
                is_about_lost[call] = said[-1] in lost
            elif line.what.startswith("is told: ") and is_about_lost.pop(call, False):
                assert line.what != "is told: delivered"
                refused += line.what == "is told: bad_request"
    assert refused


@pytest.mark.parametrize("profile", sorted(PROFILES.keys() - {"one_percent"}))
def test_no_kind_of_trouble_breaks_an_invariant(simulation: Simulator, profile: str) -> None:
    assert not broken([simulation.run(seed, profile) for seed in range(1_000, 1_010)])


def test_with_one_per_cent_unclear_hardly_any_message_doubles_or_stays_unknown(
    simulation: Simulator,
) -> None:
    results = [simulation.run(seed, "one_percent") for seed in range(1, 17)]
    messages = sum(result.repeatable for result in results)
    assert not broken(results)
    assert messages > 4_000
    assert 0 < sum(result.duplicates for result in results) <= 0.01 * messages
    assert sum(result.unknown for result in results) <= 0.0005 * messages


def test_a_seed_is_the_same_story_twice(simulation: Simulator) -> None:
    first, second = (simulation.run(7, "everything") for _ in range(2))
    story = list(first.story.of(None))
    assert len(story) > 100
    assert story == list(second.story.of(None))


def test_a_seed_is_the_same_story_in_another_process_whatever_its_hashes() -> None:
    stories = [
        subprocess.run(
            [sys.executable, "-m", "scripts.simulate", "--seed", "3", "--all-rows"],
            cwd=ROOT,
            env=os.environ | {"PYTHONHASHSEED": hash_seed},
            capture_output=True,
            check=True,
        ).stdout
        for hash_seed in ("1", "2")
    ]
    assert stories[0] == stories[1]
    assert stories[0].splitlines()[-1].endswith(b'"violations": 0}')


def test_the_real_locks_and_the_real_loop_are_back_after_a_seed(simulation: Simulator) -> None:
    from backend.actions import recovery
    from backend.store import liveness

    simulation.run(1)
    assert vars(recovery)["is_free"] is liveness.is_free
    assert asyncio.run(asyncio.sleep(0, "back")) == "back"
