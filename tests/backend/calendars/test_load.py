"""Reading the calendars: each mistake is told with its file, rule, field and what is allowed."""

from datetime import date
from pathlib import Path

import pytest

from backend.calendars.load import load
from backend.calendars.rules import OVERRIDE_FIELDS, rules_for
from backend.domain.calendar import Anchor, Mark, Rule
from backend.domain.errors import CalendarMistake

ANTENATAL = ("m1", "m2", "m3", "m4", "m5")
WHO = tuple(f"who_{week}w" for week in (12, 20, 26, 30, 34, 36, 38, 40, 41))

RULE = """
[[rules]]
id = "visit"
version = 3
calendar = "test"
topic = "maternal"
anchor = "lmp"
windows = [{ opens = "lmp", due = "lmp+8w", closes = "lmp+3m-1d" }]
group = "visits"
remind = { first = "opens" }
source = "a plan"
certainty = "V"
"""
SECOND = RULE.replace('"visit"', '"second"').replace('"lmp", due', '"lmp+1m", due')


def written(folder: Path, text: str, name: str = "test.toml") -> Path:
    """A calendar file."""
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def by_id(rules: tuple[Rule, ...]) -> dict[str, Rule]:
    """Rules by name."""
    return {rule.id: rule for rule in rules}


def test_the_calendars_as_shipped_hold_one_antenatal_calendar_each() -> None:
    antenatal = {
        name: {rule.id for rule in load() if rule.calendar == name and rule.group == "antenatal"}
        for name in ("nbphs2017", "who2016", "everyone")
    }
    assert antenatal == {"nbphs2017": set(ANTENATAL), "who2016": set(WHO), "everyone": set()}


def test_the_services_around_a_pregnancy_and_after_a_procedure_are_there_for_everyone() -> None:
    services = {rule.id for rule in load() if rule.calendar == "everyone"}
    follow_ups = {"iud", "implant", "ligation", "abortion_care"}
    around = {"fa5", "fa7", "s2", "s3", "s6", "s8", "m6", "m7", "m8", "k1", "k2", "sc1", "overdue"}
    assert services >= follow_ups | around


def test_every_rule_that_hangs_on_a_child_or_a_pregnancy_ends_with_a_loss() -> None:
    for rule in load():
        if rule.anchor in (Anchor.LMP, Anchor.BIRTH, Anchor.PREPARING, Anchor.PLANNING):
            assert "pregnancy_ended" in rule.ends, rule.id


def test_after_a_childs_death_only_the_mothers_own_checks_go_on() -> None:
    born = {rule.id for rule in load() if rule.anchor is Anchor.BIRTH}
    assert {rule.id for rule in load() if "child_died" in rule.ends} == born - {"m6", "m7"}


def test_a_rule_is_read_as_it_is_written(tmp_path: Path) -> None:
    written(tmp_path, RULE)
    (rule,) = load(tmp_path)
    (window,) = rule.windows
    assert (rule.id, rule.version, rule.calendar, rule.source) == ("visit", 3, "test", "a plan")
    assert window.due == Mark(Anchor.LMP, days=56)
    assert window.closes == Mark(Anchor.LMP, months=3, days=-1)


