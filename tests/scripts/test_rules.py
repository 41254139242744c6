"""`simulate-rules` and `publish-rules` as an office runs them, killed in between too."""

import asyncio
import json
import signal
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from backend.domain.consent import Purpose
from backend.store.database import open_database
from backend.store.models import LifeEvent, Person
from backend.store.sql import execute
from tests.builders import LONG_AGO
from tests.crowds import a_crowd
from tests.scripts.office import Office, last, refusal

WOMEN = 4_800
LATER = """
[rules.m2]
version = 2
windows = [{ opens = "lmp+119d", due = "lmp+126d", closes = "lmp+146d" }]
"""
WITHOUT = "[rules.m3]\nenabled = false\n"
IN_FORCE = {"number": 2, "published": True, "people": WOMEN}


async def women_with_child(path: Path) -> None:
    """Enrol women of two villages in their ninth week, more than are planned at once."""
    async with open_database(f"sqlite://{path}"):
        await a_crowd(WOMEN)
        await Person.all().update(enrolled_on=LONG_AGO.date(), sex="female")
        await execute(
            "INSERT INTO consent (person_id, purpose, text_version, given_at)"
            " SELECT person_id, $1, text_version, given_at FROM consent",
            Purpose.MATERNAL.value,
        )
        lmp = datetime.now(UTC).date() - timedelta(days=60)
        await LifeEvent.bulk_create(
            LifeEvent(
                id=number,
                person_id=number,
                episode=number,
                kind="pregnancy",
                lmp_on=lmp,
                reported_at=LONG_AGO,
            )
            for number in range(1, WOMEN + 1)
        )


@pytest.fixture(scope="module")
def planned(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """An office that has published the calendars as they are, and planned everybody by them."""
    office = Office(tmp_path_factory.mktemp("office"))
    asyncio.run(women_with_child(office.database))
    done = last(office.run("publish_rules", office.file("empty.toml", ""), "--yes"))
    assert (done["number"], done["published"], done["people"]) == (1, True, WOMEN)
    return office


@pytest.fixture
def office(planned: Office, tmp_path: Path) -> Office:
    """Such an office of one's own."""
    return planned.copied_to(tmp_path)


def counts(found: dict[str, Any]) -> tuple[int, int, int]:
    """How many services appear, move and vanish."""
    return found["appear"], found["move"], found["vanish"]


def test_what_is_simulated_is_what_publishing_does(office: Office) -> None:
    file = office.file("township.toml", LATER + WITHOUT)
    simulated = last(office.run("simulate_rules", file))
    assert counts(simulated) == (0, WOMEN, WOMEN)
    assert (simulated["people"], simulated["touched"]) == (WOMEN, WOMEN)
    assert [rule["rule"] for rule in simulated["rules"]] == ["m2", "m3"]
    assert [village["name"] for village in simulated["villages"]] == ["柳树村", "石桥村"]
    assert len(simulated["samples"]) == 10
    assert office.rows("SELECT count(*) FROM rule_publication") == [(1,)]
    published = last(office.run("publish_rules", file, "--yes"))
    assert published.items() >= IN_FORCE.items()
    assert counts(published) == (0, WOMEN, WOMEN)
    assert office.rows("SELECT DISTINCT rule_version FROM due_service WHERE rule = 'm2'") == [(2,)]


def test_a_file_that_is_in_force_is_not_published_again(office: Office) -> None:
    file = office.file("township.toml", LATER)
    last(office.run("publish_rules", file, "--yes"))
    assert counts(last(office.run("simulate_rules", file))) == (0, 0, 0)
    again = last(office.run("publish_rules", file, "--yes"))
    assert (again["number"], again["published"]) == (2, False)


def test_where_nobody_can_be_asked_nothing_is_published(office: Office) -> None:
    done = office.run("publish_rules", office.file("township.toml", LATER))
    assert (done.returncode, done.stdout) == (2, "")
    assert "--yes" in done.stderr.splitlines()[-1]
    assert office.rows("SELECT count(*) FROM rule_publication") == [(1,)]


@pytest.mark.parametrize("command", ["simulate_rules", "publish_rules"])
@pytest.mark.parametrize(
    ("content", "told"),
    [
        (LATER.replace("2\n", "1\n"), "m2"),
        (LATER.replace("119d", "149d"), "windows"),
        (b"PK\x03\x04\xff", "township.toml"),
    ],
)
def test_a_mistake_in_the_file_is_one_line(
    office: Office, command: str, content: str | bytes, told: str
) -> None:
    file = office.file("township.toml", content)
    assert told in refusal(office.run(command, file))


async def test_a_publication_that_was_killed_is_carried_on_and_does_nothing_twice(
    office: Office,
) -> None:
    file = office.file("township.toml", LATER + WITHOUT)
    process = await office.start("scripts.publish_rules", str(file), "--yes")
    assert process.stderr is not None
    while b"appear" not in await process.stderr.readline():
        continue
    await process.stderr.readline()
    process.send_signal(signal.SIGKILL)
    await process.communicate()
    ((so_far, done_at),) = office.rows(
        "SELECT persons, done_at FROM rule_publication WHERE number = 2"
    )
    assert (0 < so_far < WOMEN, done_at) == (True, None)
    done = await asyncio.to_thread(office.run, "publish_rules", file, "--yes")
    carried_on = last(done)
    assert (carried_on["number"], carried_on["published"], carried_on["people"]) == (
        2,
        False,
        WOMEN,
    )
    assert counts(carried_on) == (0, WOMEN, WOMEN)
    assert json.loads(done.stderr.splitlines()[-1])["people"] == WOMEN
