"""The `plan` command, run as its users run it."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from backend.domain.events import EventKind, Method

ROOT = Path(__file__).parents[2]
PREGNANT = {"kind": "pregnancy", "lmp": "2026-05-03"}
WANG = {
    "sex": "female",
    "birth_date": "1996-04-12",
    "enrolled_on": "2026-01-01",
    "calendar": "nbphs2017",
    "topics": ["maternal", "folic_acid"],
    "events": [PREGNANT],
}


def run(tmp_path: Path, person: object, *options: str) -> subprocess.CompletedProcess[str]:
    """The command's result for a person's file."""
    file = tmp_path / "person.json"
    file.write_text(person if isinstance(person, str) else json.dumps(person), "utf-8")
    command = [sys.executable, "-m", "scripts.plan", str(file), *options]
    return subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8", check=False)


def test_the_plan_is_one_line_of_json_with_whole_sentences(tmp_path: Path) -> None:
    done = run(tmp_path, WANG, "--today", "2026-08-23")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.count("\n") == 1
    rows = json.loads(done.stdout)
    refills = [row["occurrence"] for row in rows if row["rule"] == "fa6"]
    assert refills == [1, 2, 3, 4, 5, 6]
    others = [row["rule"] for row in rows if row["rule"] in ("fa5", "m1", "m2", "m3", "m4", "m5")]
    assert others == ["fa5", "m1", "m2", "m3", "m4", "m5"]
    (m2,) = [row for row in rows if row["rule"] == "m2"]
    assert m2 == {
        "rule": "m2",
        "occurrence": 1,
        "opens_on": "2026-08-23",
        "due_on": "2026-09-06",
        "closes_on": "2026-09-26",
        "state": "open",
        "why": "Because your last period began on 2026-05-03."
        " It can be done from 2026-08-23 to 2026-09-26."
        " Source: National Basic Public Health Services, third edition (2017),"
        " rule m2 version 1.",
    }


def test_the_reasons_are_told_in_the_language_asked_for(tmp_path: Path) -> None:
    done = run(tmp_path, WANG, "--today", "2026-08-23", "--locale", "zh_CN")
    (m2,) = [row for row in json.loads(done.stdout) if row["rule"] == "m2"]
    assert m2["why"].startswith("因为您末次月经是2026年5月3日开始的。")


def test_a_life_with_everything_the_file_may_hold_is_planned(tmp_path: Path) -> None:
    township = tmp_path / "township.toml"
    township.write_text("[rules.s6]\nenabled = false\n", "utf-8")
    chen = {
        "sex": "female",
        "birth_date": "1985-02-03",
        "enrolled_on": "2026-01-01",
        "calendar": "who2016",
        "topics": ["maternal", "folic_acid", "contraception", "checkup", "child", "screening"],
        "events": [
            {"kind": "planning", "on": "2026-02-01"},
            {"kind": "exam", "on": "2026-02-20"},
            {"kind": "pregnancy", "lmp": "2026-03-01"},
            {"kind": "birth", "on": "2026-12-06", "mode": "caesarean"},
            {"kind": "discharge", "on": "2026-12-11"},
            {"kind": "procedure", "on": "2027-03-31", "method": "iud"},
        ],
        "records": [{"rule": "m7", "on": "2027-01-17", "occurrence": 1}],
    }
    done = run(tmp_path, chen, "--today", "2027-04-30", "--override", str(township))
    states = {(row["rule"], row["occurrence"]): row["state"] for row in json.loads(done.stdout)}
    assert states["s8", 1] == "done"
    assert states["m6", 1] == "closed"
    assert states["m7", 1] == "done"
    assert states["iud", 1] == "open"
    assert states["s3", 1] == "cancelled"
    assert states["who_40w", 1] == "cancelled"
    assert not any(rule in ("s6", "m1", "fa7", "overdue") for rule, _ in states)


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        (
            {"topics": ["maternal", "dental"]},
            "topics: 'dental' is not one of maternal,",
        ),
        ({"declined": ["m99"]}, "declined: 'm99' is not one of maternal,"),
        (
            {"events": [{"kind": "pregnancy", "lmp": "2026-08-24"}]},
            "lmp: 2026-08-24 is after 2026-08-23; a last period is on that day or before it,"
            " a due date at most 280 days later",
        ),
        ({"events": [{"kind": "pregnancy", "edd": "2027-05-31"}]}, "lmp: 2026-08-24 is after"),
    ],
)
def test_a_topic_nobody_knows_or_a_period_to_come_is_refused_with_what_is_allowed(
    tmp_path: Path, changed: dict[str, object], says: str
) -> None:
    done = run(tmp_path, WANG | changed, "--today", "2026-08-23")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"plan: person.json: {says}")
    assert run(tmp_path, WANG | changed, "--today", "2026-08-24").returncode == (
        0 if "events" in changed else 2
    )


def test_after_a_loss_nothing_of_the_pregnancy_is_owed(tmp_path: Path) -> None:
    lost = {**WANG, "events": [PREGNANT, {"kind": "pregnancy_ended", "on": "2026-07-01"}]}
    rows = json.loads(run(tmp_path, lost, "--today", "2026-07-01").stdout)
    over = {row["rule"] for row in rows if row["state"] == "closed"}
    assert over == {"fa6"}, "the refills of before"
    assert {row["state"] for row in rows} == {"cancelled", "closed"}


def test_a_townships_values_hold_in_its_region_and_for_who_names_no_village(
    tmp_path: Path,
) -> None:
    township = tmp_path / "township.toml"
    township.write_text('region = "610822103000"\n[rules.m2]\nenabled = false\n', "utf-8")
    for village, has_visit in (
        (None, False),
        ("610822103007", False),
        ("610822104007", True),
    ):
        wang = WANG if village is None else WANG | {"village": village}
        done = run(tmp_path, wang, "--today", "2026-08-23", "--override", str(township))
        assert ("m2" in {row["rule"] for row in json.loads(done.stdout)}) is has_visit


def test_events_of_every_kind_are_read(tmp_path: Path) -> None:
    events = [
        {"kind": "pregnancy", "transferred_on": "2026-01-10", "embryo_days": 3},
        {"kind": "marriage", "on": "2026-02-01"},
        {"kind": "certificate", "on": "2026-02-01"},
        {"kind": "procedure", "on": "2026-02-01", "method": "implant", "rods": 2},
        {"kind": "supply", "on": "2026-02-01", "method": "condom", "lasts_months": 6},
        {"kind": "referral", "on": "2026-02-01", "rule": "s6"},
    ]
    topics = ["maternal", "checkup", "contraception", "service"]
    person = {**WANG, "topics": topics, "events": events}
    rows = json.loads(run(tmp_path, person, "--today", "2026-02-01").stdout)
    found = {row["rule"]: row for row in rows}
    assert {"pm1", "residence", "implant_expiry", "condom", "s7", "m1"} <= found.keys()
    assert found["condom"]["due_on"] > "2026-08-01"
    assert found["m5"]["closes_on"] == "2026-10-06"


def test_the_help_names_what_a_file_may_hold(tmp_path: Path) -> None:
    told = run(tmp_path, WANG, "--help").stdout
    assert all(kind in told for kind in EventKind)
    assert all(method in told for method in Method)


@pytest.mark.parametrize(
    ("person", "told"),
    [
        ("{", "person.json"),
        ("[]", "the file: {...} expected"),
        ({}, "enrolled_on: a day such as 2026-05-03 is needed"),
        ({**WANG, "sex": "other"}, "sex: 'other' is not one of female, male"),
        ({**WANG, "calendar": "lunar"}, "calendar: 'lunar' is not one of nbphs2017, who2016"),
        ({**WANG, "birth_date": "12.4.1996"}, "birth_date: '12.4.1996' is not a date"),
        ({**WANG, "village": "6108"}, "village: a code of exactly 12 digits expected"),
        ({**WANG, "topics": "maternal"}, "topics: a list in brackets expected"),
        ({**WANG, "events": ["birth"]}, "events: {...} expected"),
        ({**WANG, "events": [{"kind": "party"}]}, "kind: 'party' is not one of"),
        ({**WANG, "records": [{"rule": "m2"}]}, "records: rule and on are needed"),
    ],
)
def test_a_file_that_cannot_be_used_ends_with_one_clear_line(
    tmp_path: Path, person: object, told: str
) -> None:
    done = run(tmp_path, person, "--today", "2026-08-23")
    assert (done.returncode, done.stdout) == (2, "")
    assert told in done.stderr
    assert done.stderr.count("\n") == 1