@pytest.mark.parametrize(
    ("old", "new", "field", "allowed"),
    [
        ('id = "visit"', 'id = "Visit 1"', "id", "lower-case letters"),
        ("version = 3", "version = 0", "version", "from 1 to 9999"),
        ("version = 3", "version = true", "version", "from 1 to 9999"),
        ("version = 3\n", "", "version", "from 1 to 9999"),
        ('anchor = "lmp"', 'anchor = "full_moon"', "anchor", "enrolment, of_age, planning"),
        ('anchor = "lmp"', "", "anchor", "enrolment, of_age, planning"),
        ('"lmp+8w"', '"birth+8w"', "windows.due", "lmp, then steps such as +90d"),
        ('"lmp+8w"', '"lmp + 8 weeks"', "windows.due", "lmp, then steps such as +90d"),
        ('"lmp+8w"', '"lmp+5m"', "windows", "opens, due and closes in this order"),
        ("due = ", "when = 'at night', due = ", "windows.when", "always, caesarean"),
        ("due = ", "best = ", "best", "closes, due, opens, when"),
        ('"opens" }', '"sometimes" }', "remind.first", "opens, due, daily"),
        ('remind = { first = "opens" }', "", "remind", "last_days"),
        ("remind = {", "remind = 3 #", "remind", "a table in braces"),
        ('"opens" }', '"opens", last_days = -1 }', "remind.last_days", "from 1 to 365"),
        ('certainty = "V"', 'certainty = "sure"', "certainty", "V, V2, R, U"),
        ("version = 3", 'version = 3\nends = ["divorce"]', "ends", "planning, pregnancy"),
        ("version = 3", 'version = 3\nregion = "6108"', "region", "12 digits"),
        ('group = "visits"', 'colour = "red"', "colour", "age_from, age_to"),
        ('group = "visits"', "", "group", "lower-case letters"),
        ('source = "a plan"', "source = 7", "source", "a text in quotation marks"),
        ('topic = "maternal"', 'topic = "x"\nsex = "other"', "sex", "female, male"),
        ('topic = "maternal"', 'topic = "x"\nage_from = 200', "age_from", "from 0 to 120"),
        ('topic = "maternal"', 'topic = "x"\nage_from = 9\nage_to = 8', "age_to", "from 9 on"),
        ("version = 3", 'version = 3\neffective_from = "soon"', "effective_from", "2026-05-03"),
        (
            "version = 3",
            "version = 3\neffective_from = 2027-01-01\neffective_to = 2026-01-01",
            "effective_to",
            "a day from 2027-01-01 on",
        ),
        ("version = 3", "version = 3\nenabled = 1", "enabled", "true or false"),
        ("version = 3", "version = 3\nrepeat = { months = [3, 1] }", "repeat.months", "rising"),
        ("version = 3", "version = 3\nrepeat = { months = 3 }", "repeat.months", "in brackets"),
        ("version = 3", "version = 3\nrepeat = {}", "repeat", "either months"),
        (
            "version = 3",
            "version = 3\nrepeat = { months = [1], every_months = 3 }",
            "repeat",
            "either months",
        ),
        ("version = 3", 'version = 3\nuntil = "lmp"', "until", "in brackets"),
        ("version = 3", 'version = 3\nuntil = ["birth"]', "until", "lmp, then steps"),
        ("version = 3", 'version = 3\nfollows = "s8"', "follows", "a table in braces"),
        ("version = 3", 'version = 3\nfollows = { rule = "s8" }', "follows.within_months", "120"),
        ("version = 3", 'version = 3\nnamed = "s8"', "named", "in brackets"),
        ("version = 3", 'version = 3\nnamed = ["S 8"]', "named", "lower-case letters"),
        (
            "version = 3",
            "version = 3\nrepeat = { every_months = 3, by_year = true }",
            "repeat",
            "only with from_record",
        ),
        (
            "version = 3",
            "version = 3\nrepeat = { every_months = 18, from_record = true, by_year = true }",
            "repeat",
            "whole number of years",
        ),
        (
            "version = 3",
            "version = 3\nrepeat = { months = [1], from_record = true }",
            "repeat",
            "from_record only with every_months",
        ),
        ("windows = [{", "windows = [] #", "windows", "a list of tables"),
        ("windows = [{", "windows = [1] #", "windows", "a list of tables"),
    ],
)
def test_a_mistake_is_told_with_its_place_and_what_is_allowed(
    tmp_path: Path, old: str, new: str, field: str, allowed: str
) -> None:
    assert old in RULE
    written(tmp_path, RULE.replace(old, new, 1))
    with pytest.raises(CalendarMistake) as caught:
        load(tmp_path)
    mistake = caught.value
    assert (mistake.file, mistake.field) == ("test.toml", field)
    assert mistake.rule in ("visit", "rule number 1")
    assert allowed in mistake.allowed
    assert str(mistake).startswith("test.toml ")


@pytest.mark.parametrize("text", ["[[rules", "\udcff", "rules = 3", "[rule]", ""])
def test_a_file_that_is_no_calendar_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "test.toml").write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(CalendarMistake):
        load(tmp_path)


def test_windows_of_one_group_that_overlap_are_refused(tmp_path: Path) -> None:
    written(tmp_path, RULE + SECOND)
    with pytest.raises(CalendarMistake, match=r"second windows: a day shared by visit/1 and sec"):
        load(tmp_path)


def test_two_versions_in_force_at_once_are_refused(tmp_path: Path) -> None:
    newer = RULE.replace("version = 3", "version = 4\neffective_from = 2027-01-01")
    written(tmp_path, RULE + newer)
    with pytest.raises(CalendarMistake, match="effective_from"):
        load(tmp_path)
    ending = RULE.replace("version = 3", "version = 3\neffective_to = 2026-12-31")
    (tmp_path / "taking_turns").mkdir()
    written(tmp_path / "taking_turns", ending + newer)
    assert [rule.version for rule in load(tmp_path / "taking_turns")] == [3, 4]


def test_a_township_changes_values_without_touching_code(tmp_path: Path) -> None:
    township = written(
        tmp_path,
        """
        region = "610822103000"
        [rules.m7]
        version = 2
        windows = [{ opens = "birth+40d", due = "birth+42d", closes = "birth+50d" }]
        source = "the county's letter of May"
        [rules.s6]
        enabled = false
        """,
        "township.toml",
    )
    base, there = by_id(load()), rules_for(load(override=township), "610822103007")
    changed = by_id(there)
    assert set(base) - set(changed) == {"s6"}
    assert changed["m7"].version == 2
    assert changed["m7"].windows[0].opens.days == 40
    assert changed["m7"].ends == base["m7"].ends
    assert {key for key in changed if changed[key] != base[key]} == {"m7"}
    assert by_id(rules_for(load(override=township), "610822104007")) == base


def test_without_a_region_a_townships_values_count_for_all(tmp_path: Path) -> None:
    township = written(tmp_path, "[rules.s6]\nenabled = false", "township.toml")
    assert "s6" not in by_id(load(override=township))


@pytest.mark.parametrize(
    ("text", "field", "allowed"),
    [
        ('[rules.m7]\nsource = "x"', "version", "a whole number above 1"),
        ("[rules.m7]\nversion = 1", "version", "from 2 to 9999"),
        ("[rules.m9]\nversion = 2", "m9", "m7"),
        ('[rules.m7]\nversion = 2\ntopic = "x"', "topic", "age_from"),
        ('[rules.m7]\nversion = 2\nwindows = "x"', "windows", "a list of tables"),
        ("rules = 3", "rules", "a table in braces"),
        ("[other]", "other", "region, rules"),
    ],
)
def test_a_townships_mistake_is_told_under_its_own_file(
    tmp_path: Path, text: str, field: str, allowed: str
) -> None:
    township = written(tmp_path, text, "township.toml")
    with pytest.raises(CalendarMistake) as caught:
        load(override=township)
    assert (caught.value.file, caught.value.field) == ("township.toml", field)
    assert allowed in caught.value.allowed


WRONG = (
    *("7", "-1", "1.5", "nan", "99999999999", "true", '"x"', '""', "2026-05-03"),
    *("2026-05-03T08:00:00", "[]", "[1]", '["x"]', "[[]]", "[{}]", "{}", "{ x = 1 }"),
    '[{ opens = "birth" }]',
)
RIGHT = {
    ("version", "7"), ("source", '"x"'), ("age_from", "7"), ("age_to", "7"),
    ("effective_from", "2026-05-03"), ("effective_to", "2026-05-03"), ("enabled", "true"),
    ("until", "[]"),
}  # fmt: skip


@pytest.mark.parametrize("field", OVERRIDE_FIELDS)
def test_each_wrong_value_of_each_field_of_a_township_is_told_clearly(
    tmp_path: Path, field: str
) -> None:
    for number, value in enumerate(WRONG):
        said = {"version": "2"} | {field: value}
        lines = "\n".join(f"{name} = {text}" for name, text in said.items())
        township = written(tmp_path, f"[rules.m7]\n{lines}", f"township{number}.toml")
        if (field, value) in RIGHT:
            assert load(override=township)
            continue
        with pytest.raises(CalendarMistake) as caught:
            load(override=township)
        mistake = caught.value
        assert (mistake.file, mistake.rule) == (township.name, "m7"), value
        assert mistake.field.split(".")[0] == field or value in ("{ x = 1 }", "[{}]"), value
        assert mistake.allowed, value
        assert "\n" not in str(mistake)


@pytest.mark.parametrize(
    ("mark", "is_fine"),
    [
        ("birth+1200m", True),
        ("birth+1201m", False),
        ("birth-700m-700m", False),
        ("birth+9999w", False),
        ("birth+99999d", False),
        ("birth++1d", False),
        ("lmp+1d", False),
    ],
)
def test_a_day_a_century_off_is_no_service(tmp_path: Path, mark: str, is_fine: bool) -> None:
    window = f'{{ opens = "birth", due = "birth", closes = "{mark}" }}'
    township = written(
        tmp_path, f"[rules.outcome_follow_up]\nversion = 2\nwindows = [{window}]", "township.toml"
    )
    if is_fine:
        assert load(override=township)
        return
    with pytest.raises(CalendarMistake, match=r"outcome_follow_up windows\.closes"):
        load(override=township)


def test_a_rule_follows_only_a_rule_there_is(tmp_path: Path) -> None:
    written(tmp_path, RULE + 'follows = { rule = "tea", within_months = 3 }')
    with pytest.raises(CalendarMistake, match=r"visit follows\.rule"):
        load(tmp_path)


def test_a_missing_township_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(CalendarMistake, match=r"township\.toml"):
        load(override=tmp_path / "township.toml")


def test_a_region_has_its_own_rules_and_those_of_the_regions_above(tmp_path: Path) -> None:
    there = RULE.replace("version = 3", 'version = 3\nregion = "610820000000"')
    here = SECOND.replace("version = 3", 'version = 3\nregion = "610820103000"')
    here = here.replace('group = "visits"', 'group = "others"')
    written(tmp_path, there + here)
    rules = load(tmp_path)
    assert [rule.id for rule in rules_for(rules, "610820103000")] == ["visit", "second"]
    assert [rule.id for rule in rules_for(rules, "610820104000")] == ["visit"]
    assert rules_for(rules, "610821103000") == ()


def test_dates_of_force_are_days(tmp_path: Path) -> None:
    written(tmp_path, RULE.replace("version = 3", "version = 3\neffective_from = 2027-01-01"))
    (rule,) = load(tmp_path)
    assert (rule.effective_from, rule.effective_to) == (date(2027, 1, 1), date.max)
